"""line: a line of a message's head, and what is known of it by heart."""

from __future__ import annotations

from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message import forms
from sipapp.message.byheart import LONGEST
from sipapp.message.leaf_pure import read
from sipapp.message.line import LINES, MOST, START_LINES, Lines
from tests.message.samples import INVITE


class LinesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.lines = Lines(4)

    def test_a_line_is_read_once(self) -> None:
        first = self.lines[b"CSeq: 1 INVITE"]
        self.assertIs(self.lines[bytes(bytearray(b"CSeq: 1 INVITE"))], first)
        self.assertEqual((first.part, first.value, first.found), (b"cseq", b"1 INVITE", (1, b"INVITE", b"1")))
        self.assertEqual((first.text, first.at), (b"CSeq: 1 INVITE", 6))

    def test_where_its_value_is(self) -> None:
        for text, value, at in (
            *((b"t:x", b"x", 2), (b"To : \t x", b"x", 7), (b"To: x \t", b"x", 4)),
            *((b"To:", b"", 3), (b"To: ", b"", 4), (b"To: x\r", b"x", 4)),
        ):
            line = Lines(4)[text]
            self.assertEqual((line.value, line.at), (value, at), text)

    def test_what_is_odd_is_known_to_be_odd(self) -> None:
        line = self.lines[b"Max-Forwards: many"]
        self.assertEqual((line.part, line.found), (b":max-forwards", None))
        self.assertIs(self.lines[b"Max-Forwards: many"], line)

    def test_what_is_no_line_is_refused(self) -> None:
        for text in (b"", b"Bogus", b": x", b" folded: x", b"To: <sip:a@b>\n", b"To:\n<sip:a@b>", b"X: a\nTo: b"):
            self.assertRaises(ParseError, self.lines.__getitem__, text)
        self.assertEqual(self.lines, {})

    def test_there_are_only_so_many(self) -> None:
        for number in range(10):
            self.lines[b"Call-ID: %d" % number]
        self.assertEqual(list(self.lines), [b"Call-ID: %d" % number for number in range(6, 10)])
        self.assertLessEqual(len(LINES), MOST)

    def test_long_lines_are_not_kept(self) -> None:
        text = b"Subject: " + b"x" * LONGEST
        self.assertEqual(self.lines[text].value, text[9:])
        self.assertNotIn(text, self.lines)

    def test_credentials_are_not_kept(self) -> None:
        for name in (b"Authorization", b"PROXY-AUTHORIZATION", b"WWW-Authenticate", b"proxy-authenticate"):
            text = name + b': Digest username="a", response="0123"'
            self.assertEqual(self.lines[text].part, name.lower())
        self.assertEqual(self.lines, {})

    def test_a_via_is_not_kept_where_its_front_is(self) -> None:
        value = b"SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1.2"
        for after in (b"", b";rport"):
            line = self.lines[b"Via: " + value + after]
            self.assertEqual((line.part, line.value, line.at), (b"via", value + after, 5))
            form = (b"5070 192.0.2.1", b"192.0.2.1", after != b"", b"Via: SIP/2.0/UDP 192.0.2.1:5070;branch=", after)
            self.assertEqual(line.found, (b"z9hG4bK1.2", form))
            self.assertIs(self.lines[b"Via: %b;branch=2%b" % (value[:26], after)].found[1], line.found[1])
        self.assertEqual(self.lines, {})
        self.assertIs(self.lines[b"Via: SIP/2.0/UDP h;rport"], self.lines[b"Via: SIP/2.0/UDP h;rport"])

    def test_nor_are_several_vias_in_a_line(self) -> None:
        first, second = b"SIP/2.0/UDP h:5070;branch=1", b"SIP/2.0/UDP g;received=192.0.2.1;branch=2"
        for after, symmetric in ((b"", False), (b";rport", True)):
            for more in (b"", b";x", b";x, " + first, b"," + first + b", " + second):
                line = self.lines[b"Via: %b%b, %b%b" % (first, after, second, more)]
                self.assertEqual(line.found, (b"1", (b"5070 h", b"h", symmetric, None, b"")))
        self.assertEqual(self.lines, {})

    def test_more_of_them_than_can_be_taken_one_by_one_say_the_same(self) -> None:
        values = [b"SIP/2.0/UDP h%d;branch=%d" % (number, number) for number in range(1000)]
        line = self.lines[b"Via: " + b", ".join(values)]
        self.assertEqual(line.found, (b"0", (b"0 h0", b"h0", False, None, b"")))
        with patch.object(forms, "front_known", side_effect=forms.front_known) as asked:
            self.assertEqual(self.lines[b"Via: " + b",".join(values)].found, line.found)
        self.assertEqual(asked.call_count, 0)


class MessageTests(SynchronousTestCase):
    def test_messages_share_what_is_known(self) -> None:
        one, other = read(INVITE)[1], read(INVITE)[1]
        for number, key in enumerate(one.keys):
            if key != b"via":
                self.assertIs(one._fields[number], other._fields[number])
        self.assertNotIn(one.line, START_LINES)  # it names a user
        for line in (b"SIP/2.0 200 OK", b"BYE sip:192.0.2.1 SIP/2.0"):
            read(INVITE.replace(one.line, line))
            self.assertIn(line, START_LINES)

    def test_to_count_down_in_one_message_leaves_the_others_alone(self) -> None:
        one, other = read(INVITE)[1], read(INVITE)[1]
        made = INVITE.replace(b"Max-Forwards: 70", b"Max-Forwards: 69")
        self.assertEqual(one.count_down(INVITE, b"max-forwards", 70), made)
        self.assertEqual(one.overwrite(made, b"content-length", b"7"), made.replace(b"Length: 96", b"Length:  7"))
        self.assertEqual((one.number(b"max-forwards"), one.number(b"content-length")), (69, 7))
        for head in (other, read(INVITE)[1]):
            self.assertTrue(head.plain)
            self.assertEqual((head.number(b"max-forwards"), head.number(b"content-length")), (70, 96))
            self.assertEqual(head.line_of(head.first(b"max-forwards")), b"Max-Forwards: 70\r\n")

    def test_lines_that_were_met_in_good_order_are_no_excuse_for_others(self) -> None:
        self.assertTrue(read(INVITE)[1].plain)
        for old, new in (
            (b"CSeq: 1 INVITE\r\n", b"CSeq: 1 INVITE\r\nCSeq: 1 INVITE\r\n"),
            (b"CSeq: 1 INVITE\r\n", b""),
            (b"CSeq: 1 INVITE\r\n", b"CSeq: 1\tINVITE\r\n"),
            (b"Content-Length: 96", b"Content-Length: 97"),
        ):
            self.assertFalse(read(INVITE.replace(old, new))[1].plain, new)

    def test_known_lines_that_end_in_lf_alone(self) -> None:
        bare = INVITE.replace(b"\r\n", b"\n")
        head = read(bare)[1]
        self.assertEqual(head.line_of(0), read(INVITE)[1].line_of(0).replace(b"\r", b""))
        mixed = read(INVITE.replace(b"CSeq: 1 INVITE\r\n", b"CSeq: 1 INVITE\n"))[1]
        self.assertEqual(mixed.line_of(mixed.first(b"cseq")), b"CSeq: 1 INVITE\n")
