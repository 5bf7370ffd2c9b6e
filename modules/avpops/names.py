# -*- test-case-name: tests.modules.avpops.test_names -*-
"""names: how a script names what these functions work on: `$avp(x)/flags`, `*`, `eq/i:5/g`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.module import ConfigError, Context, Value
from sipapp.module.variables import bind_index
from sipapp.script.avp import AvpKey, avp_key
from sipapp.script.pvsyntax import end_of_variable, parse_variable
from sipapp.script.values import HIGHEST, LOWEST, wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

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


def flags(source: bytes | None, known: bytes) -> frozenset[str]:
    """Raises ConfigError: one that is not known."""
    found = (source or b"").lower()
    for flag in found:
        if flag not in known:
            raise ConfigError(f"no such flag: {chr(flag)!r}; there are {', '.join(chr(k) for k in known)}")
    return frozenset(found.decode("ascii"))


class Operand(NamedTuple):
    """The right side of an operation: `eq/i:5/g`. One of value, variable and avp is set."""

    operation: str
    flags: frozenset[str]
    value: Value = None
    variable: Callable[[Context], Value] | None = None
    avp: Avp | None = None
    source: bytes = b""  # of a variable


def operand(source: bytes, binder: IBinder, operations: tuple[str, ...], known: bytes) -> Operand:
    """Raises ConfigError: it is none, or none of these operations, or a flag that is not known."""
    operation, slash, rest = source.partition(b"/")
    name = next((o for o in operations if operation.lower().startswith(o.encode())), None)
    if name is None or not slash or not rest or len(operation) not in (2, 3):
        raise ConfigError(f"wants operation/value, one of {', '.join(operations)}; got {shown(source)}")
    value, behind = cut(rest)
    if behind == b"":
        raise ConfigError(f"a flag is missing behind the last / of {shown(source)}")
    set_flags = flags(behind, known)
    if not value.startswith(b"$"):
        return Operand(name, set_flags, constant(value))
    found = avp_or_none(value, binder)
    if found is not None:
        return Operand(name, set_flags, avp=found)
    return Operand(name, set_flags, variable=binder.variable(value).get, source=value)


def constant(source: bytes) -> Value:
    """`i:5`, `i:0x1F` a number, `s:abc`, `abc` a text. Raises ConfigError."""
    if source[1:2] != b":":
        if not source:
            raise ConfigError("a value is missing")
        return source
    kind, body = source[:1].lower(), source[2:]
    if kind == b"s" and body:
        return body
    if kind != b"i":
        raise ConfigError(f"a value is i:number or s:text, got {shown(source)}")
    try:
        number = int(body, 16) if body[:2].lower() == b"0x" else int(body)
    except ValueError:
        raise ConfigError(f"not a number: {shown(body)}") from None
    if not LOWEST <= number <= 0xFFFFFFFF:
        raise ConfigError(f"not a number of 32 bits: {shown(body)}")
    return number if number <= HIGHEST else wrap(number)


def shown(source: bytes) -> str:
    return repr(source.decode(errors="replace"))
