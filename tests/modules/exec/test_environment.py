"""sipapp.modules.exec.environment."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.modules.exec.environment import environment
from tests.modules.stage import context

REQUEST = (
    b"INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKabc\r\n"
    b"f: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
    b"X-A.b: one\r\nX-A.b: () { two\r\n\r\n"
)


class EnvironmentTests(SynchronousTestCase):
    def test_header_fields_by_their_long_names(self) -> None:
        made = environment(context(parse(REQUEST)), safe=True)
        self.assertEqual(made[b"SIP_HF_FROM"], b"<sip:alice@example.com>;tag=1")
        self.assertEqual(made[b"SIP_HF_CALL_ID"], b"c")

    def test_several_of_one_name_are_one_and_no_function(self) -> None:
        self.assertEqual(environment(context(parse(REQUEST)), safe=True)[b"SIP_HF_X_A_B"], b"one, { two")
        self.assertEqual(environment(context(parse(REQUEST)), safe=False)[b"SIP_HF_X_A_B"], b"one,() { two")

    def test_uris_as_received_and_as_they_are_now(self) -> None:
        ctx = context(parse(REQUEST))
        ctx.draft.request_uri = b"sip:carol@example.org"
        made = environment(ctx, safe=True)
        names = (b"SIP_ORURI", b"SIP_OUSER", b"SIP_RURI", b"SIP_USER", b"SIP_DID", b"SIP_TID")
        wanted = [b"sip:bob@example.com", b"bob", b"sip:carol@example.org", b"carol", b"2", b"abc"]
        self.assertEqual([made[name] for name in names], wanted)

    def test_without_a_branch_of_its_own_call_and_cseq_identify_a_transaction(self) -> None:
        old = REQUEST.replace(b";branch=z9hG4bKabc", b"")
        first = environment(context(parse(old)), safe=True)[b"SIP_TID"]
        self.assertEqual(
            environment(context(parse(old.replace(b"CSeq: 1 INVITE", b"CSeq: 1 ACK"))), safe=True)[b"SIP_TID"], first
        )
        self.assertNotEqual(
            environment(context(parse(old.replace(b"CSeq: 1", b"CSeq: 2"))), safe=True)[b"SIP_TID"], first
        )
