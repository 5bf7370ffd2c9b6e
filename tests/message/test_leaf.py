"""leaf: where the header fields are, and splices."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.leaf import Head, Splice, read, splice
from sipapp.message.plain import _PORT, PLAIN_VIAS
from tests.message.samples import INVITE


def scan(data: bytes) -> Head:
    return read(data)[1]


FOLDED = b"X sip:a SIP/2.0\r\nSubject : one\r\n two\r\n\tthree \r\nv:\r\n SIP/2.0/UDP h\r\nEmpty:\r\n\r\nbody"
BARE = b"X sip:a SIP/2.0\nVia: SIP/2.0/UDP h\nTo:<sip:a@b>\r\n\nbody"


class ScanTests(SynchronousTestCase):
    def test_keys_values_and_names(self) -> None:
        head = scan(INVITE)
        self.assertEqual(head.line, b"INVITE sip:bob@biloxi.example.com;transport=udp SIP/2.0")
        self.assertEqual(
            head.keys,
            [
                b"via",
                b"max-forwards",
                b"record-route",
                b"from",
                b"to",
                b"call-id",
                b"cseq",
                b"contact",
                b"content-type",
                b"content-length",
            ],
        )
        self.assertEqual(head.value(1), b"70")
        self.assertEqual(head.name(5), b"Call-ID")
        self.assertEqual(INVITE[head.end : head.body], b"\r\n")
        self.assertEqual(INVITE[head.body :][:3], b"v=0")

    def test_lookup(self) -> None:
        head = scan(INVITE)
        self.assertEqual(head.first(b"to"), 4)
        self.assertEqual(head.first(b"x-none"), -1)
        self.assertEqual(head.get(b"cseq"), b"1 INVITE")
        self.assertIsNone(head.get(b"x-none"))
        self.assertEqual(head.all(b"to"), [4])
        self.assertFalse(head.has_repeats())

    def test_the_first_of_several_is_found(self) -> None:
        head = scan(b"X sip:a SIP/2.0\r\nVia: 1\r\nTo: 2\r\nv: 3\r\nVIA: 4\r\n\r\n")
        self.assertEqual(head.first(b"via"), 0)
        self.assertEqual(head.get(b"via"), b"1")
        self.assertEqual(head.all(b"via"), [0, 2, 3])
        self.assertTrue(head.has_repeats())

    def test_spans_point_at_names_and_values(self) -> None:
        for data in (INVITE, FOLDED, BARE):
            head = scan(data)
            for number, _ in enumerate(head.keys):
                start, value_start, value_end, end = head.span(number)
                self.assertTrue(data[start:].startswith(head.name(number)))
                self.assertEqual(data[value_start:value_end], head.value(number))
                self.assertEqual(data[start:end], head.line_of(number))
                self.assertEqual(head.value_at(number), value_start)
                self.assertEqual(data[end - 1 : end], b"\n")
            self.assertEqual(head.fields_at, head.span(0)[0])
            self.assertEqual(head.span(len(head.keys) - 1)[3], head.end)

    def test_folds_belong_to_their_field(self) -> None:
        head = scan(FOLDED)
        self.assertEqual(head.keys, [b"subject", b"via", b"empty"])
        self.assertEqual(head.value(0), b"one\r\n two\r\n\tthree")
        self.assertEqual(head.name(0), b"Subject")
        self.assertEqual(head.value(1), b"SIP/2.0/UDP h")
        self.assertEqual(head.value(2), b"")
        self.assertEqual(FOLDED[head.body :], b"body")

    def test_lines_may_end_in_lf_alone(self) -> None:
        head = scan(BARE)
        self.assertEqual(head.line, b"X sip:a SIP/2.0")
        self.assertEqual((head.value(0), head.value(1)), (b"SIP/2.0/UDP h", b"<sip:a@b>"))
        self.assertEqual(BARE[head.body :], b"body")
        self.assertEqual(scan(b"X y z\nA: b\n\nC: d\r\n\r\n").keys, [b"accept-contact"])

    def test_no_header_fields_at_all(self) -> None:
        head = scan(b"X sip:a SIP/2.0\r\n\r\nbody")
        self.assertEqual(head.keys, [])
        self.assertEqual((head.fields_at, head.end, head.body), (17, 17, 19))

    def test_what_is_no_header_field_is_refused_with_its_place(self) -> None:
        for data, offset in (
            (b"X y z\r\nVia: a\r\nBogus header line\r\n\r\n", 15),
            (b"X y z\r\nVia\r\n\r\n", 7),
            (b"X y z\r\nV ia: x\r\n\r\n", 7),
            (b"X y z\r\n: x\r\n\r\n", 7),
            (b"X y z\r\n Via: x\r\n\r\n", 7),
            (b"X y z\r\nVia: x\r\n", 15),
            (b"", 0),
        ):
            error = self.assertRaises(ParseError, scan, data)
            self.assertEqual(error.offset, offset, data)

    def test_a_name_known_and_one_unknown_are_found_alike(self) -> None:
        for _ in range(2):
            head = scan(b"X y z\r\nX-Never-Met-Before: 1\r\nVia: 2\r\n\r\n")
            self.assertEqual(head.keys, [b"x-never-met-before", b"via"])
            self.assertEqual((head.offset(0), head.offset(1), head.end), (7, 30, 38))


class PlainTests(SynchronousTestCase):
    def test_a_thousand_vias_of_which_the_last_is_wrong_are_read_in_one_pass(self) -> None:
        vias = b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx, " * 1000
        for value in (vias + b"SIP/2.0/UDP 192.0.2.1:506To", vias.replace(b";branch=z9hG4bKx", b"") + b"SIP"):
            self.assertIsNone(PLAIN_VIAS(value))

    def test_ports(self) -> None:
        port = re.compile(_PORT).fullmatch
        for number in (0, 1, 5060, 9999, 10000, 59999, 60000, 65535):
            self.assertIsNotNone(port(b"%d" % number))
        for text in (b"", b"65536", b"70000", b"100000", b"050600"):
            self.assertIsNone(port(text))


class SpliceTests(SynchronousTestCase):
    RAW = b"0123456789"

    def spliced(self, *edits: Splice) -> bytes:
        return splice(self.RAW, 0, 10, edits)

    def test_no_edits_copy(self) -> None:
        self.assertEqual(self.spliced(), self.RAW)
        self.assertEqual(splice(self.RAW, 3, 5, []), b"34")

    def test_insertions_deletions_replacements(self) -> None:
        self.assertEqual(self.spliced((0, 0, b"a"), (2, 4, b""), (5, 6, b"five"), (10, 10, b"z")), b"a014five6789z")

    def test_insertions_at_one_place_keep_their_order(self) -> None:
        self.assertEqual(self.spliced((3, 3, b"a"), (3, 3, b"b"), (3, 4, b"c")), b"012abc456789")

    def test_what_is_deleted_twice_is_deleted_once(self) -> None:
        self.assertEqual(self.spliced((2, 6, b""), (2, 6, b"")), b"016789")
        self.assertEqual(self.spliced((2, 6, b""), (4, 8, b"")), b"0189")
        self.assertEqual(self.spliced((2, 8, b""), (3, 5, b"")), b"0189")

    def test_an_insertion_at_the_edge_of_a_deletion_is_made(self) -> None:
        self.assertEqual(self.spliced((2, 6, b""), (2, 2, b"a")), b"01a6789")
        self.assertEqual(self.spliced((2, 2, b"a"), (2, 6, b"")), b"01a6789")
        self.assertEqual(self.spliced((2, 6, b""), (6, 6, b"a")), b"01a6789")

    def test_what_is_written_into_a_deleted_span_is_void(self) -> None:
        self.assertEqual(self.spliced((2, 6, b""), (3, 3, b"a")), b"016789")
        self.assertEqual(self.spliced((2, 6, b""), (3, 5, b"a")), b"016789")
        self.assertEqual(self.spliced((2, 4, b"a"), (2, 6, b"")), b"016789")
        self.assertEqual(self.spliced((2, 6, b""), (2, 6, b"a")), b"016789")

    def test_a_replacement_that_reaches_out_of_a_deleted_span_is_made(self) -> None:
        self.assertEqual(self.spliced((2, 6, b""), (4, 8, b"a")), b"01a89")

    def test_of_two_replacements_that_overlap_both_are_written(self) -> None:
        self.assertEqual(self.spliced((2, 6, b"a"), (4, 8, b"b")), b"01ab89")

    @settings(derandomize=True, max_examples=200)
    @given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10), st.sampled_from([b"", b"a", b"bc"])), max_size=6))
    def test_any_edits_leave_the_rest_in_order(self, edits: list[tuple[int, int, bytes]]) -> None:
        edits = sorted(((min(a, b), max(a, b), data) for a, b, data in edits), key=lambda edit: edit[0])
        deleted = {at for start, end, _ in edits for at in range(start, end)}
        kept = bytes(byte for at, byte in enumerate(self.RAW) if at not in deleted)
        self.assertEqual(splice(self.RAW, 0, 10, edits).translate(None, b"abc"), kept)
