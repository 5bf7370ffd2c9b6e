from __future__ import annotations

from typing import Any

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Target
from tests.modules.tm.scene import SceneTestCase

ON = "use_dns_failover = 1\n"
BOB, CAROL, DAVE = (Target("udp", f"192.0.2.{n}", 5060) for n in (2, 3, 4))


class Transport:
    """A transport layer with the addresses of a name at hand; those in `refused` cannot be sent to."""

    def __init__(self, transport: Any, targets: list[Target]) -> None:
        self._transport = transport
        self.targets = targets
        self.refused: set[str] = set()

    def way(self, *_: Any) -> None:
        """Nothing is known at once."""

    def resolve(self, uri: Any, proto: Any = None) -> list[Target]:
        return list(self.targets)

    def send(self, data: bytes, flow: Any, failed: Any = None, flags: int = 0) -> None:
        if flow.host in self.refused and failed is not None:
            failed(TransportError("refused", flow))
        else:
            self._transport.send(data, flow, failed, flags)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class FailoverTests(SceneTestCase):
    """RFC 3263 §4.3."""

    def start(self, *targets: Target, head: str = ON, script: str = "", refused: tuple[str, ...] = ()) -> Transport:
        self.play(script or 'request_route { $du = "sip:many.example"; t_relay(); xlog("$rc"); }', head)
        transport = Transport(self.sip.server.transport, list(targets))
        transport.refused = set(refused)
        layer: Any = self.sip.server.transactions
        self.tm.transport = layer.transport = transport
        return transport

    def test_a_503_leads_to_the_next_address(self) -> None:
        self.start(BOB, CAROL)
        self.rings(self.bob, 503)
        self.rings(self.carol, (1.0, 486))
        self.assertEqual(self.invite(5), [(0.0, 100), (1.0, 486)])
        first, second = self.bob.messages[0], self.carol.messages[0]
        self.assertEqual((first.uri, first.call_id), (second.uri, second.call_id))  # type: ignore[union-attr]
        self.assertNotEqual(first.via.branch, second.via.branch)  # type: ignore[union-attr]

    def test_other_statuses_may_do_so_too(self) -> None:
        for codes, reached in (('"code=404"', True), ('"class=4"', True), ('"code=405"', False)):
            self.start(BOB, CAROL, head=ON + f'modparam("tm", "failover_reply_codes", {codes})\n')
            self.rings(self.bob, 404)
            self.invite(1)
            self.assertEqual(bool(self.carol.received), reached, codes)

    def test_silence_leads_to_the_next_address(self) -> None:
        self.start(BOB, CAROL, head=ON + 'modparam("tm", "fr_timer", 2000)\n')
        self.rings(self.carol, (1.0, 486))
        self.assertEqual(self.invite(9), [(0.0, 100), (3.0, 486)])

    def test_a_send_that_fails_leads_to_the_next_address(self) -> None:
        self.start(BOB, CAROL, DAVE, refused=("192.0.2.2", "192.0.2.3"))
        self.rings(self.dave, 486)
        self.assertEqual(self.invite(9), [(0.0, 100), (0.0, 486)])
        self.assertEqual(self.said(), ["1"])

    def test_where_none_is_left_t_relay_fails(self) -> None:
        self.start(BOB, CAROL, refused=("192.0.2.2", "192.0.2.3"))
        self.assertEqual(self.invite(9), [(0.0, 100), (0.0, 477)])
        self.assertEqual(self.said(), ["-1"])

    def test_it_is_off_by_parameter_and_by_function(self) -> None:
        off = 'request_route { t_set_disable_failover(1); $du = "sip:many.example"; t_relay(); }'
        for head, script in (("", ""), (ON, off)):
            self.start(BOB, CAROL, head=head, script=script)
            self.rings(self.bob, 503)
            self.assertEqual(self.invite(1)[-1], (0.0, 500))
            self.assertEqual(self.carol.received, [])

    def test_a_cancelled_call_goes_nowhere_else(self) -> None:
        self.start(
            *(BOB, CAROL),
            script="""request_route { if (is_method("CANCEL")) { t_relay(); exit; }
            $du = "sip:many.example"; t_relay(); }""",
        )
        self.rings(self.bob, 180, (1.5, 503))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(5)
        self.assertEqual(self.carol.received, [])

    def test_a_send_that_fails_later_counts_as_503(self) -> None:
        self.start(BOB)
        self.invite()
        branch = self.transactions[0].branches[0]
        branch.client_transport_failed(branch.client, TransportError("icmp"))
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 500)])
        self.assertEqual(self.last().reason, b"Service Unavailable")

    def test_a_branch_that_cannot_be_sent_may_count_as_silent(self) -> None:
        self.start(
            BOB,
            head='modparam("tm", "failure_exec_mode", 1)\nmodparam("tm", "fr_timer", 2000)\n',
            script="""request_route { t_on_failure("F"); $du = "sip:x"; t_relay(); xlog("$rc"); }
            failure_route[F] { xlog("F $T_reply_code"); t_reply("480", "x"); }""",
            refused=("192.0.2.2",),
        )
        self.assertEqual(self.invite(9), [(0.0, 100), (2.0, 480)])
        self.assertEqual(self.said(), ["1", "F 408"])


class OnsendTests(SceneTestCase):
    def test_onsend_route_sees_what_goes_out_and_may_keep_it(self) -> None:
        self.play(
            """request_route { $ru = "sip:bob@192.0.2.2"; append_branch("sip:carol@192.0.2.3");
            t_relay(); xlog("$rc"); }
            onsend_route { xlog("$snd(ip) $rm"); if ($snd(ip) == "192.0.2.2") drop; }"""
        )
        self.rings(self.carol, 486)
        self.assertEqual(self.invite(), [(0.0, 100), (0.0, 486)])
        self.assertEqual(self.bob.received, [])
        self.assertEqual(self.said(), ["192.0.2.2 INVITE", "192.0.2.3 INVITE", "1"])
