# -*- test-case-name: tests.module.test_avp_names -*-
"""avp_names: AVPs as arguments of functions name them: `$avp(x)`, `*` for all, and what stands behind a slash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.module.variables import bind_index
from sipapp.script.avp import AvpKey, avp_key
from sipapp.script.pvsyntax import end_of_variable, parse_variable

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.script.runtime import Context

OTHER_CLASSES = (b"t.", b"fu.", b"tu.", b"fd.", b"td.", b"g.")


class Avp(NamedTuple):
    """One `$avp(name)`, perhaps with an index."""

    key: Callable[[Context], AvpKey | None]  # None: a variable was to hold the name, and holds none
    index: Any = None  # a number, ALL, or a getter of a number
    fixed: AvpKey | None = None  # the name, where it is no variable

    def newest_first(self, ctx: Context) -> list[Value]:
        """A copy of its values."""
        key = self.key(ctx)
        return [] if key is None else ctx.avps.get(key, [])[::-1]


class Every(NamedTuple):
    """All AVPs: of every name, of names that are texts, or of names that are numbers."""

    text: bool
    number: bool

    def has(self, key: AvpKey) -> bool:
        """Those of other classes than the caller's URI are never meant."""
        return self.number if isinstance(key, int) else self.text and not key.startswith(OTHER_CLASSES)

    def keys(self, ctx: Context) -> list[AvpKey]:
        return [key for key in ctx.avps if self.has(key)]


def cut(source: bytes) -> tuple[bytes, bytes | None]:
    """What stands before the first slash, and behind it; None where there is none. A slash of a variable counts not."""
    start = end_of_variable(source, 0) if source.startswith(b"$") else 0
    slash = source.find(b"/", start)
    return (source, None) if slash < 0 else (source[:slash], source[slash + 1 :])


def avp(source: bytes, binder: IBinder) -> Avp:
    """Raises ConfigError: this is no $avp(name)."""
    found = avp_or_none(source, binder)
    if found is None:
        raise ConfigError(f"wants $avp(name), got {shown(source)}")
    return found


def avp_or_none(source: bytes, binder: IBinder) -> Avp | None:
    """None: it is another variable. Raises ConfigError: it is no variable."""
    written = parse_variable(source)
    if written.name != "avp" or written.inner is None:
        return None
    binder.variable(source)  # which raises, where $avp would
    index = bind_index("avp", written.index, binder)
    if not written.inner.startswith(b"$"):
        key = avp_key(written.inner)
        return Avp(lambda ctx: key, index, key)
    read = binder.variable(written.inner[: end_of_variable(written.inner, 0)]).get
    return Avp(lambda ctx: read(ctx) or None, index)


def every(source: bytes) -> Every:
    """`*` or `a`: all; `s`: names that are texts; `i`: numbers. Digits may follow, they do nothing. Raises
    ConfigError."""
    kind, digits = source[:1].lower(), source[1:]
    if kind not in (b"*", b"a", b"s", b"i") or not (digits.isdigit() or not digits):
        raise ConfigError(f"wants $avp(name), *, s or i, got {shown(source)}")
    return Every(kind != b"i", kind != b"s")


def shown(source: bytes) -> str:
    return repr(source.decode(errors="replace"))
