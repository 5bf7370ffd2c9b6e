# -*- test-case-name: tests.modules.htable.test_events -*-
"""events: the event routes: at the start, for items whose time is over, for tables that were loaded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred

from sipapp.interfaces.server import IServer
from sipapp.interfaces.store import Expired, Stored
from sipapp.log import Logger
from sipapp.module import ConfigError, Context, RouteType, modparam
from sipapp.modules.htable.places import Places
from sipapp.modules.htable.variables import EXPIRED

if TYPE_CHECKING:
    from sipapp.modules.htable.table import HashTable

log = Logger()


class Events(Places):
    """Runs the event routes, each on a request of its own."""

    event_callback: str | None = modparam(
        default=None, doc="a function of a KEMI script, in place of event routes; without effect, there are none"
    )
    event_callback_mode: int = modparam(
        default=0, doc="which process runs htable:mod-init in Kamailio; here the only one does"
    )
    timer_interval: int = modparam(
        default=20,
        unit="s",
        doc="how often Kamailio looks for items whose time is over; without effect here: each goes when its is",
    )
    timer_procs: int = modparam(default=0, doc="processes that look for such items in Kamailio; without effect here")

    server: IServer

    def watch(self) -> None:
        """Run event_route[htable:expired:TABLE] for each item whose time is over."""
        for table in self.tables.values():
            if self.server.event_route(f"htable:expired:{table.name}") is not None:
                table.items.on_expired(self._teller(table))

    def _teller(self, table: HashTable) -> Expired:
        def tell(key: bytes, value: Stored) -> None:
            self._run(f"htable:expired:{table.name}", (key, value))

        return tell

    def _run(self, name: str, expired: tuple[bytes, Stored] | None = None) -> None:
        route = self.server.event_route(name)
        if route is not None:
            ctx = self.server.background()
            if expired is not None:
                ctx.extra[EXPIRED] = expired
            self.server.execute(route, ctx)

    def reloaded(self, table: HashTable) -> None:
        """Run event_route[htable:reloaded:TABLE]."""
        self._run(f"htable:reloaded:{table.name}")

    def initialise(self) -> Deferred[None] | None:
        """Run event_route[htable:mod-init], once for all workers; the server waits until it has ended.

        Raises ConfigError, or fails with it: the route ended with `drop`.
        """
        route = self.server.event_route("htable:mod-init")
        if route is None or self.server.worker > 1 or not self.server.begins:
            return None
        ctx = self.server.background()
        ctx.route_type = RouteType.REQUEST
        ended: Deferred[None] = Deferred()
        self.server.execute(route, ctx, lambda ctx, code: _ended(ctx, ended))
        return ended


def _ended(ctx: Context, ended: Deferred[None]) -> None:
    if ctx.dropped:
        ended.errback(ConfigError("event_route[htable:mod-init] ended with drop"))
    else:
        ended.callback(None)
