# -*- test-case-name: tests.modules.test_textopsx_rebuild -*-
"""rebuild: makes a new message of the received one and its pending changes, while the script runs."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from sipapp.interfaces import RouteType
from sipapp.message.response import Response
from sipapp.module import ONREPLY, REQUEST, Context, RouteName, ScriptError, script_function
from sipapp.modules.textopsx.replaced import fresh_draft, message_like, replace_message
from sipapp.script.avp import settle


class Rebuilding:
    """msg_apply_changes(), msg_set_buffer(), msg_changed_route()."""

    @script_function(routes=REQUEST | ONREPLY)
    def msg_apply_changes(self, ctx: Context) -> bool:
        """Go on with the message as it would go out, so that what was changed can be read. The Request-URI becomes
        the received one; header fields and body for replies (append_to_reply()) are forgotten. False, and nothing
        changed, where the new message would be none, or after record_route()."""
        _only_here(ctx)
        replace_message(ctx, changed(ctx))
        ctx.draft = fresh_draft(ctx.draft)
        return True

    @script_function(routes=REQUEST | ONREPLY)
    def msg_set_buffer(self, ctx: Context, data: bytes) -> bool:
        """Go on with another message; pending changes are forgotten. False, and nothing changed, where the text is
        no message."""
        _only_here(ctx)
        replace_message(ctx, data)
        ctx.draft = fresh_draft(ctx.draft)
        return True

    @script_function()
    def msg_changed_route(self, ctx: Context, rname: RouteName) -> bool | Deferred[bool]:
        """Run a route on the message as it would go out; then go on with it as it is. Variables are shared, what the
        route does to the message is not."""
        route = ctx.server.script.routes.get(rname)
        if route is None:
            raise ScriptError(f"there is no route[{rname}]")
        inner = Context(
            ctx.server, message_like(ctx.message, changed(ctx)), fresh_draft(ctx.draft), ctx.route_type, ctx.avps
        )
        inner.vars = ctx.vars
        settle(ctx)
        inner.xavps, inner.xavus, inner.xavis = ctx.xavps, ctx.xavus, ctx.xavis
        over: Deferred[bool] = Deferred()
        ctx.server.execute(route, inner, lambda _, code: over.callback(True))
        return True if over.called else over


def changed(ctx: Context) -> bytes:
    """The message with all pending changes. Raises ScriptError: one depends on the socket that it leaves by."""
    if any(callable(edit.data) for edit in ctx.draft.edits):
        raise ScriptError("changes cannot be applied after record_route(): what it adds depends on the way out")
    return ctx.draft.render(ctx.message)


def _only_here(ctx: Context) -> None:
    if not isinstance(ctx.message, Response) and ctx.route_type is not RouteType.REQUEST:
        raise ScriptError("only a request_route or a response's route can go on with another message")
