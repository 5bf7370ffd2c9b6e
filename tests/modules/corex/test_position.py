from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.faked import faked_request
from sipapp.modules.corex import Corex
from sipapp.script.pv import Binder
from tests.modules.stage import UDP, Server, context, made, request


class PositionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.server.registry.add(made(Corex))
        self.ctx = context(server=self.server)

    def read(self, variable: bytes) -> Any:
        return Binder(self.server.registry, Position("app.cfg", 7, 3)).variable(variable).get

    def test_the_place_is_where_the_variable_stands(self) -> None:
        self.assertEqual(self.read(b"$cfg(line)")(self.ctx), 7)
        self.assertEqual(self.read(b"$cfg(file)")(self.ctx), b"app.cfg")
        self.assertEqual(self.read(b"$cfg(name)")(self.ctx), b"app.cfg")
        for wrong in (b"$cfg(column)", b"$cfg", b"$(cfg(line)[0])"):
            self.assertRaises(ConfigError, self.read, wrong)

    def test_the_route_is_the_one_that_runs(self) -> None:
        read = self.read(b"$cfg(route)")
        for name, shown in (("route[X]", b"X"), ("request_route", b"DEFAULT_ROUTE"), ("event_route[a:b]", b"a:b")):
            code = compile("read(ctx)", "app.cfg", "eval").replace(co_name=name)
            self.assertEqual(eval(code, {"read": read, "ctx": self.ctx}), shown)
        self.assertEqual(read(self.ctx), None)

    def test_an_event_tells_what_it_brought(self) -> None:
        read = self.read(b"$atkv(val)")
        self.assertEqual(read(self.ctx), None)
        self.ctx.extra["atkv"] = {b"type": 1200, b"key": b"k", b"val": b"v", b"gname": b"g"}
        self.assertEqual(read(self.ctx), b"v")
        self.assertEqual(self.read(b"$atkv(type)")(self.ctx), 1200)

    def test_a_message_from_the_network_is_not_faked(self) -> None:
        module = made(Corex)
        self.assertEqual(module.is_faked_msg(self.ctx), -1)
        message = request()
        message.flow = None
        self.assertEqual(module.is_faked_msg(context(message)), 1)
        self.assertEqual(module.is_faked_msg(context(faked_request(UDP, 0.0))), 1)
