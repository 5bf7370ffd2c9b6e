# -*- test-case-name: tests.core.test_onsend -*-
"""onsend: onsend_route looks at what is about to be sent, and may drop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from sipapp.interfaces.route import RouteType
from sipapp.log import Logger
from sipapp.script.operands import SENDING
from sipapp.script.runtime import Context

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow

log = Logger()


async def may_be_sent(ctx: Context, data: bytes, flow: Flow) -> bool:
    """Whether onsend_route, where there is one, lets `data` go by `flow`. It works on a copy of the draft."""
    route = ctx.server.script.onsend_route
    if route is None:
        return True
    own = Context(ctx.server, ctx.message, ctx.draft.fork(), RouteType.ONSEND, ctx.avps)
    own.vars, own.xavps, own.xavus, own.xavis = ctx.vars, ctx.xavps, ctx.xavus, ctx.xavis
    own.transaction, own.branch = ctx.transaction, ctx.branch
    own.extra[SENDING] = (data, flow)
    ended: Deferred[None] = Deferred(lambda _: own.run.cancel() if own.run is not None else None)
    ctx.server.execute(route, own, lambda *_: ended.callback(None))
    await ended
    if own.dropped:
        log.info("not sent to {flow}: dropped by onsend_route", flow=flow)
    return not own.dropped
