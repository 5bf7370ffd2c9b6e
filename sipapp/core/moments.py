# -*- test-case-name: tests.core.test_moments -*-
"""moments: the core's own event routes: at the start, before a message is routed, for what is no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from zope.interface import alsoProvides

from sipapp.errors import ConfigError
from sipapp.interfaces.moments import IMoments
from sipapp.interfaces.route import RouteType
from sipapp.interfaces.server import IServer
from sipapp.script.operands import RECEIVING
from sipapp.script.run import execute
from sipapp.script.runtime import Context, Route

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow

WORKER_ONE = "core:worker-one-init"
PRE_ROUTING = "core:pre-routing"
PARSE_ERROR = "core:receive-parse-error"

DOCS = {
    WORKER_ONE: "Every module is started, and nobody calls yet; runs once, however many `children` there are. It may "
    "wait, the server waits for it. `drop` keeps the server from starting.",
    PRE_ROUTING: "A request or response has come in and is about to meet `request_route` or `reply_route`; `drop` "
    "throws it away. It cannot wait. A request that is sent again does not come here.",
    PARSE_ERROR: "What has come in is no SIP message: `$mb` is what there is of it, `$si` and `$sp` are where it comes "
    "from. It cannot wait.",
}


class Moments:
    """A part of the built-in module."""

    server: IServer
    _pre_routing: Route | None
    _parse_error: Route | None

    def begin(self) -> None:
        """Before the first module starts. Raises ConfigError: a route waits that cannot."""
        for name in (PRE_ROUTING, PARSE_ERROR):
            route = self.server.event_route(name)
            if route is not None and route.suspends:
                raise ConfigError(f"event_route[{name}] cannot wait", route.at)
        self._pre_routing = self.server.event_route(PRE_ROUTING)
        self._parse_error = self.server.event_route(PARSE_ERROR)
        if self._pre_routing is not None or self._parse_error is not None:
            alsoProvides(self, IMoments)

    def started(self) -> Deferred[None] | None:
        """event_route[core:worker-one-init]. Raises ConfigError, or fails with it: the route ended with `drop`."""
        route = self.server.event_route(WORKER_ONE)
        if route is None or not self._is_first():
            return None
        ended: Deferred[None] = Deferred()

        def done(ctx: Context, code: int) -> None:
            if ctx.dropped:
                ended.errback(ConfigError(f"event_route[{WORKER_ONE}] ended with drop", route.at))
            else:
                ended.callback(None)

        execute(route, self._context(), done)
        return ended

    def _is_first(self) -> bool:
        """The first of the processes that share the sockets, and not in the place of one that is gone."""
        server = self.server
        return bool(server.worker == 1 and server.begins)

    def _context(self) -> Context:
        ctx = self.server.background()
        ctx.route_type = RouteType.REQUEST
        return ctx

    def pre_routing(self, ctx: Context) -> bool:
        """See IMoments."""
        if self._pre_routing is not None:
            execute(self._pre_routing, ctx)
        return not ctx.dropped

    def parse_failed(self, data: bytes, flow: Flow) -> None:
        """See IMoments."""
        if self._parse_error is not None:
            ctx = self._context()
            ctx.message.raw = data
            ctx.message.flow = flow
            ctx.extra[RECEIVING] = (data, flow)
            execute(self._parse_error, ctx)
