# -*- test-case-name: tests.modules.tmx.test_tmx -*-
"""tmx: more of tm for the script: its variables, held requests, transactions that another message names."""

from __future__ import annotations

from sipapp.interfaces.server import IServer
from sipapp.interfaces.tm import ITm
from sipapp.module import ANY, Context, RouteType, modparam, module, script_function
from sipapp.modules.tmx.functions import Functions
from sipapp.modules.tmx.variables import Variables


@module("tmx", needs=[ITm])
class Tmx(Functions, Variables):
    """What tm leaves to an extension."""

    event_routes = {
        "tmx:continue": "For scripts in other languages, which have no routes to name. Nothing runs it here: "
        "t_continue() says which route goes on."
    }

    precheck_trans: int = modparam(
        default=1, doc="kept for scripts that set it: retransmissions are always known before the script runs"
    )

    def start(self, server: IServer) -> None:
        self.server = server
        self.tm = server.get(ITm)
        self._gauges(server)

    def _gauges(self, server: IServer) -> None:
        """Kamailio's statistics of the group tmx, read off tm's counts."""
        counts = self.tm.counts
        gauge = server.statistics.gauge
        gauge("tmx", "UAS_transactions", lambda: counts.created)
        gauge("tmx", "UAC_transactions", lambda: counts.local)
        for digit in (2, 3, 4, 5, 6):
            gauge("tmx", f"{digit}xx_transactions", lambda digit=digit: counts.classes[digit])
        gauge("tmx", "inuse_transactions", lambda: counts.created - counts.deleted)
        gauge("tmx", "active_transactions", lambda: counts.created - counts.waiting)
        gauge("tmx", "rpl_received", lambda: counts.received)
        gauge("tmx", "rpl_absorbed", lambda: counts.received - (counts.sent - counts.generated))
        gauge("tmx", "rpl_generated", lambda: counts.generated)
        gauge("tmx", "rpl_relayed", lambda: counts.sent - counts.generated)
        gauge("tmx", "rpl_sent", lambda: counts.sent)

    # -- where the script runs

    @script_function(routes=ANY)
    def t_is_failure_route(self, ctx: Context) -> int:
        """Whether this runs in, or was called from, a failure_route."""
        return 1 if ctx.route_type is RouteType.FAILURE else -1

    @script_function(routes=ANY)
    def t_is_branch_route(self, ctx: Context) -> int:
        """Whether this runs in, or was called from, a branch_route."""
        return 1 if ctx.route_type is RouteType.BRANCH else -1

    @script_function(routes=ANY)
    def t_is_reply_route(self, ctx: Context) -> int:
        """Whether this runs in, or was called from, a reply_route or an onreply_route."""
        return 1 if ctx.route_type in (RouteType.ONREPLY, RouteType.REPLY) else -1

    @script_function(routes=ANY)
    def t_is_request_route(self, ctx: Context) -> int:
        """Whether this runs in, or was called from, request_route. It stays true when a script goes on after a wait."""
        return 1 if ctx.route_type is RouteType.REQUEST else -1
