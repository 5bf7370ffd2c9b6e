# -*- test-case-name: tests.modules.corex.test_flags -*-
"""flags: more flags of a message: Kamailio's internal ones, the extended ones, those that a Via of ours carries."""

from __future__ import annotations

from sipapp.module import Context, ScriptError, script_function
from sipapp.module.reply import FLAGS
from sipapp.module.via import flags_of_via, set_via_flags

INTERNAL_NAMES = {b"USE_UAC_FROM": 13, b"USE_UAC_TO": 14, b"UAC_AUTH": 19, b"MSG_APPLY_CHANGES": 35}
"""The numbers of Kamailio's message flags that scripts may name."""


def internal_bit(name: bytes) -> int:
    """A flag by name or number (0 to 63) as its bit. Raises ScriptError."""
    number = INTERNAL_NAMES.get(name.upper())
    if number is None:
        if not name.isdigit() or int(name) > 63:
            raise ScriptError(f"unsupported flag name {name.decode(errors='replace')!r}")
        number = int(name)
    return 1 << number


def _bit(flag: int, highest: int) -> int:
    if not 0 <= flag <= highest:
        raise ScriptError(f"a flag is 0 to {highest}, got {flag}")
    return 1 << flag


class Flags:
    """Functions that set, reset and ask."""

    # -- Kamailio's own, for the modules that know them: uac, tm

    @script_function()
    def msg_iflag_set(self, ctx: Context, flagname: bytes) -> int:
        """Set an internal flag of the message: USE_UAC_FROM, USE_UAC_TO, UAC_AUTH, MSG_APPLY_CHANGES or 0 to 63."""
        ctx.extra[FLAGS] = ctx.extra.get(FLAGS, 0) | internal_bit(flagname)
        return 1

    @script_function()
    def msg_iflag_reset(self, ctx: Context, flagname: bytes) -> int:
        """Reset an internal flag of the message."""
        ctx.extra[FLAGS] = ctx.extra.get(FLAGS, 0) & ~internal_bit(flagname)
        return 1

    @script_function()
    def msg_iflag_is_set(self, ctx: Context, flagname: bytes) -> int:
        """True when an internal flag of the message is set; else -2."""
        return 1 if ctx.extra.get(FLAGS, 0) & internal_bit(flagname) else -2

    # -- extended flags: 64 more, which stay with the transaction

    @script_function()
    def setxflag(self, ctx: Context, flag: int) -> int:
        """Set an extended flag (0 to 63)."""
        ctx.draft.xflags |= _bit(flag, 63)
        return 1

    @script_function()
    def resetxflag(self, ctx: Context, flag: int) -> int:
        """Reset an extended flag (0 to 63)."""
        ctx.draft.xflags &= ~_bit(flag, 63)
        return 1

    @script_function()
    def isxflagset(self, ctx: Context, flag: int) -> int:
        """True when an extended flag (0 to 63) is set."""
        return 1 if ctx.draft.xflags & _bit(flag, 63) else -1

    # -- flags that our Via carries, so that the responses bring them back

    @script_function()
    def msg_vbflag_set(self, ctx: Context, flag: int) -> int:
        """Set a flag (0 to 31) that our Via will carry; see msg_vbflag_parse()."""
        set_via_flags(ctx, flags_of_via(ctx) | _bit(flag, 31))
        return 1

    @script_function()
    def msg_vbflag_reset(self, ctx: Context, flag: int) -> int:
        """Reset a flag (0 to 31) of our Via."""
        set_via_flags(ctx, flags_of_via(ctx) & ~_bit(flag, 31))
        return 1

    @script_function()
    def msg_vbflag_is_set(self, ctx: Context, flag: int) -> int:
        """True when a flag (0 to 31) of our Via is set."""
        return 1 if flags_of_via(ctx) & _bit(flag, 31) else -1

    @script_function()
    def msg_vbflag_parse(self, ctx: Context, unused: bytes = b"") -> int:
        """Read the flags that the top Via carries, in a response our own; false where it carries none."""
        via = ctx.message.via
        value = via.parameters.get(b"kvf") if via is not None else None
        if not value:
            return -1
        try:
            set_via_flags(ctx, int(value, 16))
        except ValueError:
            return -1
        return 1
