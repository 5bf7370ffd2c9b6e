"""parse: from bytes to messages."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from tests.message.samples import INVITE, RESPONSE

HEAD = b"\r\nTo: x\r\n\r\n"


def request_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    message = parse(line + HEAD)
    assert isinstance(message, Request)
    return message.method, message.uri, message.version


def status_line(line: bytes) -> tuple[bytes, int, bytes]:
    message = parse(line + HEAD)
    assert isinstance(message, Response)
    return message.version, message.status, message.reason


class StartLineTests(SynchronousTestCase):
    def test_requests(self) -> None:
        self.assertEqual(request_line(b"INVITE sip:a@b SIP/2.0"), (b"INVITE", b"sip:a@b", b"SIP/2.0"))
        self.assertEqual(request_line(b"options x SIP/1.0"), (b"options", b"x", b"SIP/1.0"))
        self.assertEqual(request_line(b"RE%47IST%45R sip:a sip/2.0"), (b"RE%47IST%45R", b"sip:a", b"sip/2.0"))

    def test_surplus_white_space_is_not_part_of_anything(self) -> None:
        self.assertEqual(request_line(b"INVITE  sip:a@b  SIP/2.0 "), (b"INVITE", b"sip:a@b", b"SIP/2.0"))
        self.assertEqual(request_line(b"INVITE sip:a@b; lr SIP/2.0"), (b"INVITE", b"sip:a@b; lr", b"SIP/2.0"))

    def test_malformed_request_lines_are_refused(self) -> None:
        for line in (
            b"",
            b"INVITE",
            b"INVITE sip:a@b",
            b"INVITE SIP/2.0",
            b"INVITE sip:a@b SIP/2",
            b"INVITE sip:a@b SIP/2.0x",
            b"INVITE sip:a@b HTTP/1.1",
            b"GET / HTTP/1.1",
            b"IN/VITE sip:a@b SIP/2.0",
            b" INVITE sip:a@b SIP/2.0",
            b"INVITE sip:a@b SIP/2.99999999999999999999",
        ):
            self.assertRaises(ParseError, request_line, line)

    def test_responses(self) -> None:
        self.assertEqual(status_line(b"SIP/2.0 200 OK"), (b"SIP/2.0", 200, b"OK"))
        self.assertEqual(status_line(b"SIP/2.0 100 "), (b"SIP/2.0", 100, b""))
        self.assertEqual(status_line(b"SIP/2.0 699"), (b"SIP/2.0", 699, b""))
        self.assertEqual(status_line(b"sip/2.0 299 = 2**3 \xd0\xbd"), (b"sip/2.0", 299, b"= 2**3 \xd0\xbd"))

    def test_malformed_status_lines_are_refused(self) -> None:
        for line in (
            b"SIP/2.0",
            b"SIP/2.0 ",
            b"SIP/2.0 OK",
            b"SIP/2.0 20 OK",
            b"SIP/2.0 099 OK",
            b"SIP/2.0 700 OK",
            b"SIP/2.0 2000 OK",
            b"SIP/2.0 4294967301 better not break the receiver",
            b"SIP/2.0  200 OK",
            b"SIP/2.0 200OK",
            b"SIP/x 200 OK",
        ):
            self.assertRaises(ParseError, status_line, line)


class ExtentTests(SynchronousTestCase):
    def test_what_follows_the_body_is_cut_off(self) -> None:
        message = parse(INVITE + b"more")
        self.assertEqual(message.raw, INVITE)
        self.assertEqual(parse(b"X sip:a SIP/2.0\r\nl: 3\r\n\r\nabcdef").body, b"abc")

    def test_line_ends_before_the_start_line_are_cut_off(self) -> None:
        message = parse(b"\r\n\r\n\n" + INVITE + b"more")
        self.assertEqual(message.raw, INVITE)
        self.assertEqual(message.raw[message.body_at :], message.body)

    def test_without_content_length_the_body_goes_to_the_end(self) -> None:
        self.assertEqual(parse(b"X sip:a SIP/2.0\r\nTo: x\r\n\r\nabc").body, b"abc")

    def test_a_content_length_that_is_wrong_cuts_nothing(self) -> None:
        for length in (b"9999", b"-1", b"x", b"", b"99999999999999999999"):
            message = parse(b"X sip:a SIP/2.0\r\nContent-Length: %b\r\n\r\nabc" % length)
            self.assertEqual(message.body, b"abc", length)

    def test_no_empty_line_no_message(self) -> None:
        for data in (b"", b"\r\n", b"\r\n\r\n", INVITE[: INVITE.index(b"\r\n\r\n") + 2], b"\0" * 100):
            self.assertRaises(ParseError, parse, data)


class IdentityTests(SynchronousTestCase):
    def test_untouched_messages_come_back_byte_for_byte(self) -> None:
        for data in (INVITE, RESPONSE, INVITE.replace(b"\r\n", b"\n"), INVITE.replace(b"From: ", b"f :\r\n\t")):
            message = parse(data)
            self.assertEqual(message.raw, data)
            self.assertEqual(Draft().render(message), data)

    @settings(derandomize=True, max_examples=150)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([b"Via", b"v", b"X-Foo", b"x-bar ", b"Subject", b"FROM", b"Content-Type"]),
                st.sampled_from([b":", b": ", b" :\t", b":\r\n "]),
                st.binary(max_size=12).map(lambda text: text.translate(None, b"\r\n")),
                st.sampled_from([b"\r\n", b"\n", b" \r\n", b"\r\n \r\n"]),
            ),
            max_size=5,
        ),
        st.binary(max_size=10),
    )
    def test_any_header_fields_come_back_byte_for_byte(
        self, fields: list[tuple[bytes, bytes, bytes, bytes]], body: bytes
    ) -> None:
        data = b"INVITE sip:a@b SIP/2.0\r\n" + b"".join(map(b"".join, fields)) + b"\r\n" + body
        message = parse(data)
        self.assertEqual(message.raw, data)
        self.assertEqual(message.body, body)
        self.assertEqual(len(message.fields), len(fields))
        self.assertEqual([message.raw[f.start : f.end] for f in message.fields], [b"".join(f) for f in fields])
        self.assertEqual(Draft().render(message), data)
