# -*- test-case-name: tests.modules.sanity.test_sizes -*-
"""sizes: how long a message and its parts may be."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.message import Message
from sipapp.message.request import Request
from sipapp.module import modparam
from sipapp.modules.sanity.checks import Subject
from sipapp.modules.sanity.insane import silent


class Sizes:
    """Limits in bytes; 0 is none."""

    size_checks: int = modparam(default=0, doc="1: check sizes whatever sanity_check() is told")
    size_message: int = modparam(default=16384, unit="bytes", doc="longest message")
    size_method: int = modparam(default=32, unit="bytes", doc="longest method")
    size_ruri: int = modparam(default=256, unit="bytes", doc="longest Request-URI")
    size_from_uri: int = modparam(default=256, unit="bytes", doc="longest URI of the From")
    size_to_uri: int = modparam(default=256, unit="bytes", doc="longest URI of the To")
    size_contact_uri: int = modparam(default=256, unit="bytes", doc="longest URI of a Contact")
    size_route_uri: int = modparam(default=256, unit="bytes", doc="longest URI of a Route or Record-Route")
    size_path_uri: int = modparam(default=256, unit="bytes", doc="longest URI of a Path")
    size_pai_uri: int = modparam(default=256, unit="bytes", doc="longest URI of a P-Asserted-Identity")
    size_header: int = modparam(default=2048, unit="bytes", doc="longest header field")
    size_headers: int = modparam(default=8192, unit="bytes", doc="longest sum of all header fields")
    size_body: int = modparam(default=8192, unit="bytes", doc="longest body")

    def check_sizes(self, subject: Subject) -> None:
        """65536: nothing is longer than the size_... parameters say; what is gets no answer."""
        try:
            self._check_whole(subject.message, subject.request_uri)
            self._check_uris(subject.message)
        except ParseError as why:
            raise silent(str(why)) from None

    def _check_whole(self, message: Message, request_uri: bytes) -> None:
        if isinstance(message, Request):
            method = message.method
            _check("Request-URI", len(request_uri), self.size_ruri)
        else:
            method = message.cseq.method if message.cseq is not None else b""
        _check("message", len(message.raw), self.size_message)
        _check("method", len(method), self.size_method)
        fields = message.fields
        for field in fields:
            _check("header field", field.end - field.start, self.size_header)
        if fields:
            _check("headers", message.head_end - fields[0].start, self.size_headers)
        _check("body", len(message.body), self.size_body)

    def _check_uris(self, message: Message) -> None:
        for key, most in (
            (b"from", self.size_from_uri),
            (b"to", self.size_to_uri),
            (b"contact", self.size_contact_uri),
            (b"route", self.size_route_uri),
            (b"record-route", self.size_route_uri),
            (b"path", self.size_path_uri),
            (b"p-asserted-identity", self.size_pai_uri),
        ):
            if most > 0:
                for address in message.addresses(key):
                    _check(f"URI of {key.decode()}", len(address.uri), most)


def _check(what: str, length: int, most: int) -> None:
    if 0 < most < length:
        raise silent(f"{what} of {length} bytes")
