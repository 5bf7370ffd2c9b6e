from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.parse import parse
from sipapp.transaction.matching import Matching, client_key
from tests.transaction.helpers import request

OLD = "SIP/2.0/UDP 192.0.2.9:5070;branch=17"


class ServerKeyTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.matching = Matching()

    def key(self, method: str = "INVITE", of: bytes | None = None, **more: Any) -> Any:
        return self.matching.server_key(request(method, **more), of)

    def test_a_retransmission_has_the_same_key(self) -> None:
        self.assertEqual(self.key(), self.key())

    def test_branch_sent_by_and_method_make_the_key(self) -> None:
        others = [
            self.key(via="SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKb"),
            self.key(via="SIP/2.0/UDP 192.0.2.8:5070;branch=z9hG4bKa"),
            self.key(via="SIP/2.0/UDP 192.0.2.9:5071;branch=z9hG4bKa"),
            self.key("OPTIONS"),
        ]
        self.assertEqual(len({self.key(), *others}), 5)

    def test_the_default_port_needs_not_be_written(self) -> None:
        bare = self.key(via="SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa")
        self.assertEqual(bare, self.key(via="SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKa"))
        self.assertEqual(bare, self.key(via="SIP/2.0/TLS 192.0.2.9:5061;branch=z9hG4bKa"))
        self.assertNotEqual(bare, self.key())

    def test_ack_and_cancel_find_their_invite(self) -> None:
        self.assertEqual(self.key("ACK", b"INVITE", to=";tag=ours"), self.key())
        self.assertEqual(self.key("CANCEL", b"INVITE"), self.key())
        self.assertNotEqual(self.key("CANCEL"), self.key())

    def test_a_client_that_uses_one_branch_for_ever_makes_new_transactions(self) -> None:
        self.assertNotEqual(self.key("OPTIONS", cseq=1), self.key("OPTIONS", cseq=2))
        self.assertNotEqual(self.key("OPTIONS", call_id="1@example.com"), self.key("OPTIONS", call_id="2@example.com"))

    def test_a_merged_request_is_another_transaction(self) -> None:
        """RFC 3261 §8.2.2.2: the same From tag, Call-ID and CSeq, by another way."""
        self.assertNotEqual(self.key(), self.key(via="SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKother"))

    def test_without_the_magic_cookie_the_rest_of_the_request_counts(self) -> None:
        self.assertEqual(self.key(via=OLD), self.key(via=OLD))
        others = [
            self.key(via=OLD, uri="sip:carol@example.com"),
            self.key(via=OLD, from_tag="f2"),
            self.key(via=OLD, call_id="other@example.com"),
            self.key(via=OLD, cseq=2),
            self.key(via="SIP/2.0/UDP 192.0.2.9:5070;branch=18"),
            self.key("OPTIONS", via=OLD),
        ]
        self.assertEqual(len({self.key(via=OLD), *others}), 7)

    def test_an_old_client_s_ack_and_cancel_find_their_invite(self) -> None:
        self.assertEqual(self.key("ACK", b"INVITE", via=OLD, to=";tag=ours"), self.key(via=OLD))
        self.assertEqual(self.key("CANCEL", b"INVITE", via=OLD), self.key(via=OLD))

    def test_a_via_without_branch_is_an_old_one(self) -> None:
        bare = "SIP/2.0/UDP 192.0.2.9:5070"
        self.assertEqual(self.key(via=bare), self.key(via=bare))
        self.assertNotEqual(self.key(via=bare), self.key(via=bare, uri="sip:carol@example.com"))

    def test_request_uri_and_via_may_be_left_out_for_old_clients(self) -> None:
        self.matching.request_uri = False
        self.assertEqual(self.key(via=OLD), self.key(via=OLD, uri="sip:carol@example.com"))
        self.matching.via = False
        self.assertEqual(self.key(via=OLD), self.key(via="SIP/2.0/UDP 192.0.2.9:5070;branch=18"))

    def test_a_request_without_cseq_has_no_key(self) -> None:
        message: Any = parse(request().raw.replace(b"CSeq", b"X-CSeq"))
        self.assertRaises(ParseError, self.matching.server_key, message)


class ClientKeyTests(SynchronousTestCase):
    def test_a_cancel_is_told_from_its_invite(self) -> None:
        self.assertNotEqual(client_key(b"z9hG4bK1", b"CANCEL"), client_key(b"z9hG4bK1", b"INVITE"))
        self.assertEqual(client_key(b"z9hG4bK1", b"INVITE"), b"z9hG4bK1")
