# -*- test-case-name: tests.modules.test_textopsx_status -*-
"""status: another status for a response on its way. RFC 3261 §16.7 leaves a proxy little of that; use it with care."""

from __future__ import annotations

from sipapp.message.response import Response
from sipapp.module import ONREPLY, Context, ScriptError, script_function
from sipapp.modules.textopsx.replaced import replace_message


class Statuses:
    """change_reply_status() and change_reply_status_code()."""

    @script_function(routes=ONREPLY)
    def change_reply_status(self, ctx: Context, code: int, reason: bytes) -> bool:
        """Give a response another status and reason phrase. A provisional or a 2xx stays of its class."""
        if not reason:
            raise ScriptError("the reason phrase cannot be empty")
        _change(ctx, code)
        ctx.draft.reason = reason
        return True

    @script_function(routes=ONREPLY)
    def change_reply_status_code(self, ctx: Context, vcode: int) -> bool:
        """Give a response another status; its reason phrase stays."""
        _change(ctx, vcode)
        return True


def _change(ctx: Context, code: int) -> None:
    """The status at once, for it has as many digits: no offset moves."""
    response = ctx.message
    if not isinstance(response, Response):
        raise ScriptError("only a response has a status")
    if not 100 <= code <= 699:
        raise ScriptError(f"no status: {code}")
    if (code < 300 or response.status < 300) and code // 100 != response.status // 100:
        raise ScriptError(f"a {response.status} cannot become a {code}: provisional and 2xx responses stay so")
    raw = response.raw
    at = len(response.version) + 1
    replace_message(ctx, raw[:at] + b"%d" % code + raw[at + 3 :])
