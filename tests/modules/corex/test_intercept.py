from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.reply import IReplyWatcher
from sipapp.interfaces.script import Access
from sipapp.interfaces.tm import ITm
from sipapp.interfaces.transport import Flow
from sipapp.module import RouteType
from sipapp.modules.corex import Corex
from tests.modules.stage import UDP, Server, context, made, request, response


class Avp:
    """$avp(...): what the route left in `ctx.extra`."""

    name, module = "avp", "pv"

    def bind(self, inner: bytes | None, index: bytes | None, binder: Any) -> Access:
        return Access(lambda ctx: ctx.extra.get("avp"))


class InterceptTests(SynchronousTestCase):
    def start(self, route: Any = None, **parameters: Any) -> Any:
        self.server = Server()
        self.server.registry._variables["avp"] = Avp()
        self.filters: dict[str, Any] = {}
        self.server.transport.add_filter = lambda **given: self.filters.update(given)
        if route is not None:
            self.server.script.event_routes["network:msg"] = "route"
            self.server.execute = lambda name, ctx, done=None: route(ctx)
        module = made(Corex, **parameters)
        module.start(self.server)
        return module

    def test_the_route_sees_what_comes_and_goes_and_may_change_it(self) -> None:
        seen: list[Any] = []

        def route(ctx: Any) -> None:
            seen.append((ctx.message.method, module.is_incoming(ctx), ctx.message.flow.host))
            ctx.extra["avp"] = ctx.message.raw.replace(b"alice", b"carol")

        module = self.start(route, nio_intercept=1, nio_msg_avp=b"$avp(x)")
        data, flow = request().raw, Flow(UDP, "192.0.2.9", 5070)
        self.assertEqual(self.filters["received"](data, flow), data.replace(b"alice", b"carol"))
        self.assertEqual(self.filters["sending"](data, flow), data.replace(b"alice", b"carol"))
        self.assertEqual(seen, [(b"INVITE", 1, "192.0.2.9"), (b"INVITE", -1, "192.0.2.9")])

    def test_without_an_avp_it_only_looks(self) -> None:
        seen: list[Any] = []
        self.start(seen.append, nio_intercept=1)
        data = request().raw
        self.assertEqual(self.filters["received"](data, Flow(UDP, "192.0.2.9", 5070)), data)
        self.assertEqual(len(seen), 1)

    def test_short_and_broken_messages_pass(self) -> None:
        seen: list[Any] = []
        self.start(seen.append, nio_intercept=1, nio_min_msg_len=100)
        flow = Flow(UDP, "192.0.2.9", 5070)
        for data in (b"\r\n\r\n", b"x" * 200):
            self.assertEqual(self.filters["received"](data, flow), data)
        self.assertEqual(seen, [])

    def test_it_is_off_by_default(self) -> None:
        self.start(print)
        self.assertEqual(self.filters, {})

    def test_without_the_route_the_server_does_not_start(self) -> None:
        self.assertRaises(ConfigError, self.start, nio_intercept=1)

    def test_our_responses_have_a_route_too(self) -> None:
        server = Server()
        server.script.event_routes["corex:reply-out"] = "route"
        module = made(Corex)
        module.start(server)
        self.assertTrue(IReplyWatcher.providedBy(module))
        module.reply_sent(context(server=server), 200, response().raw)
        ((route, event),) = server.executed
        self.assertEqual((route, event.message.status, event.route_type), ("route", 200, RouteType.ONSEND))

    def test_the_responses_of_a_transaction_run_it_as_well(self) -> None:
        listeners: list[Any] = []
        server = Server(provide={ITm: SimpleNamespace(on_event=listeners.append)})
        server.script.event_routes["corex:reply-out"] = "route"
        module = made(Corex)
        module.start(server)
        server.clock.advance(0)
        self.assertEqual(listeners, [module])
        transaction = SimpleNamespace(request=request(), avps={})
        module.response_sent(transaction, 200, response().raw, None)
        ((_, event),) = server.executed
        self.assertEqual(event.extra["sending"], (response().raw, transaction.request.flow))

    def test_without_that_route_nothing_runs(self) -> None:
        module = self.start()
        module.reply_sent(context(server=self.server), 200, response().raw)
        module.ack_filtered(context(server=self.server))
        self.assertEqual(self.server.executed, [])
