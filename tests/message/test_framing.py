"""framing: messages out of a stream, whatever pieces it comes in."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.framing import FramingError, KeepAlive, StreamFramer
from tests.message.samples import INVITE, RESPONSE

Event = bytes | KeepAlive | FramingError
PING = KeepAlive.PING
BYE = b"BYE sip:a@b SIP/2.0\nl:3\n\nabc"


def simple(events: list[Event]) -> list[object]:
    """The events with an error as (status, reason)."""
    return [(event.status, event.reason) if isinstance(event, FramingError) else event for event in events]


def fed(data: bytes, size: int = 0, **limits: Any) -> list[object]:
    """What comes of `data` in pieces of `size` bytes, 0 for all at once."""
    framer = StreamFramer(**limits)
    events: list[Event] = []
    for at in range(0, len(data), size or max(len(data), 1)):
        events += framer.feed(data[at : at + (size or len(data))])
    return simple(events)


class FramingTests(SynchronousTestCase):
    def comes(self, data: bytes, *expected: object, **limits: Any) -> None:
        for size in (0, 1, 2, 3, 7):
            self.assertEqual(fed(data, size, **limits), list(expected), size)

    def test_messages_are_cut_by_their_content_length(self) -> None:
        self.comes(INVITE + RESPONSE + BYE + INVITE, INVITE, RESPONSE, BYE, INVITE)

    def test_an_http_request_needs_no_length(self) -> None:
        ask = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
        post = b"POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"
        self.comes(ask + post + ask, ask, post, ask)

    def test_line_ends_between_messages_are_no_part_of_them(self) -> None:
        self.comes(b"\r\n" + INVITE + b"\r\n" + BYE + b"\n", INVITE, BYE)

    def test_two_line_ends_in_a_row_are_a_ping(self) -> None:
        self.comes(b"\r\n\r\n", PING)
        self.comes(b"\r\n\r\n\r\n\r\n\r\n" + INVITE + b"\r\n\r\n" + BYE, PING, PING, INVITE, PING, BYE)
        self.comes(b"\r\n", *[])

    def test_an_incomplete_message_waits(self) -> None:
        framer = StreamFramer()
        self.assertEqual(framer.feed(INVITE[:-1]), [])
        self.assertEqual(framer.pending, len(INVITE) - 1)
        self.assertEqual(framer.feed(INVITE[-1:] + b"B"), [INVITE])
        self.assertEqual(framer.pending, 1)
        self.assertEqual(framer.feed(b""), [])

    def test_a_message_without_content_length_is_an_error(self) -> None:
        data = b"BYE sip:a@b SIP/2.0\r\nTo: x\r\n\r\n"
        self.comes(INVITE + data + INVITE, INVITE, (400, "no Content-Length"))

    def test_unless_that_is_accepted(self) -> None:
        data = b"BYE sip:a@b SIP/2.0\r\nTo: x\r\n\r\n"
        self.comes(data + INVITE, data, INVITE, accept_no_length=True)

    def test_a_wrong_content_length_is_an_error(self) -> None:
        head = b"BYE sip:a@b SIP/2.0\r\nContent-Length: %b\r\n\r\n"
        for length in (b"-999", b"x", b"", b"1 2", b"+3"):
            self.comes(head % length, (400, "malformed Content-Length"))
        self.comes(head % b"5\r\nl: 5", (400, "several Content-Length fields"))

    def test_leading_zeros_are_no_length(self) -> None:
        data = b"BYE sip:a@b SIP/2.0\r\nl: %b3\r\n\r\nabc" % (b"0" * 30)
        self.comes(data, data)

    def test_too_long_a_message_is_an_error_with_413(self) -> None:
        head = b"BYE sip:a@b SIP/2.0\r\nl: %d\r\n\r\n"
        self.comes(head % 1000, (413, "message beyond the limit"), max_message=1000)
        self.comes(head % (10**30), (413, "message beyond the limit"))

    def test_too_many_header_fields_are_an_error_with_413(self) -> None:
        self.comes(INVITE + b"X" * 1000, INVITE, (413, "header fields beyond the limit"), max_head=600)
        self.comes(INVITE, (413, "header fields beyond the limit"), max_head=100)

    def test_bytes_that_are_no_header_fields_are_an_error(self) -> None:
        events = fed(INVITE + b"garbage\r\nmore garbage\r\n\r\n")
        self.assertEqual(events[0], INVITE)
        self.assertEqual(events[1][0], 400)  # type: ignore[index]

    def test_the_error_brings_the_request_to_answer(self) -> None:
        error = StreamFramer().feed(INVITE.replace(b"Content-Length: 96\r\n", b""))[0]
        assert isinstance(error, FramingError)
        assert error.request is not None
        self.assertEqual(error.request.call_id, b"3848276298220188511@atlanta.example.com")
        self.assertEqual(error.request.body, b"")
        for data in (RESPONSE.replace(b"Content-Length: 0\r\n", b""), b"no start line\r\nTo: x\r\n\r\n"):
            error = StreamFramer().feed(data)[0]
            assert isinstance(error, FramingError)
            self.assertIsNone(error.request)

    def test_after_an_error_nothing_comes(self) -> None:
        framer = StreamFramer()
        framer.feed(b"x\r\n\r\n")
        self.assertEqual(framer.feed(INVITE), [])
        self.assertEqual(framer.pending, 0)

    def test_time_grows_with_the_length_only(self) -> None:
        """Searched from the start at each byte, this would take minutes."""
        began = time.perf_counter()
        framer = StreamFramer(max_head=1 << 20)
        for at in range(300000):
            framer.feed(b"X" if at % 60 else b"\n")
        self.assertEqual(framer.pending, 300000 - 1)
        self.assertLess(time.perf_counter() - began, 10.0)

    @settings(derandomize=True, max_examples=60)
    @given(
        st.lists(st.sampled_from([INVITE, RESPONSE, BYE, b"\r\n", b"\n", b"\r\n\r\n", b"x\r\n\r\n"]), max_size=6),
        st.lists(st.integers(0, 3000), max_size=8),
    )
    def test_any_cuts_give_the_same(self, pieces: list[bytes], cuts: list[int]) -> None:
        data = b"".join(pieces)
        at = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
        framer = StreamFramer()
        events: list[Event] = []
        for start, end in pairwise(at):
            events += framer.feed(data[start:end])
        self.assertEqual(simple(events), fed(data))
