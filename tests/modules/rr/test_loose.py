from __future__ import annotations

from typing import Any
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import PeerError
from sipapp.interfaces.outbound import IOutbound
from sipapp.interfaces.transport import Flow
from sipapp.modules.rr import Rr, loose
from tests.modules.stage import TCP, UDP_5080, Server, context, made, request

US = "<sip:192.0.2.1;lr>"
NEXT = "<sip:192.0.2.8;lr>"
TAG = ";tag=to1"


class FlowTokens:
    """An outbound module whose tokens are `good`, `here` and `bad`."""

    def use_outbound(self, ctx: Any) -> int:
        return 0

    def decode_flow_token(self, token: bytes) -> Flow | None:
        if token == b"bad":
            raise PeerError("forged")
        return {b"good": Flow(TCP, "198.51.100.7", 40000), b"here": Flow(TCP, "192.0.2.9", 5070)}.get(token)


def told(ctx: Any) -> Any:
    draft = ctx.draft
    return draft.edits, draft.next_hop, draft.request_uri, draft.send_socket, ctx.extra


class LooseTests(SynchronousTestCase):
    def route(
        self, *routes: str, uri: str = "sip:bob@192.0.2.66", to: str = TAG, server: Any = None, **parameters: Any
    ) -> tuple[int, Any]:
        module = made(Rr, **parameters)
        server = server or Server()
        module.start(server)
        self.module = module
        fields = "".join(f"Route: {route}\r\n" for route in routes)
        ctx = context(request("BYE", uri, to, fields), server)
        return module.loose_route(ctx), ctx

    def fields(self, ctx: Any) -> list[bytes]:
        lines = ctx.draft.render(ctx.message).split(b"\r\n")
        return [line.partition(b": ")[2] for line in lines if line.startswith(b"Route")]

    def test_without_route_it_is_false(self) -> None:
        code, ctx = self.route()
        self.assertEqual((code, ctx.draft.next_hop, ctx.draft.edits), (-1, None, []))

    def test_our_entry_goes_and_the_next_is_the_next_hop(self) -> None:
        code, ctx = self.route(f"{US},{NEXT}")
        self.assertEqual((code, ctx.draft.next_hop, ctx.draft.request_uri), (1, b"sip:192.0.2.8;lr", None))
        self.assertEqual(self.fields(ctx), [NEXT.encode()])

    def test_our_entry_alone_leaves_the_request_uri_to_decide(self) -> None:
        code, ctx = self.route(US)
        self.assertEqual((code, ctx.draft.next_hop), (1, None))
        self.assertEqual(self.fields(ctx), [])

    def test_an_entry_of_another_stays_and_is_the_next_hop(self) -> None:
        code, ctx = self.route(NEXT)
        self.assertEqual((code, ctx.draft.next_hop), (1, b"sip:192.0.2.8;lr"))
        self.assertEqual(self.fields(ctx), [NEXT.encode()])

    def test_an_initial_request_with_our_entry_alone_is_preloaded(self) -> None:
        self.assertEqual(self.route(US, to="")[0], -3)
        self.assertEqual(self.route(US, NEXT, to="")[0], 1)

    def test_a_strict_router_gets_its_uri_and_ours_goes_to_the_end(self) -> None:
        code, ctx = self.route(US, "<sip:192.0.2.8>", "<sip:192.0.2.9;lr>")
        self.assertEqual((code, ctx.draft.request_uri, ctx.draft.next_hop), (1, b"sip:192.0.2.8", None))
        self.assertEqual(self.fields(ctx), [b"<sip:192.0.2.9;lr>", b"<sip:bob@192.0.2.66>"])

    def test_after_a_strict_router_the_last_entry_is_the_request_uri(self) -> None:
        code, ctx = self.route(f"{NEXT}, <sip:bob@192.0.2.66>", uri="sip:192.0.2.1;lr;ftag=from1")
        self.assertEqual(
            (code, ctx.draft.next_hop, ctx.draft.request_uri), (1, b"sip:192.0.2.8;lr", b"sip:bob@192.0.2.66")
        )
        self.assertEqual(self.fields(ctx), [NEXT.encode()])
        self.assertFalse(self.module.is_upstream(ctx))

    def test_between_two_strict_routers_it_is_one(self) -> None:
        code, ctx = self.route("<sip:192.0.2.8>, <sip:bob@192.0.2.66>", uri="sip:192.0.2.1")
        self.assertEqual((code, ctx.draft.next_hop, ctx.draft.request_uri), (1, None, b"sip:192.0.2.8"))
        self.assertEqual(self.fields(ctx), [b"<sip:bob@192.0.2.66>"])

    def test_a_request_uri_of_ours_can_be_left_out_of_it(self) -> None:
        code, ctx = self.route(US, uri="sip:192.0.2.1", loose_route_mode_=1)
        self.assertEqual((code, ctx.draft.request_uri, self.fields(ctx)), (1, None, []))

    def test_of_a_pair_of_ours_both_go_and_the_second_names_the_socket(self) -> None:
        code, ctx = self.route("<sip:192.0.2.1;r2=on;lr>", f"<sip:192.0.2.1:5080;r2=on;lr>, {NEXT}")
        self.assertEqual((code, ctx.draft.next_hop), (1, b"sip:192.0.2.8;lr"))
        self.assertIs(ctx.draft.send_socket, UDP_5080)
        self.assertEqual(self.fields(ctx), [NEXT.encode()])

    def test_of_a_pair_with_a_transport_the_socket_of_that(self) -> None:
        _, ctx = self.route("<sip:192.0.2.1;r2=on;lr>,<sip:192.0.2.1;transport=tcp;r2=on;lr>")
        self.assertIs(ctx.draft.send_socket, TCP)

    def test_without_doubling_only_the_first_goes(self) -> None:
        _, ctx = self.route("<sip:192.0.2.1;r2=on;lr>,<sip:192.0.2.1:5080;r2=on;lr>", enable_double_rr=0)
        self.assertEqual(self.fields(ctx), [b"<sip:192.0.2.1:5080;r2=on;lr>"])
        self.assertIs(ctx.draft.send_socket, None)

    def test_the_only_entry_may_name_the_socket(self) -> None:
        _, ctx = self.route("<sip:192.0.2.1:5080;lr>", force_send_socket=1)
        self.assertIs(ctx.draft.send_socket, UDP_5080)
        _, ctx = self.route("<sip:192.0.2.1;lr;sn=side>", force_send_socket=1, sockname_mode=1)
        self.assertIs(ctx.draft.send_socket, UDP_5080)

    def test_a_gruu_and_an_ignored_user_are_not_ours(self) -> None:
        _, ctx = self.route("<sip:192.0.2.1;lr;gr>")
        self.assertEqual(ctx.draft.next_hop, b"sip:192.0.2.1;lr;gr")
        _, ctx = self.route("<sip:xxl@192.0.2.1;lr>", ignore_user=b"xxl")
        self.assertEqual(ctx.draft.next_hop, b"sip:xxl@192.0.2.1;lr")

    def test_garbage_is_false_and_changes_nothing(self) -> None:
        for route in ("garbage", "<sip:>", '<sip:192.0.2.1;lr>, "x'):
            code, ctx = self.route(route)
            self.assertEqual((code, ctx.draft.edits, ctx.draft.next_hop), (-1, [], None), route)

    def test_a_flow_token_is_followed_to_its_flow(self) -> None:
        server = Server(provide={IOutbound: FlowTokens()})
        code, ctx = self.route("<sip:good@192.0.2.1;lr>", server=server)
        self.assertEqual((code, ctx.draft.next_hop), (2, b"sip:198.51.100.7:40000;transport=tcp"))
        self.assertIs(ctx.draft.send_socket, TCP)

    def test_a_flow_token_of_the_sender_is_not(self) -> None:
        server = Server(provide={IOutbound: FlowTokens()})
        code, ctx = self.route("<sip:here@192.0.2.1;lr>", NEXT, server=server)
        self.assertEqual((code, ctx.draft.next_hop), (1, b"sip:192.0.2.8;lr"))

    def test_a_forged_flow_token_is_told_from_a_missing_one(self) -> None:
        server = Server(provide={IOutbound: FlowTokens()})
        self.assertEqual(self.route("<sip:bad@192.0.2.1;lr>", server=server)[0], -2)
        self.assertEqual(self.route("<sip:none@192.0.2.1;lr>", server=server)[0], 1)

    def test_others_hear_of_the_parameters_of_our_entry(self) -> None:
        module, heard = made(Rr), []
        module.start(Server())
        module.on_loose_route(lambda ctx, parameters: heard.append(parameters))
        module.loose_route(context(request("BYE", "sip:bob@192.0.2.66", TAG, f"Route: {NEXT}\r\n")))
        module.loose_route(context(request("BYE", "sip:bob@192.0.2.66", TAG, "Route: <sip:192.0.2.1;lr;did=7>\r\n")))
        self.assertEqual(heard, [b"lr;did=7"])

    def test_the_usual_request_is_routed_like_any_other(self) -> None:
        for text in (US, "<sip:192.0.2.1:5080;lr;did=7>", "<sip:192.0.2.1>", NEXT, "<sip:192.0.2.1;r2=on;lr>"):
            for uri in ("sip:bob@192.0.2.66", "sip:192.0.2.1;lr", "sip:192.0.2.1;gr", "tel:+1"):
                for parameters in (dict[str, Any](), {"force_send_socket": 1}, {"loose_route_mode_": 1}):
                    code, ctx = self.route(text, uri=uri, **parameters)
                    with patch.object(loose, "lone_route", return_value=None):
                        wanted, other = self.route(text, uri=uri, **parameters)
                    self.assertEqual(code, wanted)
                    self.assertEqual(told(ctx), told(other), (text, uri, parameters))
