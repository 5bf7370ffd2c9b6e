# -*- test-case-name: tests.modules.test_maxfwd -*-
"""maxfwd: the Max-Forwards header field, which ends loops. RFC 3261 §16.3 step 3, §16.6 step 3."""

from __future__ import annotations

from sipapp.errors import PeerError
from sipapp.message.message import Message
from sipapp.module import BRANCH, FAILURE, REQUEST, Context, ScriptError, modparam, module, script_function

DECREMENTED, ADDED, IS_ZERO, UNREADABLE = 1, 2, -1, -2
"""What mf_process_maxfwd_header() answers."""
ABSENT = -1


@module("maxfwd")
class Maxfwd:
    """Counts the hops that a request may still make."""

    max_limit: int = modparam(default=70, minimum=0, maximum=255, doc="a larger Max-Forwards is cut down to this")

    @script_function(["mf_process_maxfwd_header", "process_maxfwd", "maxfwd_process"], routes=REQUEST)
    def mf_process_maxfwd_header(self, ctx: Context, max_value: int) -> int:
        """Take one from Max-Forwards (1), or add it with `max_value` where it is missing (2). -1: it is zero already,
        answer 483. -2: it is no number."""
        if not 0 <= max_value <= 255:
            raise _out_of_range(max_value)
        message = ctx.message
        # Where it stands, as Kamailio does: so the script, all branches and what is relayed have the new value.
        if message.count_down(b"max-forwards", self.max_limit):
            return DECREMENTED
        left = _number(message)  # which is slower, and has a closer look
        if left > 0:
            message.overwrite(b"max-forwards", b"%d" % min(left - 1, self.max_limit))
            return DECREMENTED
        if left == ABSENT:
            ctx.draft.insert(message.head.fields_at, b"Max-Forwards: %d\r\n" % max_value)
            return ADDED
        return IS_ZERO if left == 0 else UNREADABLE

    @script_function(["is_maxfwd_lt", "mf_lowlimit", "maxfwd_at_least"], routes=REQUEST | FAILURE | BRANCH)
    def is_maxfwd_lt(self, ctx: Context, max_value: int) -> int:
        """True (1) when Max-Forwards is below `max_value`; -1: it is not, -2: there is none, -3: it is no number."""
        if not 0 <= max_value <= 255:
            raise _out_of_range(max_value)
        left = _number(ctx.message)
        if left < 0:
            return left - 1
        return 1 if left < max_value else -1


def _out_of_range(value: int) -> ScriptError:
    return ScriptError(f"Max-Forwards must be 0 to 255, got {value}")


def _number(message: Message) -> int:
    """The value; ABSENT, or UNREADABLE where it is no number below 65536."""
    try:
        value = message.max_forwards
    except PeerError:
        return UNREADABLE
    if value is None:
        return ABSENT
    return value if value < 65536 else UNREADABLE
