from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import TransportError
from sipapp.interfaces.transaction import IClientTransaction
from tests.transaction.helpers import World


class ClientTransactionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()

    def test_it_provides_its_interface(self) -> None:
        verifyObject(IClientTransaction, self.world.client())

    def test_a_request_that_cannot_be_sent_is_told_at_once(self) -> None:
        self.world.network.broken = True
        client = self.world.client()
        self.assertTrue(client.terminated)
        self.assertEqual(self.world.told, [(0.0, "failed", "the wire is cut"), (0.0, "terminated", None)])
        self.assertEqual(self.world.layer.clients, {})
        self.world.clock.advance(60)
        self.assertEqual(len(self.world.sent), 1)

    def test_a_send_that_fails_later_is_told_then(self) -> None:
        self.world.client("OPTIONS")
        self.world.clock.advance(2)
        self.world.network.failed(TransportError("connection refused"))
        self.assertEqual(self.world.told, [(2.0, "failed", "connection refused"), (2.0, "terminated", None)])

    def test_a_send_that_fails_once_it_is_terminated_is_nobody_s(self) -> None:
        self.world.client("OPTIONS").terminate()
        self.world.network.failed(TransportError("connection refused"))
        self.assertEqual(self.world.told, [])

    def test_terminate_forgets_it_without_a_word(self) -> None:
        client = self.world.client()
        client.terminate()
        self.assertFalse(self.world.receive(200))
        self.world.clock.advance(60)
        self.assertEqual((self.world.told, self.world.sent), ([], [(0.0, b"INVITE")]))
        self.assertIsNone(client.user)

    def test_the_timeout_may_be_given(self) -> None:
        self.world.client(timeout=3.0)
        self.world.clock.advance(60)
        self.assertEqual(self.world.sent, [(0.0, b"INVITE"), (0.5, b"INVITE"), (1.5, b"INVITE")])
        self.assertEqual(self.world.told[0], (3.0, "timed_out", None))

    def test_t1_and_t2_may_be_given(self) -> None:
        self.world.client("OPTIONS", t1=1.0, t2=2.0, timeout=8.0)
        self.world.clock.advance(60)
        self.assertEqual([t for t, _ in self.world.sent], [0.0, 1.0, 3.0, 5.0, 7.0])

    def test_the_timeout_can_be_changed_while_it_runs(self) -> None:
        client = self.world.client()
        self.world.clock.advance(1)
        client.set_timeout(1.0)
        self.world.clock.advance(60)
        self.assertEqual(self.world.told[0], (2.0, "timed_out", None))

    def test_a_timeout_that_no_longer_runs_is_not_started_again(self) -> None:
        client = self.world.client()
        self.world.receive(180)
        client.set_timeout(1.0)
        self.world.clock.advance(60)
        self.assertEqual(self.world.told, [(0.0, "responded", 180)])

    def test_retransmission_can_be_changed_while_it_runs(self) -> None:
        client = self.world.client("OPTIONS")
        self.world.clock.advance(0.6)
        client.set_retransmission(1.0, 2.0)
        self.world.clock.advance(5)
        self.assertEqual([t for t, _ in self.world.sent], [0.0, 0.5, 1.6, 3.6, 5.6])

    def test_retransmission_can_be_stopped_while_a_response_is_still_awaited(self) -> None:
        client = self.world.client()
        client.stop_retransmission()
        self.world.clock.advance(31)
        self.assertTrue(self.world.receive(200))
        self.assertEqual(self.world.sent, [(0.0, b"INVITE")])

    def test_the_ack_goes_by_the_same_way_with_the_tag_of_the_response(self) -> None:
        self.world.client()
        self.world.receive(486)
        ack = self.world.network.data[-1]
        self.assertTrue(ack.startswith(b"ACK sip:bob@example.com SIP/2.0\r\n"))
        self.assertIn(b"\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours\r\n", ack)
        self.assertIn(b"\r\nTo: <sip:bob@example.com>;tag=t1\r\n", ack)
        self.assertIn(b"\r\nCSeq: 1 ACK\r\n", ack)

    def test_the_ack_has_the_fields_of_the_invite_that_begin_with_the_prefix(self) -> None:
        for prefix, fields in ((b"", 0), (b"max-f", 1)):
            self.world.layer.ack_prefix = prefix
            client = self.world.client()
            self.world.receive(486)
            # The ACK has a Max-Forwards of its own: the one that is copied comes on top.
            self.assertEqual(self.world.network.data[-1].count(b"Max-Forwards: 70\r\n"), 1 + fields, prefix)
            client.terminate()

    def test_the_ack_is_sent_again_when_the_refusal_comes_again(self) -> None:
        self.world.client()
        self.world.receive(486)
        self.world.receive(486)
        self.assertEqual([m for _, m in self.world.sent], [b"INVITE", b"ACK", b"ACK"])

    def test_it_knows_the_call_id_of_its_request(self) -> None:
        self.assertEqual(self.world.client().call_id, b"call@example.com")
