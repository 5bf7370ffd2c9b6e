# -*- test-case-name: tests.modules.htable.test_definition -*-
"""definition: `modparam("htable", "htable", "name=>size=8;autoexpire=300")`: one table as the script defines it."""

from __future__ import annotations

from dataclasses import dataclass

from sipapp.module import ConfigError
from sipapp.module.definitions import number, pairs


@dataclass(frozen=True, slots=True)
class Definition:
    """What a definition says; `size` is the number of slots that Kamailio would have."""

    name: bytes
    size: int = 16
    autoexpire: int = 0  # s; 0: items stay
    updateexpire: bool = True
    initval: int | None = None
    dbtable: str = ""
    dbmode: int = 0
    cols: tuple[bytes, ...] = ()  # of the database table: the key's, then the values'
    coldelim: bytes = b","
    colnull: bytes = b"*"
    dmqreplicate: int = 0
    reloadat: int = 0  # s; 0: only when asked

    @classmethod
    def parse(cls, text: str) -> Definition:
        """Raises ConfigError."""
        name, arrow, rest = text.partition("=>")
        if not arrow or not name.strip() or len(name.split()) != 1 or "=" in name:
            raise ConfigError(f"not name=>size=...;autoexpire=...: {text!r}")
        if not rest.strip():
            raise ConfigError(f"nothing behind the name: {text!r}")
        facts: dict[str, object] = {}
        for key, value in pairs(rest):
            if key not in _READERS:
                raise ConfigError(f"table {name.strip()}: no such attribute: {key!r}")
            facts[key] = _READERS[key](key, value)
        return cls(_bytes(name.strip()), **facts)  # type: ignore[arg-type]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _size(name: str, value: str) -> int:
    bits = number(name, value)
    return 8 if bits <= 1 else 1 << (14 if bits > 31 else bits)


def _signed(name: str, value: str) -> int:
    return number(name, value, signed=True)


def _columns(name: str, value: str) -> tuple[bytes, ...]:
    columns = tuple(_bytes(column) for column in value.split(","))
    if value and len(columns) < 2:
        raise ConfigError("cols: there must be at least two columns: of the key, of the value")
    return columns if value else ()


def _mark(name: str, value: str) -> bytes:
    if len(_bytes(value)) > 1:
        raise ConfigError(f"{name} must be one character, got {value!r}")
    return _bytes(value)


def _text(name: str, value: str) -> str:
    return value


def _flag(name: str, value: str) -> bool:
    return number(name, value) != 0


_READERS = {
    "size": _size,
    "autoexpire": number,
    "updateexpire": _flag,
    "initval": _signed,
    "dbtable": _text,
    "dbmode": number,
    "cols": _columns,
    "coldelim": _mark,
    "colnull": _mark,
    "dmqreplicate": number,
    "reloadat": number,
}
