"""modules/acc/record.py: what is said of a request."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.modules.acc.record import Outcome, from_tag, outcome, record, to_tag

INVITE = (
    b"INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    b"From: <sip:alice@example.com>%b\r\nTo: <sip:bob@example.com>%b\r\nCall-ID: call\r\nCSeq: 1 INVITE\r\n\r\n"
)
GONE = Outcome(b"410", b"Gone")


class RecordTests(SynchronousTestCase):
    def test_it_has_what_the_request_says(self) -> None:
        made = record(parse(INVITE % (b";tag=f", b"")), GONE, b"t", 5.5, False)
        self.assertEqual(made, (b"INVITE", b"f", b"t", b"call", b"410", b"Gone", 5.5))

    def test_upstream_the_tags_change_places(self) -> None:
        made = record(parse(INVITE % (b";tag=f", b"")), GONE, b"t", 5.5, True)
        self.assertEqual((made.from_tag, made.to_tag), (b"t", b"f"))

    def test_a_response_has_the_method_of_its_request(self) -> None:
        answer = parse(b"SIP/2.0 200 OK\r\n" + (INVITE % (b"", b"")).partition(b"\r\n")[2])
        self.assertEqual(record(answer, GONE, b"", 0, False).method, b"INVITE")

    def test_tags_that_are_not_there_are_empty(self) -> None:
        message = parse(INVITE % (b"", b""))
        self.assertEqual((from_tag(message), to_tag(message)), (b"", b""))
        message = parse(INVITE % (b";tag=f", b";x=1;tag=t"))
        self.assertEqual((from_tag(message), to_tag(message)), (b"f", b"t"))

    def test_a_malformed_to_has_none(self) -> None:
        message = parse((INVITE % (b"", b"")).replace(b"To: <sip:bob@example.com>", b'To: "bob <sip:;tag=t'))
        self.assertEqual(to_tag(message), b"")


class OutcomeTests(SynchronousTestCase):
    def test_three_digits_in_front_are_the_code(self) -> None:
        for comment, code, reason in (
            (b"404 Not here", b"404", b"Not here"),
            (b"404", b"404", b""),
            (b"4040", b"404", b"0"),
            (b"486\t Busy ", b"486", b"Busy "),
        ):
            self.assertEqual(outcome(comment), (code, reason))

    def test_without_them_all_is_the_reason(self) -> None:
        for comment in (b"", b"40", b"Not here", b" 404 x", b"4 4 x"):
            self.assertEqual(outcome(comment), (b"", comment))
