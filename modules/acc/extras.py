# -*- test-case-name: tests.modules.acc.test_extras -*-
"""extras: what scripts add to each record: variables, and the legs of a call that AVPs hold."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Getter, Value
from sipapp.interfaces.server import IServer
from sipapp.module import Context
from sipapp.module.bind import bind_variable
from sipapp.script.avp import AvpKey, avp_key
from sipapp.script.pvsyntax import end_of_variable, parse_variable
from sipapp.script.values import text

_SPACE = b" \t\r\n\v\f"

Texts = list[bytes | None]
"""Values as texts; None is $null."""


class Extras(NamedTuple):
    """Names, and how to read their values."""

    names: tuple[bytes, ...]
    getters: tuple[Getter, ...]

    def read(self, ctx: Context) -> Texts:
        return [_shown(get(ctx)) for get in self.getters]


class Legs(NamedTuple):
    """Names, and the AVPs of their values."""

    names: tuple[bytes, ...]
    keys: tuple[AvpKey, ...]

    def read(self, ctx: Context) -> list[Texts]:
        """One list a leg: the newest values, those before them, ... At least one, whatever there is."""
        columns = [ctx.avps.get(key, [])[::-1] for key in self.keys]
        count = max(1, *map(len, columns))
        return [[_shown(column[leg]) if leg < len(column) else None for column in columns] for leg in range(count)]


def extras(server: IServer, what: str, source: str | None) -> Extras:
    """`name=$variable;name2=$variable2`; `what` names the parameter in errors. Raises ConfigError."""
    pairs = _pairs(what, source)
    return Extras(
        tuple(name for name, _ in pairs), tuple(bind_variable(server, what, variable).get for _, variable in pairs)
    )


def legs(what: str, source: str | None) -> Legs | None:
    """The same of AVPs alone; None where there are none. Raises ConfigError."""
    pairs = _pairs(what, source)
    if not pairs:
        return None
    return Legs(tuple(name for name, _ in pairs), tuple(_key(what, variable) for _, variable in pairs))


def _pairs(what: str, source: str | None) -> list[tuple[bytes, bytes]]:
    """(name, variable as written)."""
    found: list[tuple[bytes, bytes]] = []
    rest = (source or "").encode("utf-8", "surrogateescape").strip(_SPACE)
    while rest:
        name, equals, rest = rest.partition(b"=")
        name, rest = name.strip(_SPACE), rest.lstrip(_SPACE)
        if not equals or not name or len(name.split()) > 1 or not rest.startswith(b"$"):
            raise ConfigError(f"{what}: wants name=$variable;name2=$variable2")
        end = end_of_variable(rest, 0)
        found.append((name, rest[:end]))
        rest = rest[end:].lstrip(_SPACE)
        if rest:
            semicolon, rest = rest[:1], rest[1:].lstrip(_SPACE)
            if semicolon != b";" or not rest:
                raise ConfigError(f"{what}: nothing but ; and a name may stand behind ${name.decode(errors='replace')}")
    return found


def _key(what: str, variable: bytes) -> AvpKey:
    written = parse_variable(variable)
    if written.name != "avp" or written.inner is None or written.index is not None or b"$" in written.inner:
        raise ConfigError(f"{what}: only AVPs can be legs, not {variable.decode(errors='replace')}")
    return avp_key(written.inner)


def _shown(value: Value) -> bytes | None:
    return None if value is None else text(value)
