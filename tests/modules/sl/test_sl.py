from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from sipapp.errors import ConfigError, TransportError
from sipapp.interfaces.reply import IReplier, IReplySender, IReplyWatcher
from sipapp.interfaces.server import IBeforeScript
from sipapp.message.draft import Branch
from sipapp.message.parse import parse
from sipapp.module import RouteType, ScriptError
from sipapp.modules.sl import Sl, status_code
from tests.modules.stage import Server, context, made, request, response


@implementer(IReplier)
class Transactions:
    """A tm whose run may have a transaction, made by a suspension or not."""

    def __init__(self, has: bool = False, owns: bool = False) -> None:
        self.has, self.kept = has, owns
        self.replies: list[tuple[int, bytes]] = []

    def has_transaction(self, ctx: Any) -> bool:
        return self.has

    def owns(self, ctx: Any) -> bool:
        return self.kept

    def reply(self, ctx: Any, status: int, reason: bytes) -> int:
        self.replies.append((status, reason))
        return 1

    def reply_error(self, ctx: Any) -> int:
        self.replies.append((500, b"error"))
        return 1

    def to_tag(self, ctx: Any) -> bytes | None:
        return b"of-tm"


class SlTests(SynchronousTestCase):
    def make(self, message: Any = None, server: Any = None, **parameters: Any) -> tuple[Any, Any]:
        module, server = made(Sl, **parameters), server or Server()
        module.start(server)
        return module, context(message, server)

    def sent(self, ctx: Any) -> bytes:
        (data,) = ctx.server.transport.sent
        return data  # type: ignore[no-any-return]

    def test_it_offers_itself_to_others(self) -> None:
        self.assertTrue(IReplySender.providedBy(made(Sl)))
        self.assertTrue(IBeforeScript.providedBy(made(Sl)))

    def test_a_response_copies_what_rfc_3261_says_and_nothing_else(self) -> None:
        module, ctx = self.make(request(more="Record-Route: <sip:192.0.2.7;lr>\r\nSubject: x\r\n"))
        self.assertEqual(module.sl_send_reply(ctx, 404, b"Nobody"), 1)
        tag = module.tags.tag(ctx.message)
        self.assertEqual(
            self.sent(ctx),
            b"SIP/2.0 404 Nobody\r\n"
            b"Via: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa\r\n"
            b"From: <sip:alice@example.com>;tag=from1\r\n"
            b"To: <sip:bob@example.com>;tag=" + tag + b"\r\n"
            b"Call-ID: call@example.com\r\n"
            b"CSeq: 1 INVITE\r\n"
            b"Server: sipapp\r\n"
            b"Content-Length: 0\r\n\r\n",
        )

    def test_a_provisional_one_below_180_has_no_tag(self) -> None:
        module, ctx = self.make()
        module.sl_send_reply(ctx, 100, b"Trying")
        self.assertIn(b"\r\nTo: <sip:bob@example.com>\r\n", self.sent(ctx))

    def test_a_tag_that_is_there_stays(self) -> None:
        module, ctx = self.make(request(to=";tag=to1"))
        module.sl_send_reply(ctx, 481, b"No")
        self.assertIn(b"\r\nTo: <sip:bob@example.com>;tag=to1\r\n", self.sent(ctx))

    def test_lines_and_body_of_the_script_go_with_it(self) -> None:
        module, ctx = self.make()
        ctx.draft.reply_fields.append(b"X-Why: because\r\n")
        ctx.draft.reply_body = (b"text/plain", b"hello")
        module.sl_send_reply(ctx, 200, b"OK")
        message = parse(self.sent(ctx))
        self.assertEqual(message.first(b"x-why"), b"because")
        self.assertEqual((message.content_type, message.body), (b"text/plain", b"hello"))

    def test_a_redirection_names_the_target_set(self) -> None:
        module, ctx = self.make()
        ctx.draft.request_uri = b"sip:new@example.com"
        ctx.draft.targets.append(Branch(b"sip:x@example.com", q=500))
        module.sl_send_reply(ctx, 302, b"Moved")
        self.assertIn(b"\r\nContact: <sip:new@example.com>, <sip:x@example.com>;q=0.5\r\n", self.sent(ctx))

    def test_a_rich_redirection_tells_flags_and_path(self) -> None:
        module, ctx = self.make(rich_redirect=3)
        target = Branch(b"sip:x@example.com", path=b"<sip:192.0.2.7;lr>")
        target.flags = 5
        ctx.draft.targets.append(target)
        module.sl_send_reply(ctx, 302, b"Moved")
        self.assertIn(b"Contact: <sip:x@example.com?Route=%3Csip:192.0.2.7%3Blr%3E>;flags=5\r\n", self.sent(ctx))

    def test_an_unchanged_request_redirects_nowhere(self) -> None:
        module, ctx = self.make()
        module.sl_send_reply(ctx, 302, b"Moved")
        self.assertNotIn(b"Contact", self.sent(ctx))

    def test_the_server_header_can_be_switched_off_and_a_warning_on(self) -> None:
        module, ctx = self.make(server=Server(server_signature=0, sip_warning=1))
        module.sl_send_reply(ctx, 200, b"OK")
        data = self.sent(ctx)
        self.assertNotIn(b"Server:", data)
        self.assertIn(b'Warning: 392 192.0.2.1:5060 "Noisy feedback tells:  pid=', data)
        self.assertIn(
            b" req_src_ip=192.0.2.9 req_src_port=5070 in_uri=sip:bob@example.com out_uri=sip:bob@example.com "
            b'via_cnt==1"',
            data,
        )

    def test_what_is_no_number_or_null_becomes_the_default(self) -> None:
        module, ctx = self.make()
        module.sl_send_reply(ctx, b"abc", None)
        self.assertTrue(self.sent(ctx).startswith(b"SIP/2.0 500 Internal Server Error\r\n"))
        module, ctx = self.make()
        module.sl_send_reply(ctx, 0, b"unset")
        self.assertTrue(self.sent(ctx).startswith(b"SIP/2.0 500 unset\r\n"))
        module, ctx = self.make(default_code=503, default_reason=b"Later")
        module.sl_send_reply(ctx, None, None)
        self.assertTrue(self.sent(ctx).startswith(b"SIP/2.0 503 Later\r\n"))
        module, ctx = self.make()
        module.sl_send_reply(ctx, b"486", 17)
        self.assertTrue(self.sent(ctx).startswith(b"SIP/2.0 486 17\r\n"))

    def test_a_literal_that_is_no_number_is_refused_when_the_script_loads(self) -> None:
        self.assertEqual(status_code(b"404"), 404)
        self.assertRaises(ConfigError, status_code, b"abc")

    def test_what_is_marked_as_answered_gets_none(self) -> None:
        module, ctx = self.make()
        ctx.extra["iflags"] = 1 << 23
        self.assertEqual(
            [module.sl_send_reply(ctx, 200, b"OK"), module.send_reply(ctx, 200, b"OK"), module.sl_reply_error(ctx)],
            [-2, -2, -2],
        )
        self.assertEqual(ctx.server.transport.sent, [])

    def test_ack_response_and_impossible_status_get_none(self) -> None:
        for message, status in ((request("ACK"), 200), (response(), 200), (request(), 1000)):
            module, ctx = self.make(message)
            self.assertEqual(module.sl_send_reply(ctx, status, b"x"), -1)
            self.assertEqual(module.counts.failures.value, 1)
            self.assertEqual(ctx.server.transport.sent, [])

    def test_a_network_error_is_counted(self) -> None:
        module, ctx = self.make()

        def refuse(data: bytes, response_to: Any, failed: Any = None, flags: int = 0) -> None:
            raise TransportError("no way")

        ctx.server.transport.send_response = refuse
        self.assertEqual(module.sl_send_reply(ctx, 200, b"OK"), -1)
        self.assertEqual(module.counts.failures.value, 1)

    def test_send_reply_goes_through_a_transaction_where_there_is_one(self) -> None:
        tm = Transactions(has=True)
        module, ctx = self.make(server=Server(provide={IReplier: tm}))
        self.assertEqual(module.send_reply(ctx, 200, b"OK"), 1)
        self.assertEqual(module.sl_send_reply(ctx, 486, b"Busy"), 1)
        self.assertEqual(tm.replies, [(200, b"OK")])
        self.assertTrue(self.sent(ctx).startswith(b"SIP/2.0 486"))

    def test_bind_tm_0_keeps_it_stateless(self) -> None:
        tm = Transactions(has=True)
        module, ctx = self.make(server=Server(provide={IReplier: tm}), bind_tm=0)
        module.send_reply(ctx, 200, b"OK")
        self.assertEqual((tm.replies, len(ctx.server.transport.sent)), ([], 1))

    def test_once_a_script_has_waited_even_the_stateless_answer_goes_through(self) -> None:
        tm = Transactions(has=True, owns=True)
        module, ctx = self.make(server=Server(provide={IReplier: tm}))
        ctx.transaction = object()
        self.assertEqual(module.sl_send_reply(ctx, 200, b"OK"), 1)
        self.assertEqual((tm.replies, ctx.server.transport.sent), ([(200, b"OK")], []))

    def test_send_reply_without_a_transaction_is_stateless_and_impossible_for_a_response(self) -> None:
        module, ctx = self.make(server=Server(provide={IReplier: Transactions()}))
        self.assertEqual(module.send_reply(ctx, 200, b"OK"), 1)
        module, ctx = self.make(response())
        self.assertEqual(module.send_reply(ctx, 200, b"OK"), -1)

    def test_send_reply_mode_says_what_becomes_of_the_connection(self) -> None:
        for mode, flags in ((0, 0), (1, 1), (2, 2), (3, 3)):
            module, ctx = self.make()
            module.send_reply_mode(ctx, 200, b"OK", mode)
            self.assertEqual(ctx.server.transport.flags, [flags])

    def test_the_last_internal_error_is_told(self) -> None:
        for number, line in (
            (None, b"500 I'm terribly sorry, server error occurred (1/SL)"),
            (-7, b"500 I'm terribly sorry, server error occurred (7/SL)"),
            (-478, b"478 Unresolvable destination (478/SL)"),
        ):
            module, ctx = self.make()
            if number is not None:
                ctx.extra["error"] = number
            self.assertEqual(module.sl_reply_error(ctx), 1)
            self.assertTrue(self.sent(ctx).startswith(b"SIP/2.0 " + line + b"\r\n"))
            self.assertEqual(module.counts.errors.value, 1)
        self.flushLoggedErrors()

    def test_the_error_goes_through_the_transaction_where_there_is_one(self) -> None:
        tm = Transactions(has=True)
        module, ctx = self.make(server=Server(provide={IReplier: tm}))
        self.assertEqual(module.send_reply_error(ctx), 1)
        self.assertEqual((tm.replies, ctx.server.transport.sent), ([(500, b"error")], []))

    def test_the_tags_can_be_asked_for(self) -> None:
        tm = Transactions(has=True)
        module, ctx = self.make(server=Server(provide={IReplier: tm}))
        stateless = module.tags.tag(ctx.message)
        self.assertEqual(
            [module.pv_local_to_tag(ctx, key) for key in (b"x", b"s", b"t")], [b"of-tm", stateless, b"of-tm"]
        )
        module, ctx = self.make()
        self.assertEqual([module.pv_local_to_tag(ctx, key) for key in (b"x", b"s", b"t")], [stateless, stateless, None])

    def test_our_ack_ends_before_the_script(self) -> None:
        module, ctx = self.make()
        ctx.server.script.event_routes["sl:filtered-ack"] = "route"
        module.start(ctx.server)
        ack = context(request("ACK", to=";tag=" + module.tags.tag(ctx.message).decode()), ctx.server)
        self.assertFalse(module.before_script(ack))
        self.assertEqual(ctx.server.executed, [("route", ack)])
        self.assertEqual(module.counts.acks.value, 1)

    def test_other_acks_and_requests_go_to_the_script(self) -> None:
        module, ctx = self.make()
        for message in (request(), request("ACK", to=";tag=to1"), request("ACK"), request("ACK", to=';tag="')):
            self.assertTrue(module.before_script(context(message, ctx.server)))

    def test_the_event_route_sees_the_response(self) -> None:
        server = Server()
        server.script.event_routes["sl:local-response"] = "route"
        module, ctx = self.make(server=server)
        ctx.avps["a"] = [1]
        module.sl_send_reply(ctx, 200, b"OK")
        ((route, event),) = server.executed
        self.assertEqual((route, event.message.status, event.route_type), ("route", 200, RouteType.LOCAL))
        self.assertIs(event.avps, ctx.avps)

    def test_other_modules_are_told(self) -> None:
        heard: list[Any] = []

        @implementer(IReplyWatcher)
        class Watcher:
            def reply_sent(self, ctx: Any, status: int, data: bytes) -> None:
                heard.append(status)

            def ack_filtered(self, ctx: Any) -> None:
                heard.append("ack")

        server = Server()
        server.modules["watcher"] = Watcher()
        module, ctx = self.make(server=server)
        module.sl_send_reply(ctx, 486, b"Busy")
        module.before_script(context(request("ACK", to=";tag=" + module.tags.tag(ctx.message).decode()), server))
        self.assertEqual(heard, [486, "ack"])

    def test_a_response_is_forwarded_with_another_status_and_reason(self) -> None:
        for arguments, line in (
            ((), b"SIP/2.0 486 Busy Here"),
            ((b"480",), b"SIP/2.0 480 Busy Here"),
            ((b"480", b"Away"), b"SIP/2.0 480 Away"),
            ((b"", b"Away"), b"SIP/2.0 486 Away"),
        ):
            module, ctx = self.make(response("486 Busy Here"))
            self.assertEqual(module.sl_forward_reply(ctx, *arguments), 1)
            self.assertTrue(self.sent(ctx).startswith(line + b"\r\nVia: SIP/2.0/UDP 192.0.2.9:5070\r\n"), arguments)

    def test_a_status_of_another_class_is_refused(self) -> None:
        module, ctx = self.make(response("486 Busy Here"))
        for code in (b"200", b"4xx", b"48", b"586"):
            self.assertRaises(ScriptError, module.sl_forward_reply, ctx, code)
        self.assertRaises(ScriptError, module.sl_forward_reply, context(request(), ctx.server))

    def test_a_response_without_a_second_via_goes_nowhere(self) -> None:
        module, ctx = self.make(response(via=""))
        self.assertEqual(module.sl_forward_reply(ctx), -1)
        self.assertEqual(ctx.server.transport.sent, [])
