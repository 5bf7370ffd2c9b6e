from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.outbound import IOutbound
from sipapp.interfaces.record_route import IRecordRoute
from sipapp.interfaces.transport import Flow
from sipapp.message.draft import Outbound
from sipapp.module import ScriptError
from sipapp.modules.rr import Rr
from tests.modules.stage import TCP, UDP, Server, context, made, request


class RrTests(SynchronousTestCase):
    def make(self, message: Any = None, server: Any = None, **parameters: Any) -> tuple[Any, Any]:
        module, server = made(Rr, **parameters), server or Server()
        module.start(server)
        return module, context(message, server)

    def lines(self, ctx: Any, outbound: Outbound | None = None) -> list[bytes]:
        text = ctx.draft.render(ctx.message, outbound or Outbound(UDP, UDP))
        return [line for line in text.split(b"\r\n") if line.startswith(b"Record-Route")]

    def test_it_offers_itself_to_others(self) -> None:
        self.assertTrue(IRecordRoute.providedBy(made(Rr)))

    def test_the_line_is_on_top_with_the_from_tag(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.record_route(ctx), 1)
        self.assertIn(
            b" SIP/2.0\r\nRecord-Route: <sip:192.0.2.1;lr;ftag=from1>\r\nVia:",
            ctx.draft.render_request(ctx.message, b"sip:b", b"Via: x\r\n", Outbound(UDP, UDP)),
        )

    def test_upstream_it_is_the_to_tag(self) -> None:
        message = request("INVITE", to=";tag=to1", more="Route: <sip:192.0.2.1;lr;ftag=to1>\r\n")
        module, ctx = self.make(message)
        module.record_route(ctx)
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sip:192.0.2.1;lr;ftag=to1>"])

    def test_parameters_of_the_module(self) -> None:
        for parameters, line in (
            ({"append_fromtag": 0}, b"<sip:192.0.2.1;lr>"),
            ({"enable_full_lr": 1}, b"<sip:192.0.2.1;lr=on;ftag=from1>"),
            ({"add_username": 1}, b"<sip:bob@192.0.2.1;lr;ftag=from1>"),
            ({"add_username": 1, "ignore_user": b"bob"}, b"<sip:xob@192.0.2.1;lr;ftag=from1>"),
        ):
            module, ctx = self.make(**parameters)
            module.record_route(ctx)
            self.assertEqual(self.lines(ctx), [b"Record-Route: " + line])

    def test_a_sips_request_gets_a_sips_line(self) -> None:
        module, ctx = self.make(request(uri="sips:bob@example.com"))
        module.record_route(ctx)
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sips:192.0.2.1;lr;ftag=from1>"])
        module, ctx = self.make(request(uri="sips:bob@example.com"), ignore_sips=1)
        module.record_route(ctx)
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sip:192.0.2.1;lr;ftag=from1>"])

    def test_parameters_are_added_before_and_after(self) -> None:
        module, ctx = self.make()
        module.add_rr_param(ctx, b";a=1")
        module.add_rr_param(ctx, b";b=2")
        module.record_route(ctx, b";s=0")
        module.add_rr_param(ctx, b";c=3")
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sip:192.0.2.1;lr;ftag=from1;s=0;a=1;b=2;c=3>"])

    def test_both_lines_get_a_late_parameter(self) -> None:
        module, ctx = self.make()
        module.record_route(ctx)
        module.add_rr_param(ctx, b";c=3")
        self.assertEqual(
            self.lines(ctx, Outbound(TCP, UDP)),
            [
                b"Record-Route: <sip:192.0.2.1;transport=tcp;r2=on;lr;ftag=from1;c=3>",
                b"Record-Route: <sip:192.0.2.1;r2=on;lr;ftag=from1;c=3>",
            ],
        )

    def test_a_second_time_is_an_error_until_the_first_is_removed(self) -> None:
        module, ctx = self.make()
        module.record_route(ctx)
        self.assertRaises(ScriptError, module.record_route, ctx)
        self.assertRaises(ScriptError, module.record_route_preset, ctx, b"a.example")
        self.assertEqual(module.remove_record_route(ctx), 1)
        self.assertEqual(self.lines(ctx), [])
        self.assertEqual(module.record_route(ctx), 1)

    def test_presets_are_written_as_given(self) -> None:
        module, ctx = self.make()
        module.add_rr_param(ctx, b";a=1")
        module.record_route_preset(ctx, b"192.0.2.5:5080;transport=tcp", b"192.0.2.6")
        self.assertEqual(
            self.lines(ctx),
            [
                b"Record-Route: <sip:192.0.2.5:5080;transport=tcp;ftag=from1;a=1;lr>",
                b"Record-Route: <sip:192.0.2.6;ftag=from1;a=1;lr>",
            ],
        )

    def test_two_presets_need_double_rr(self) -> None:
        module, ctx = self.make(enable_double_rr=0)
        self.assertRaises(ScriptError, module.record_route_preset, ctx, b"a", b"b")

    def test_an_advertised_address_takes_the_place_of_ours(self) -> None:
        module, ctx = self.make()
        module.record_route_advertised_address(ctx, b"198.51.100.1:5066")
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sip:198.51.100.1:5066;ftag=from1;lr>"])

    def test_a_custom_user_comes_from_an_avp(self) -> None:
        self.assertRaises(ConfigError, self.make, custom_user_avp=b"nonsense")

    def test_a_flow_token_is_the_user_part(self) -> None:
        class Tokens:
            use = 1

            def use_outbound(self, ctx: Any) -> int:
                return self.use

            def encode_flow_token(self, flow: Flow) -> bytes:
                return f"{flow.host}-{flow.port}".encode()

        tokens = Tokens()
        message = request(more="Route: <sip:token@192.0.2.1;lr>\r\n")
        module, ctx = self.make(message, Server(provide={IOutbound: tokens}))
        module.record_route(ctx)
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sip:192.0.2.9-5070@192.0.2.1;lr;ftag=from1>"])
        tokens.use = 2
        module, ctx = self.make(message, Server(provide={IOutbound: tokens}))
        module.record_route(ctx)
        self.assertEqual(self.lines(ctx), [b"Record-Route: <sip:token@192.0.2.1;lr;ftag=from1>"])
        self.assertRaises(ConfigError, self.make, message, Server(provide={IOutbound: tokens}), add_username=1)

    def test_preloaded_is_true_only_for_its_case(self) -> None:
        module, ctx = self.make(request(more="Route: <sip:192.0.2.1;lr>\r\n"))
        self.assertEqual(module.loose_route_preloaded(ctx), 1)
        module, ctx = self.make(request(more="Route: <sip:192.0.2.8;lr>\r\n"))
        self.assertEqual(module.loose_route_preloaded(ctx), -1)

    def test_loose_route_mode_leaves_strict_routing_out(self) -> None:
        message = request("BYE", "sip:192.0.2.1", ";tag=to1", "Route: <sip:192.0.2.8;lr>\r\n")
        module, ctx = self.make(message)
        self.assertEqual(module.loose_route_mode(ctx, 1), 1)
        self.assertEqual(ctx.draft.request_uri, None)
