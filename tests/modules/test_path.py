from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.outbound import IOutbound
from sipapp.interfaces.record_route import IRecordRoute
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.draft import Outbound
from sipapp.module import ScriptError
from sipapp.modules.path import Path
from tests.modules.stage import TCP, UDP, UDP_5080, Server, context, made, request

IPV6_TCP = Socket("tcp", "2001:db8::1", 5060)


class Tokens:
    """As much of outbound as path looks at."""

    def __init__(self, use: int = 1) -> None:
        self.use = use

    def use_outbound(self, ctx: Any) -> int:
        return self.use

    def encode_flow_token(self, flow: Flow) -> bytes:
        return f"{flow.host}-{flow.port}".encode()


class RecordRoute:
    """As much of rr as path looks at."""

    def __init__(self) -> None:
        self.callbacks: list[Any] = []

    def on_loose_route(self, callback: Any) -> None:
        self.callbacks.append(callback)


class PathTests(SynchronousTestCase):
    def make(self, message: Any = None, provide: Any = None, **parameters: Any) -> tuple[Any, Any]:
        module, server = made(Path, **parameters), Server(provide=provide)
        module.start(server)
        return module, context(message or request("REGISTER"), server)

    def lines(self, ctx: Any, send_socket: Socket = UDP) -> list[bytes]:
        text = ctx.draft.render(ctx.message, Outbound(send_socket, UDP))
        return [line[6:] for line in text.split(b"\r\n") if line.startswith(b"Path: ")]

    def test_the_line_has_our_address(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.add_path(ctx), 1)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr>"])

    def test_user_and_parameters_are_as_given(self) -> None:
        for given, line in (
            ((b"edge",), b"<sip:edge@192.0.2.1;lr>"),
            ((b"edge", b"a=1;b"), b"<sip:edge@192.0.2.1;lr;a=1;b>"),
            ((b"", b"a=1"), b"<sip:192.0.2.1;lr;a=1>"),
        ):
            module, ctx = self.make()
            module.add_path(ctx, *given)
            self.assertEqual(self.lines(ctx), [line])

    def test_it_goes_before_the_first_path_and_else_to_the_end(self) -> None:
        module, ctx = self.make(request("REGISTER", more="Path: <sip:192.0.2.8;lr>\r\nX-A: 1\r\n"))
        module.add_path(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr>", b"<sip:192.0.2.8;lr>"])
        module, ctx = self.make()
        module.add_path(ctx)
        self.assertIn(b"Content-Length: 0\r\nPath: <sip:192.0.2.1;lr>\r\n\r\n", ctx.draft.render(ctx.message))

    def test_the_address_is_that_of_the_socket_that_it_leaves_by(self) -> None:
        module, ctx = self.make()
        module.add_path(ctx)
        self.assertEqual(self.lines(ctx, TCP), [b"<sip:192.0.2.1;transport=tcp;lr>"])
        self.assertEqual(self.lines(ctx, UDP_5080), [b"<sip:192.0.2.1:5080;lr>"])

    def test_the_source_address_goes_into_received(self) -> None:
        module, ctx = self.make()
        module.add_path_received(ctx, b"", b"x=1")
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr;received=sip:192.0.2.9:5070;x=1>"])
        module, ctx = self.make()
        ctx.message.flow = Flow(IPV6_TCP, "2001:db8::9", 5070)
        module.add_path_received(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr;received=sip:[2001:db8::9]:5070%3Btransport%3Dtcp>"])

    def test_received_has_a_short_form_and_a_name_of_choice(self) -> None:
        module, ctx = self.make(received_format=1, received_name=b"from")
        ctx.message.flow = Flow(TCP, "192.0.2.9", 5070)
        module.add_path_received(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr;from=192.0.2.9~5070~2>"])

    def test_enable_r2_writes_a_line_for_each_side(self) -> None:
        module, ctx = self.make(enable_r2=1)
        module.add_path(ctx, b"u", b"x=1")
        self.assertEqual(
            self.lines(ctx, TCP),
            [b"<sip:u@192.0.2.1;transport=tcp;lr;x=1;r2=on>", b"<sip:u@192.0.2.1;lr;x=1;r2=on>"],
        )

    def test_sockname_mode_names_sockets_that_have_a_name(self) -> None:
        module, ctx = self.make(sockname_mode=1)
        module.add_path(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr>"])
        self.assertEqual(self.lines(ctx, UDP_5080), [b"<sip:192.0.2.1:5080;sn=side;lr>"])

    def test_set_advertised_address_is_followed(self) -> None:
        module, ctx = self.make()
        ctx.draft.advertised_host, ctx.draft.advertised_port = b"198.51.100.1", 5066
        module.add_path(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:198.51.100.1:5066;lr>"])
        ctx.draft.edits[0].data.advertised_port = None
        self.assertEqual(self.lines(ctx), [b"<sip:198.51.100.1;lr>"])
        self.assertEqual(self.lines(ctx, UDP_5080), [b"<sip:198.51.100.1:5080;lr>"])
        ctx.draft.edits[0].data.advertised_host, ctx.draft.edits[0].data.advertised_port = None, 5066
        self.assertEqual(self.lines(ctx, UDP_5080), [b"<sip:192.0.2.1:5066;lr>"])

    def test_an_advertised_address_takes_the_place_of_ours(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.add_path_advertised_address(ctx, b"edge.example:5080", b"u"), 1)
        self.assertEqual(self.lines(ctx), [b"<sip:u@edge.example:5080;transport=udp;lr>"])
        module, ctx = self.make()
        self.assertEqual(module.add_path_received_advertised_address(ctx, b"198.51.100.1"), 1)
        self.assertEqual(self.lines(ctx, TCP), [b"<sip:198.51.100.1;transport=tcp;lr;received=sip:192.0.2.9:5070>"])

    def test_what_is_no_address_is_an_error(self) -> None:
        module, ctx = self.make()
        for address in (b"", b"a b", b"<x>"):
            self.assertRaises(ScriptError, module.add_path_advertised_address, ctx, address)

    def test_a_flow_token_is_the_user_and_the_first_hop_says_ob(self) -> None:
        module, ctx = self.make(provide={IOutbound: Tokens()})
        module.add_path(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.9-5070@192.0.2.1;lr;ob>"])
        second_hop = request("REGISTER", more="Via: SIP/2.0/UDP 192.0.2.7\r\n")
        module, ctx = self.make(second_hop, {IOutbound: Tokens()})
        module.add_path_received(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.9-5070@192.0.2.1;lr;received=sip:192.0.2.9:5070>"])

    def test_a_user_of_the_scripts_own_or_no_outbound_means_no_token(self) -> None:
        module, ctx = self.make(provide={IOutbound: Tokens()})
        module.add_path(ctx, b"edge")
        self.assertEqual(self.lines(ctx), [b"<sip:edge@192.0.2.1;lr>"])
        module, ctx = self.make(provide={IOutbound: Tokens(0)})
        module.add_path(ctx)
        self.assertEqual(self.lines(ctx), [b"<sip:192.0.2.1;lr>"])


class UseReceivedTests(SynchronousTestCase):
    def next_hop(self, parameters: bytes, **given: Any) -> bytes | None:
        rr, module = RecordRoute(), made(Path, use_received=1, **given)
        module.start(Server(provide={IRecordRoute: rr}))
        module.started()
        ctx = context()
        (callback,) = rr.callbacks
        callback(ctx, parameters)
        hop: bytes | None = ctx.draft.next_hop
        return hop

    def test_it_needs_rr(self) -> None:
        module = made(Path, use_received=1)
        module.start(Server())
        self.assertRaises(ConfigError, module.started)

    def test_without_it_rr_is_not_asked(self) -> None:
        rr = RecordRoute()
        module = made(Path)
        module.start(Server(provide={IRecordRoute: rr}))
        module.started()
        self.assertEqual(rr.callbacks, [])

    def test_received_becomes_the_next_hop(self) -> None:
        self.assertEqual(
            self.next_hop(b"lr;received=sip:192.0.2.9:5070%3btransport%3Dtcp"),
            b"sip:192.0.2.9:5070;transport=tcp",
        )
        self.assertIsNone(self.next_hop(b"lr"))
        self.assertIsNone(self.next_hop(b"lr;received="))

    def test_the_short_form_becomes_the_next_hop(self) -> None:
        for text, uri in (
            (b"192.0.2.9~5070~2", b"sip:192.0.2.9:5070;transport=tcp"),
            (b"[2001:db8::9]~5070~1", b"sip:[2001:db8::9]:5070"),
            (b"192.0.2.9~5070", b"sip:192.0.2.9:5070"),
        ):
            self.assertEqual(self.next_hop(b"lr;Rcv=" + text, received_format=1, received_name=b"rcv"), uri)

    def test_a_broken_one_changes_nothing(self) -> None:
        for text in (b"192.0.2.9", b"192.0.2.9~x~2", b"192.0.2.9~5070~9"):
            self.assertIsNone(self.next_hop(b"lr;received=" + text, received_format=1))
        self.assertIsNone(self.next_hop(b"lr;received=sip:a%0d%0ab"))
        self.assertIsNone(self.next_hop(b'lr;received="x'))
