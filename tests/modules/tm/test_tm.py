from __future__ import annotations

from typing import Any

from zope.interface.verify import verifyObject

from sipapp.interfaces.route import RouteType
from sipapp.interfaces.server import IAfterScript, IBeforeScript
from sipapp.interfaces.tm import ITm, ITransactionListener
from tests.modules.tm.scene import FORK, SceneTestCase

RELAY = 'request_route { $du = "sip:192.0.2.2"; t_relay(); }'


class Listener:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def transaction_created(self, transaction: Any, ctx: Any) -> None:
        self.heard.append(f"created {transaction.request.method.decode()}")

    def request_forwarded(self, transaction: Any, branch: Any, data: bytes) -> None:
        self.heard.append(f"forwarded {branch.index} {data.split()[0].decode()}")

    def response_received(self, transaction: Any, branch: Any, response: Any) -> None:
        self.heard.append(f"received {branch.index} {response.status}")

    def request_failed(self, transaction: Any, branch: Any) -> None:
        self.heard.append(f"failed {branch.index} {branch.last}")

    def ack_passed(self, transaction: Any, ctx: Any) -> None:
        self.heard.append(f"{ctx.message.method.decode()} for {transaction.request.method.decode()}")

    def response_sent(self, transaction: Any, status: int, data: bytes, response: Any) -> None:
        self.heard.append(f"sent {status} {'own' if response is None else 'theirs'}")

    def transaction_ended(self, transaction: Any, request: Any) -> None:
        self.heard.append(f"ended {request.method.decode()}")


class TmTests(SceneTestCase):
    def test_it_provides_its_interfaces(self) -> None:
        self.play(RELAY)
        for interface in (ITm, IBeforeScript, IAfterScript):
            verifyObject(interface, self.tm)
        self.assertIs(self.sip.server.get(ITm), self.tm)

    def test_listeners_hear_what_becomes_of_a_call(self) -> None:
        self.play(RELAY)
        listener = Listener()
        verifyObject(ITransactionListener, listener, tentative=True)
        self.tm.on_event(listener)
        self.rings(self.bob, 180, 486)
        self.invite(60)
        self.assertEqual(
            listener.heard,
            [
                *("created INVITE", "sent 100 own", "forwarded 0 INVITE", "received 0 180", "sent 180 theirs"),
                *("received 0 486", "failed 0 486", "sent 486 theirs", "ended INVITE"),
            ],
        )

    def test_listeners_hear_of_the_ack_to_a_2xx_of_somebody_else(self) -> None:
        self.play(RELAY)
        listener = Listener()
        self.tm.on_event(listener)
        self.rings(self.bob, 200)
        self.invite(1, call_id="call", cseq=5)
        for cseq in (4, 5):
            self.alice.send("ACK", call_id="call", cseq=cseq)
            self.sip.advance(0)
        self.assertEqual(listener.heard[-2:], ["sent 200 theirs", "ACK for INVITE"])

    def test_a_listener_may_look_at_the_request_as_a_script_does(self) -> None:
        self.play('request_route { $avp(a) = "mine"; setflag(3); $du = "sip:192.0.2.2"; t_relay(); }')
        self.invite()
        ctx = self.tm.context(self.transactions[0], RouteType.REQUEST)
        self.assertEqual((ctx.avps, ctx.draft.flags), ({b"a": [b"mine"]}, 8))

    def test_transactions_are_found_by_name_and_by_call(self) -> None:
        self.play(RELAY)
        self.invite(call_id="call")
        t = self.transactions[0]
        self.assertIs(self.tm.find(t.index, t.label), t)
        self.assertIs(self.tm.find_call(b"call", b"1"), t)
        self.assertIsNone(self.tm.find_call(b"call", b"2"))

    def test_branches_can_be_cancelled_from_outside(self) -> None:
        self.play(f"request_route {{ {FORK} t_relay(); }}")
        self.rings(self.bob, 180)
        self.rings(self.carol, 180)
        self.invite(1)
        t = self.transactions[0]
        self.assertEqual(self.tm.cancel(t, [t.branches[1]], 480), 1)
        self.sip.advance(0)
        self.assertEqual((self.bob.received, self.carol.received[-1]), ([(0.0, "INVITE")], (1.0, "CANCEL")))
        self.assertEqual(self.last(self.carol).first(b"reason"), b"SIP;cause=480")
        self.assertEqual((self.tm.cancel(t), self.tm.cancel(t)), (1, 0))

    def test_the_reason_of_a_408_is_the_parameter_s(self) -> None:
        self.play(RELAY, 'modparam("tm", "reply_408_reason", "Too Late")\n')
        self.assertEqual((self.tm.reason(408), self.tm.reason(486)), (b"Too Late", b"Busy Here"))

    def test_an_onreply_route_may_see_stateless_responses(self) -> None:
        for route, statuses in (('xlog("R $rs");', [404]), ("drop;", [404]), ('pause("1000"); xlog("R $rs");', [404])):
            self.play(
                f"""request_route {{ $du = "sip:192.0.2.2"; forward(); }} onreply_route[R] {{ {route} }}""",
                'modparam("tm", "on_sl_reply", "R")\n',
            )
            self.bob.answers = lambda request: [404]
            self.options(2)
            self.assertEqual(self.alice.statuses, [] if route == "drop;" else statuses, route)
            self.assertEqual(self.said(), [] if route == "drop;" else ["R 404"])

    def test_a_script_that_neither_answers_nor_relays_is_mentioned(self) -> None:
        self.play("request_route { t_newtran(); }")
        self.options()
        self.assertTrue(any("neither answered nor relayed" in line for line in self.sip.lines()))
