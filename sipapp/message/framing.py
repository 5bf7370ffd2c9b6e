# -*- test-case-name: tests.message.test_framing -*-
"""framing: a byte stream cut into messages by their Content-Length. RFC 3261 §18.3, RFC 5626 §3.5.1."""

from __future__ import annotations

import re
from enum import Enum

from sipapp.errors import ParseError
from sipapp.message.leaf import Head, read
from sipapp.message.parse import parse
from sipapp.message.request import Request

MAX_HEAD = 65536
MAX_MESSAGE = 1048576
_HTTP = re.compile(rb"[A-Z]+ \S+ HTTP/1\.[01]").fullmatch  # a request without length has no body: RFC 9112 §6.3
_DIGITS = 9  # of a Content-Length, leading zeros apart: what has more is beyond any limit


class KeepAlive(Enum):
    """What stands between messages."""

    PING = b"\r\n\r\n"  # to be answered with one CRLF


class FramingError(ParseError):
    """The stream cannot be read further: answer `request`, if there is one, with `status`, then close."""

    def __init__(self, reason: str, status: int = 400, request: Request | None = None) -> None:
        super().__init__(reason, status=status)
        self.request = request  # its header fields; no body


class StreamFramer:
    """Collects what a stream brings and cuts messages off it; each byte is looked at once.

    `max_message` and `max_head` are limits in bytes. `accept_no_length` takes a message without Content-Length for
    one without body, which RFC 3261 §18.3 forbids over streams.
    """

    __slots__ = (
        "_accept_no_length",
        "_buffer",
        "_crlfs",
        "_failed",
        "_max_head",
        "_max_message",
        "_need",
        "_seen",
    )

    def __init__(
        self, max_message: int = MAX_MESSAGE, max_head: int = MAX_HEAD, accept_no_length: bool = False
    ) -> None:
        self._buffer = bytearray()
        self._seen = 0  # no empty line ends before this offset
        self._need = 0  # length of the message whose header fields are complete; 0: they are not
        self._crlfs = 0  # CRLFs in a row before a message
        self._failed = False
        self._max_head = max_head
        self._max_message = max_message
        self._accept_no_length = accept_no_length

    @property
    def pending(self) -> int:
        """Bytes of a message that has begun and is not complete."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes | KeepAlive | FramingError]:
        """What `data` completes, in order: the bytes of a message, a keep-alive; at last, perhaps, an error.

        After an error nothing more comes.
        """
        events: list[bytes | KeepAlive | FramingError] = []
        if self._failed:
            return events
        buffer = self._buffer
        buffer += data
        try:
            while buffer:
                if self._need == 0 and not self._begun(events):
                    break
                if self._need == 0 and not self._head_complete():
                    break
                if len(buffer) < self._need:
                    break
                events.append(bytes(buffer[: self._need]))
                del buffer[: self._need]
                self._need = self._seen = 0
        except FramingError as why:
            self._failed = True
            buffer.clear()
            events.append(why)
        return events

    def _begun(self, events: list[bytes | KeepAlive | FramingError]) -> bool:
        """Take the CRLFs before a message away; whether something of the message is there."""
        if self._seen:
            return True
        buffer = self._buffer
        at = 0
        for byte in buffer:
            if byte == 10:
                self._crlfs += 1
                if self._crlfs == 2:
                    events.append(KeepAlive.PING)
                    self._crlfs = 0
            elif byte != 13:
                break
            at += 1
        del buffer[:at]
        if buffer:
            self._crlfs = 0
        return bool(buffer)

    def _head_complete(self) -> bool:
        """Look for the empty line; once it is there, learn how long the message is."""
        buffer = self._buffer
        start = max(self._seen - 2, 0)
        end = buffer.find(b"\n\r\n", start) + 3
        other = buffer.find(b"\n\n", start, end if end > 2 else len(buffer)) + 2
        if other > 1:
            end = other
        if end < 3 and other < 2:
            self._seen = len(buffer)
            if len(buffer) > self._max_head:
                raise FramingError("header fields beyond the limit", 413)
            return False
        if end > self._max_head:
            raise FramingError("header fields beyond the limit", 413)
        self._need = end + self._body_length(bytes(buffer[:end]))
        return True

    def _body_length(self, text: bytes) -> int:
        try:
            head = read(text)[1]
        except ParseError as why:
            raise FramingError(str(why)) from None
        numbers = head.all(b"content-length")
        if not numbers and (self._accept_no_length or _HTTP(head.line)):
            return 0
        if len(numbers) != 1:
            raise self._error("no Content-Length" if not numbers else "several Content-Length fields", text)
        return self._length(head, numbers[0], text)

    def _length(self, head: Head, number: int, text: bytes) -> int:
        digits = head.value(number)
        if not digits.isdigit():
            raise self._error("malformed Content-Length", text)
        significant = digits.lstrip(b"0") or b"0"
        if len(significant) > _DIGITS or len(text) + int(significant) > self._max_message:
            raise self._error("message beyond the limit", text, 413)
        return int(significant)

    @staticmethod
    def _error(reason: str, text: bytes, status: int = 400) -> FramingError:
        try:
            message = parse(text)
        except ParseError:
            return FramingError(reason, status)
        return FramingError(reason, status, message if isinstance(message, Request) else None)
