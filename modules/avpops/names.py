# -*- test-case-name: tests.modules.avpops.test_names -*-
"""names: operations and their flags, as a script writes them: `eq/i:5/g`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sipapp.module import ConfigError, Context, Value
from sipapp.module.avp_names import Avp, avp_or_none, cut, shown
from sipapp.script.values import HIGHEST, LOWEST, wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder


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
