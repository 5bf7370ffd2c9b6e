# -*- test-case-name: tests.module.test_definitions -*-
"""definitions: what stands in a modparam that defines something: `name=x;size=8`, `table=>size=8;autoexpire=300`."""

from __future__ import annotations

import re

from sipapp.errors import ConfigError

_pair = re.compile(r"""\s*([^\s=;]+)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s;"']*))?\s*(?:;|$)""").match


def pairs(text: str) -> list[tuple[str, str]]:
    """`size=8;cols="a,b";` -> [("size", "8"), ("cols", "a,b")]; a name alone has an empty value. Raises ConfigError."""
    found = []
    at = 0
    while text[at:].strip():
        match = _pair(text, at)
        if match is None:
            raise ConfigError(f"not name=value;name=value: {text!r}")
        value = match[2] or ""
        found.append((match[1], value[1:-1] if value[:1] in ("'", '"') and value else value))
        at = match.end()
    return found


def number(name: str, value: str, *, signed: bool = False) -> int:
    """A value of a definition as a number. Raises ConfigError."""
    digits = value[1:] if signed and value[:1] in ("-", "+") else value
    if not digits.isascii() or not digits.isdigit():
        raise ConfigError(f"{name} must be a number, got {value!r}")
    return int(value)
