from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from sipapp.interfaces.server import IBeforeScript
from sipapp.interfaces.transport import Flow, IMessageReceiver
from sipapp.script.runtime import Context
from sipapp.testing.harness import Harness
from sipapp.testing.peer import Peer
from tests.modules.tm.scene import PAUSE

ANSWER = 'request_route { sl_send_reply("200", "OK"); }'


class RoutingTestCase(SynchronousTestCase):
    def serve(self, script: str, *modules: str) -> Peer:
        loads = "".join(f'loadmodule "{name}"\n' for name in ("sl", "pv", "xlog", PAUSE, *modules))
        self.sip = Harness(f"{loads}{script}")
        self.addCleanup(self.sip.close)
        return self.sip.peer("udp:192.0.2.1:5060")

    def counted(self, *names: str) -> list[int]:
        return [self.sip.server.statistics.counter("core", name).value for name in names]

    def said(self) -> list[str]:
        return [line.removeprefix("<script>: ") for line in self.sip.lines() if line.startswith("<script>: ")]


class RequestTests(RoutingTestCase):
    def test_it_is_what_the_transport_layer_wants(self) -> None:
        self.serve(ANSWER)
        verifyObject(IMessageReceiver, self.sip.server.router)

    def test_what_cannot_be_handled_is_answered_before_the_script(self) -> None:
        alice = self.serve('request_route { xlog("ran"); }')
        alice.send("OPTIONS", headers=("CSeq: 2 OPTIONS",))
        self.sip.advance(0)
        self.assertEqual((alice.statuses, self.said()), ([400], []))
        self.assertEqual(self.counted("rcv_requests", "err_requests", "bad_msg_hdr"), [1, 1, 1])

    def test_modules_are_asked_before_the_script_each_for_its_methods(self) -> None:
        alice = self.serve(ANSWER)
        asked: list[str] = []

        @implementer(IBeforeScript)
        class Asked:
            def __init__(self, name: str, passes: bool = True) -> None:
                self.name = name
                self.passes = passes

            def before_script(self, ctx: Context) -> bool:
                asked.append(self.name)
                return self.passes

        @implementer(IBeforeScript)
        class AskedForSome(Asked):
            before_methods = (b"INFO", b"OPTIONS")

        hooks = {"1": Asked("1"), "2": AskedForSome("2", passes=False), "3": Asked("3")}
        self.sip.server.modules.update(hooks)  # type: ignore[arg-type]
        self.sip.server.router.start()
        alice.send("MESSAGE")
        alice.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual((asked, alice.statuses), (["1", "3", "1", "2", "3"], [200]))

    def test_modules_are_asked_before_responses_too_but_those_that_name_methods(self) -> None:
        asked: list[str] = []

        @implementer(IBeforeScript)
        class Asked:
            def before_script(self, ctx: Context) -> bool:
                asked.append(f"{ctx.route_type.name} {ctx.message.method.decode()}")
                return len(asked) < 3

        @implementer(IBeforeScript)
        class AskedForAcks(Asked):
            before_methods = (b"ACK",)

        alice = self.serve("request_route { t_relay(); }", "tm")
        bob = self.sip.peer("udp:192.0.2.2:5060")
        self.sip.server.modules.update({"1": Asked(), "2": AskedForAcks()})  # type: ignore[dict-item]
        self.sip.server.router.start()
        alice.send("OPTIONS", "sip:192.0.2.2")
        self.sip.advance(0)
        for status in (180, 200):
            bob.reply(bob.messages[0], status)  # type: ignore[arg-type]
            self.sip.advance(0)
        self.assertEqual(asked, ["REQUEST OPTIONS", "REPLY OPTIONS", "REPLY OPTIONS"])
        self.assertEqual((alice.statuses, self.counted("drop_replies")), ([180], [1]))

    def test_a_response_that_waits_behind_another_is_asked_for_once(self) -> None:
        asked: list[str] = []

        @implementer(IBeforeScript)
        class Asked:
            def before_script(self, ctx: Context) -> bool:
                asked.append(str(getattr(ctx.message, "status", "request")))
                return True

        alice = self.serve('request_route { t_relay(); } reply_route { pause("500"); }', "tm")
        bob = self.sip.peer("udp:192.0.2.2:5060")
        self.sip.server.modules.update({"1": Asked()})  # type: ignore[dict-item]
        self.sip.server.router.start()
        alice.send("OPTIONS", "sip:192.0.2.2")
        self.sip.advance(0)
        for status in (180, 181, 200):
            bob.reply(bob.messages[0], status)  # type: ignore[arg-type]
        self.sip.advance(2)
        self.assertEqual((asked, alice.statuses), (["request", "180", "181", "200"], [180, 181, 200]))
        self.assertEqual(self.counted("rcv_replies"), [3])

    def test_an_ack_is_never_answered(self) -> None:
        alice = self.serve("request_route { broken(); }")
        alice.send("ACK", headers=("CSeq: 2 ACK",))
        alice.send("ACK")
        self.sip.advance(0)
        self.assertEqual(alice.received, [])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_a_script_that_breaks_is_answered_500(self) -> None:
        alice = self.serve("request_route { broken(); }")
        alice.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual(alice.statuses, [500])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_without_request_route_nobody_is_answered(self) -> None:
        alice = self.serve("onreply_route { ; }")
        alice.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual((alice.received, self.counted("rcv_requests")), ([], [1]))

    def test_a_module_may_keep_a_request_from_the_script(self) -> None:
        alice = self.serve('request_route { xlog("ran"); sl_send_reply("404", "x"); }')
        alice.send("INVITE")
        self.sip.advance(0)  # the ACK that follows is sl's
        self.assertEqual((self.said(), self.counted("rcv_requests", "drop_requests")), (["ran"], [2, 1]))

    def test_without_tm_a_request_whose_script_waits_does_not_run_it_again(self) -> None:
        alice = self.serve('request_route { xlog("ran"); pause("1000"); sl_send_reply("200", "OK"); }')
        alice.send("OPTIONS")
        self.sip.advance(0.5)
        alice.again()
        self.sip.advance(1)
        self.assertEqual((self.said(), alice.received), (["ran"], [(1.0, 200)]))
        alice.again()
        self.sip.advance(0.5)
        self.assertEqual(self.said(), ["ran", "ran"])  # nobody knows it any more


