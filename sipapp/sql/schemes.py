# -*- test-case-name: tests.sql.test_schemes -*-
"""schemes: tables with columns of their own that AVPs can be loaded from: the parameter db_scheme."""

from __future__ import annotations

import re
from typing import NamedTuple

from sipapp.errors import ConfigError

_scheme = re.compile(r"\s*([^:\s]+)\s*:\s*(.+)", re.DOTALL).fullmatch
_attribute = re.compile(r"([^=\s]+)\s*=\s*([^;\s]+)").fullmatch
_ATTRIBUTES = ("uuid_col", "username_col", "domain_col", "value_col", "value_type", "table")


class Scheme(NamedTuple):
    """One table; a column that is empty has its usual name."""

    name: str
    uuid_col: bytes = b""
    username_col: bytes = b""
    domain_col: bytes = b""
    value_col: bytes = b""
    table: bytes = b""
    numbers: bool = False  # its values become numbers


def parse_scheme(text: str) -> Scheme:
    """`name:table=t;uuid_col=u;value_col=v;value_type=integer`. Raises ConfigError."""
    found = _scheme(text)
    if found is None:
        raise ConfigError(f"not name:attribute=value;...: {text!r}")
    given: dict[str, str] = {}
    for piece in found[2].split(";"):
        if not piece.strip():
            continue
        pair = _attribute(piece.strip())
        key = pair[1].lower() if pair else ""
        if pair is None or key not in _ATTRIBUTES or key in given:
            raise ConfigError(f"not one of {', '.join(_ATTRIBUTES)}, each once: {piece.strip()!r}")
        given[key] = pair[2]
    kind = given.pop("value_type", "string").lower()
    if kind not in ("integer", "string"):
        raise ConfigError(f"value_type is integer or string, got {kind!r}")
    columns = {name: value.encode() for name, value in given.items()}
    return Scheme(found[1].lower(), numbers=kind == "integer", **columns)
