# -*- test-case-name: tests.modules.test_textops_reply -*-
"""reply: what a reply of ours to the request shall carry, whoever sends it."""

from __future__ import annotations

from sipapp.module import BRANCH, FAILURE, REQUEST, Context, script_function
from sipapp.modules.textops.fields import date_line
from sipapp.modules.textops.hexa import from_hex

_ROUTES = REQUEST | FAILURE | BRANCH


class Replies:
    """append_to_reply() and its like: every reply that this script run sends has it, not only the next."""

    @script_function(routes=_ROUTES)
    def append_to_reply(self, ctx: Context, txt: bytes) -> bool:
        """Add a header field, its line end included, to the replies."""
        if not txt:
            return False
        ctx.draft.reply_fields.append(txt)
        return True

    @script_function(routes=_ROUTES)
    def append_time(self, ctx: Context) -> bool:
        """Add a Date header field to the replies."""
        ctx.draft.reply_fields.append(date_line())
        return True

    @script_function(routes=_ROUTES)
    def set_reply_body(self, ctx: Context, txt: bytes, content_type: bytes) -> bool:
        """Give the replies a body and its Content-Type. False where they have one already, or one of the two is
        empty."""
        if not txt or not content_type or ctx.draft.reply_body is not None:
            return False
        ctx.draft.reply_body = (content_type, txt)
        return True

    @script_function(routes=_ROUTES)
    def set_reply_body_hex(self, ctx: Context, txt: bytes, content_type: bytes) -> bool:
        """The same with the body in hexadecimal digits."""
        body = from_hex(txt)
        return body is not None and self.set_reply_body(ctx, body, content_type)