class ForwardTests(RoutingTestCase):
    """Responses, and what is sent on without a transaction."""

    FORWARD = 'request_route { $du = "sip:192.0.2.2"; forward(); }'

    def forward(self, reply_route: str = "") -> list[int]:
        alice = self.serve(f"{self.FORWARD}\n{reply_route}")
        bob = self.sip.peer("udp:192.0.2.2:5060")
        bob.answers = lambda request: [404]
        alice.send("OPTIONS")
        self.sip.advance(2)
        return alice.statuses

    def test_a_response_goes_back_by_its_next_via(self) -> None:
        self.assertEqual(self.forward(), [404])
        self.assertEqual(self.counted("fwd_requests", "rcv_replies", "fwd_replies", "drop_replies"), [1, 1, 1, 0])

    def test_reply_route_sees_it_first_and_may_drop_it(self) -> None:
        for route, statuses in (("drop;", []), ("return 0;", []), ("return -1;", []), ("return 1;", [404])):
            self.assertEqual(self.forward(f"reply_route {{ {route} }}"), statuses, route)
            self.assertEqual(self.counted("fwd_replies", "drop_replies"), [len(statuses), 1 - len(statuses)], route)

    def test_a_reply_route_that_breaks_lets_it_go_on(self) -> None:
        self.assertEqual(self.forward("reply_route { broken(); }"), [404])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_check_via_drops_what_is_not_for_us(self) -> None:
        for check, statuses in ((1, []), (0, [404])):
            alice = self.serve(
                f'check_via={check}\nrequest_route {{ set_advertised_address("192.0.2.99"); $du = "sip:192.0.2.2"; '
                "forward(); }"
            )
            self.sip.peer("udp:192.0.2.2:5060").answers = lambda request: [404]
            alice.send("OPTIONS")
            self.sip.advance(0)
            self.assertEqual((alice.statuses, self.counted("drop_replies")), (statuses, [check]))

    def test_what_is_refused_is_counted(self) -> None:
        alice = self.serve(ANSWER)
        alice.send("OPTIONS")
        self.sip.advance(0)
        answer = alice.messages[0].raw
        alice.send_raw(answer.replace(b"CSeq: 1 OPTIONS", b"CSeq: x"))
        alice.send_raw(answer)
        self.sip.advance(0)
        self.assertEqual(self.counted("rcv_replies", "err_replies", "drop_replies"), [2, 1, 1])

    def test_a_forward_that_fails_is_counted(self) -> None:
        alice = self.serve('request_route { $du = "sip:192.0.2.2;transport=sctp"; forward(); }')
        alice.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual(self.counted("fwd_requests", "drop_requests"), [0, 1])

    def test_an_ack_by_way_of_tm_counts_too(self) -> None:
        alice = self.serve('request_route { $du = "sip:192.0.2.2"; t_relay(); }', "tm")
        alice.send("ACK")
        self.sip.advance(0)
        self.assertEqual(self.counted("fwd_requests", "drop_requests"), [1, 0])

    def test_what_is_no_message_is_counted(self) -> None:
        self.serve(ANSWER)
        router: Any = self.sip.server.router
        flow = Flow(self.sip.server.transport.sockets[0], "192.0.2.1", 5060)
        router.parse_failed(b"nonsense", flow, ValueError("no"))
        self.assertEqual(self.counted("bad_msg_hdr", "rcv_requests"), [1, 0])
