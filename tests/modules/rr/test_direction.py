from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module import compile_regex
from sipapp.modules.rr import Rr
from sipapp.modules.rr.direction import direction
from tests.modules.stage import Server, context, made, request


class DirectionTests(SynchronousTestCase):
    def make(self, route: str = "", to: str = ";tag=to1") -> tuple[Any, Any]:
        module, server = made(Rr), Server()
        module.start(server)
        more = f"Route: {route}\r\n" if route else ""
        return module, context(request("BYE", "sip:bob@192.0.2.66", to, more), server)

    def test_the_ftag_says_which_way(self) -> None:
        for ftag, upstream in (("from1", False), ("to1", True), ("", False)):
            module, ctx = self.make(f"<sip:192.0.2.1;lr;ftag={ftag}>")
            self.assertEqual(module.is_upstream(ctx), upstream, ftag)
            self.assertEqual(module.is_direction(ctx, True), 1 if upstream else -1)
            self.assertEqual(module.is_direction(ctx, False), -1 if upstream else 1)

    def test_it_still_knows_after_loose_route_took_the_entry(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr;ftag=to1>")
        module.loose_route(ctx)
        self.assertTrue(module.is_upstream(ctx))

    def test_an_entry_of_another_says_nothing(self) -> None:
        module, ctx = self.make("<sip:192.0.2.8;lr;ftag=to1>")
        self.assertFalse(module.is_upstream(ctx))
        self.assertEqual(module.check_route_param(ctx, compile_regex(b"ftag")), -1)

    def test_a_wrong_word_is_refused_when_the_script_loads(self) -> None:
        self.assertEqual((direction(b"UpStream"), direction(b"downstream")), (True, False))
        self.assertRaises(ConfigError, direction, b"sideways")

    def test_parameters_are_matched_with_their_semicolon(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr;foo=bar>")
        for expression, code in ((b";foo=b.*", 1), (b";lr;", 1), (b"baz", -1)):
            self.assertEqual(module.check_route_param(ctx, compile_regex(expression)), code, expression)

    def test_other_modules_read_one_parameter(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr;did=a.b>")
        found: list[Any] = [module.route_parameter(ctx, name) for name in (b"did", b"lr", b"none")]
        self.assertEqual(found, [b"a.b", b"", None])

    def test_tags_are_those_of_the_initial_request(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr;ftag=from1>")
        self.assertEqual((module.pv_from_tag_initial(ctx), module.pv_to_tag_initial(ctx)), (b"from1", b"to1"))
        module, ctx = self.make("<sip:192.0.2.1;lr;ftag=to1>")
        self.assertEqual((module.pv_from_tag_initial(ctx), module.pv_to_tag_initial(ctx)), (b"to1", b"from1"))
        module, ctx = self.make(to="")
        self.assertEqual((module.pv_from_tag_initial(ctx), module.pv_to_tag_initial(ctx)), (b"from1", None))

    def test_the_direction_has_a_number_and_a_name(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr;ftag=to1>")
        self.assertEqual((module.pv_direction(ctx, b"id"), module.pv_direction(ctx, b"name")), (2, b"upstream"))
        module, ctx = self.make()
        self.assertEqual((module.pv_direction(ctx, b"id"), module.pv_direction(ctx, b"name")), (1, b"downstream"))

    def test_the_first_route_uri_is_there_before_and_after(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr>, <sip:192.0.2.8;lr>")
        self.assertEqual(module.pv_route_uri(ctx), b"sip:192.0.2.1;lr")
        module.loose_route(ctx)
        self.assertEqual(module.pv_route_uri(ctx), b"sip:192.0.2.1;lr")
        for route in ("", "garbage"):
            module, ctx = self.make(route)
            self.assertEqual(module.pv_route_uri(ctx), b"")

    def test_the_next_hop_is_known_to_come_from_route(self) -> None:
        module, ctx = self.make("<sip:192.0.2.1;lr>, <sip:192.0.2.8;lr>")
        self.assertEqual(module.rr_next_hop_route(ctx), -1)
        module.loose_route(ctx)
        self.assertEqual(module.rr_next_hop_route(ctx), 1)
        module, ctx = self.make("<sip:192.0.2.1;lr>")
        module.loose_route(ctx)
        self.assertEqual(module.rr_next_hop_route(ctx), -1)
