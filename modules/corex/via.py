# -*- test-case-name: tests.modules.corex.test_via -*-
"""via: what our Via, and those of others in responses, shall tell more."""

from __future__ import annotations

from sipapp.message.response import Response
from sipapp.module import Context, script_function
from sipapp.module.via import FIELDS, PARAMETERS, REPLY_PARAMETERS, SERVER_ID, ReplyParameters, want


class ViaAdditions:
    """Functions that switch them on and off for one message; `sipapp.module.via` writes them."""

    @script_function()
    def via_add_srvid(self, ctx: Context, flags: int) -> int:
        """1: our Via gets ;srvid= with the core parameter server_id; 0: it does not."""
        want(ctx, SERVER_ID, flags != 0)
        return 1

    @script_function()
    def via_add_xavp_params(self, ctx: Context, flags: int) -> int:
        """1: our Via gets the fields of the $xavp() that the core parameter xavp_via_params names; 0: it does not."""
        want(ctx, PARAMETERS, flags != 0)
        return 1

    @script_function()
    def via_use_xavp_fields(self, ctx: Context, flags: int) -> int:
        """1: our Via takes address, port and proto from the $xavp() that the core parameter xavp_via_fields names; 0:
        it does not."""
        want(ctx, FIELDS, flags != 0)
        return 1

    @script_function()
    def via_reply_add_xavp_params(self, ctx: Context, flags: int) -> int:
        """1: the Via on top of the response as it goes out, relayed or our own, gets the fields of the $xavp() that the
        core parameter xavp_via_reply_params names; 0: it does not."""
        want(ctx, REPLY_PARAMETERS, flags != 0)
        message = ctx.message
        if isinstance(message, Response) and len(message.vias) > 1:
            edits = ctx.draft.edits
            edits[:] = [edit for edit in edits if not isinstance(edit.data, ReplyParameters)]
            if flags:
                ctx.draft.insert(message.vias[1].span[1], ReplyParameters(ctx))
        return 1
