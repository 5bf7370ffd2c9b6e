# -*- test-case-name: tests.script.test_load_time -*-
"""load_time: the few variables that have a value while the script is being read: $def(), $env() and their kin."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from zope.interface import implementer

from sipapp.errors import ConfigError, Position
from sipapp.interfaces.script import Access, Getter, IBinder

_known = re.compile(r"\$(def|defn|defv|defs|env|envn)\(([^()]+)\)|\$(\$)")


def value_of(kind: str, name: str, defines: Mapping[str, str | None]) -> str | None:
    """What `$kind(name)` is: text, digits for the -n forms; None: null."""
    value = os.environ.get(name) if kind.startswith("env") else defines.get(name)
    if value is None or kind in ("def", "env"):
        return value
    if kind == "defs":
        return value if value[:1] in ('"', "'") else f'"{value}"'
    if kind == "defv":
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    return value if re.fullmatch(r"-?\d+", value) else None


@implementer(IBinder)
class Binder:
    """An IBinder for texts that are evaluated at once."""

    at = Position("", 1, 1)

    def __init__(self, defines: Mapping[str, str | None]) -> None:
        self.defines = defines

    def evaluated(self, text: str) -> str:
        """The text with its variables' values; as it is where one of them is not known yet."""
        if "$" in _known.sub("", text):
            return text
        return _known.sub(lambda found: found[3] or value_of(found[1], found[2], self.defines) or "", text)

    def variable(self, source: bytes) -> Access:
        """Raises ConfigError: only a message could tell what it is."""
        found = _known.fullmatch(source.decode("latin-1"))
        if found is None:
            raise ConfigError(f"{source.decode(errors='replace')} has no value while the script is read")
        value = found[3] or value_of(found[1], found[2], self.defines)
        return Access(lambda ctx: None if value is None else value.encode("latin-1"), constant=True)

    def text(self, source: bytes) -> Getter:
        """The text with its variables' values."""
        value = self.evaluated(source.decode("latin-1")).encode("latin-1")
        return lambda ctx: value

    def is_constant(self, source: bytes) -> bool:
        """Everything is, here."""
        return True
