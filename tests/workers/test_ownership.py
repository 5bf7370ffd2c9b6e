"""sipapp/workers/ownership.py: whose a message is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.ownership import Ownership, call_id_of, worker_of

REQUEST = (
    b"INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n%b\r\nCSeq: 1 INVITE\r\n\r\n"
)


def request(field: bytes) -> bytes:
    return REQUEST % field


class CallIdTests(SynchronousTestCase):
    def test_white_space_around_it_does_not_count(self) -> None:
        for field in (b"Call-ID: a@b", b"Call-ID:a@b", b"Call-ID:  a@b ", b"Call-ID \t: a@b"):
            self.assertEqual(call_id_of(request(field)), b"a@b")

    def test_neither_does_the_case_of_the_fields_name_nor_its_compact_form(self) -> None:
        for field in (b"CALL-ID: a@b", b"call-id: a@b", b"i: a@b", b"I:a@b"):
            self.assertEqual(call_id_of(request(field)), b"a@b")

    def test_one_in_the_body_is_none(self) -> None:
        self.assertEqual(call_id_of(request(b"i: a@b") + b"NOTIFY\r\nCall-ID: other\r\n\r\n"), b"a@b")
        self.assertEqual(call_id_of(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nx\r\nCall-ID: other\r\n"), b"")

    def test_what_is_no_message_has_none(self) -> None:
        for data in (b"", b"\r\n\r\n", b"\xff" * 40, b"Call-ID: a"):
            self.assertEqual(call_id_of(data), b"")


class WorkerOfTests(SynchronousTestCase):
    def test_calls_that_are_alike_are_spread_evenly(self) -> None:
        for count in (2, 3, 7):
            taken = [0] * (count + 1)
            for number in range(7000):
                taken[worker_of(b"%d-4711@192.0.2.1" % number, count)] += 1
            self.assertEqual(taken[0], 0)
            self.assertGreater(min(taken[1:]), 7000 / count * 0.8)

    def test_only_the_beginning_of_a_long_one_counts(self) -> None:
        self.assertEqual(worker_of(b"x" * 64, 16), worker_of(b"x" * 64 + b"y", 16))


class OwnershipTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.second = Ownership(2, 3, b"feed")

    def test_requests_and_responses_of_a_call_belong_together(self) -> None:
        response = b"SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\ni: call-1\r\n\r\n"
        self.assertEqual(self.second.of(request(b"Call-ID: call-1")), worker_of(b"call-1", 3))
        self.assertEqual(self.second.of(response), worker_of(b"call-1", 3))

    def test_a_response_to_a_request_of_a_worker_is_its_own_whatever_the_call_id(self) -> None:
        for number in (1, 2, 3):
            branch = Ownership(number, 3, b"feed").prefix + b"0a.1"
            for call_id in (b"a", b"b", b"c", b"d"):
                response = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=%b\r\nCall-ID: %b\r\n\r\n"
                self.assertEqual(self.second.of(response % (branch, call_id)), number)

    def test_the_topmost_via_counts(self) -> None:
        first, third = Ownership(1, 3, b"feed").prefix, Ownership(3, 3, b"feed").prefix
        response = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=%b1\r\nVia: SIP/2.0/UDP a;branch=%b1\r\n\r\n"
        self.assertEqual(self.second.of(response % (third, first)), 3)

    def test_a_mark_of_no_worker_of_ours_is_none(self) -> None:
        for mark in (b"00", b"04", b"zz"):
            response = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKfeed%b\r\nCall-ID: a\r\n\r\n" % mark
            self.assertEqual(self.second.of(response), worker_of(b"a", 3))

    def test_what_has_no_call_id_stays(self) -> None:
        self.assertEqual(self.second.of(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), 2)
