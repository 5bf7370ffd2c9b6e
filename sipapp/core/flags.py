# -*- test-case-name: tests.core.test_flags -*-
"""flags: setflag() and its like: 32 flags of the message and its transaction, and flags of AVPs."""

from __future__ import annotations

from typing import Any

from sipapp.module import Context, Text, script_function
from sipapp.script.avp import AvpKey, avp_key

_FLAGS = "core.avp_flags"
"""In `ctx.extra`: (key, number of its values) -> the flags of the newest of them."""


def _key(name: bytes) -> AvpKey:
    """The AVP as the script names it: `x`, `$x`, `$avp(x)`."""
    name = name.removeprefix(b"$")
    if name.startswith(b"avp(") and name.endswith(b")"):
        name = name[4:-1]
    return avp_key(name)


class FlagFunctions:
    """Flags have numbers, or names that `flags` and `avpflags` declare."""

    @script_function()
    def setflag(self, ctx: Context, flag: int) -> int:
        """Set a flag (0 to 31) of the message; its transaction keeps it."""
        ctx.draft.flags |= 1 << flag
        return 1

    @script_function()
    def resetflag(self, ctx: Context, flag: int) -> int:
        """Clear a flag of the message."""
        ctx.draft.flags &= ~(1 << flag)
        return 1

    @script_function()
    def isflagset(self, ctx: Context, flag: int) -> bool:
        """Whether a flag of the message is set."""
        return bool(ctx.draft.flags >> flag & 1)

    @script_function(parse={"avp": _key})
    def setavpflag(self, ctx: Context, avp: Text, flag: int) -> bool:
        """Set a flag of an AVP's newest value; false where there is no such AVP."""
        return _change(ctx, avp, set_=1 << flag)

    @script_function(parse={"avp": _key})
    def resetavpflag(self, ctx: Context, avp: Text, flag: int) -> bool:
        """Clear a flag of an AVP's newest value. False, as in Kamailio: the flag is not set any more."""
        _change(ctx, avp, clear=1 << flag)
        return False

    @script_function(parse={"avp": _key})
    def isavpflagset(self, ctx: Context, avp: Text, flag: int) -> bool:
        """Whether a flag of an AVP's newest value is set."""
        value = _value(ctx, avp)
        return value is not None and bool(ctx.extra.get(_FLAGS, {}).get(value, 0) >> flag & 1)


def _value(ctx: Context, avp: Any) -> tuple[AvpKey, int] | None:
    """What tells an AVP's newest value from the others: its key, and how many there are."""
    stack = ctx.avps.get(avp)
    return (avp, len(stack)) if stack else None


def _change(ctx: Context, avp: Any, set_: int = 0, clear: int = 0) -> bool:
    value = _value(ctx, avp)
    if value is None:
        return False
    flags = ctx.extra.setdefault(_FLAGS, {})
    flags[value] = (flags.get(value, 0) | set_) & ~clear
    return True
