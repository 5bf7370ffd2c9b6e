# -*- test-case-name: tests.message.test_uri -*-
"""uri: SIP, SIPS and TEL URIs, and any other as far as its scheme. RFC 3261 §19.1, RFC 3966."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from sipapp.errors import ParseError
from sipapp.message import grammar
from sipapp.message.leaf import place, uri_parts
from sipapp.message.parameters import NONE, Parameters

_SCHEME = re.compile(grammar.SCHEME).fullmatch
_SIP = re.compile(grammar.SIP_URI).fullmatch
_TEL = re.compile(grammar.TEL_URI).fullmatch
_OPAQUE = re.compile(grammar.OPAQUE).fullmatch
_SIP_SCHEMES = (b"sip", b"sips")
_TEL_SCHEMES = (b"tel", b"tels")
_VISUAL = b"-.()"


class Uri:
    """A URI; never changes. `bytes(uri)` is the text as received.

    `scheme` is in lower case. `user`, `password`, `host`, `headers` are bytes as received or None, `port` an int or
    None. A tel: URI has its number in `user` and no host, a urn: its namespace in `user` and its name in `host`; one
    of an unknown scheme has only `scheme` and `opaque` (the rest of its text).
    """

    __slots__ = ("_parameters", "headers", "host", "password", "port", "scheme", "tail", "text", "user")

    # Without an `__init__`, which would take as long as all the rest: `parse` alone makes one.
    text: bytes
    scheme: bytes
    user: bytes | None
    password: bytes | None
    host: bytes | None
    port: int | None
    headers: bytes | None
    tail: bytes  # the text of the parameters
    _parameters: Parameters | None

    @classmethod
    def parse(cls, text: bytes) -> Uri:
        """A URI from its text, without <> around it.

        Raises ParseError: no scheme, or a SIP or TEL URI that is malformed.
        """
        uri = cls()
        uri.text = text
        uri.password = uri.headers = uri._parameters = None
        parts = uri_parts(text)
        if parts is not None:
            uri.scheme, uri.user, uri.host, uri.port, uri.tail = parts
        else:
            uri._parse_any()
        return uri

    def _parse_any(self) -> None:
        scheme, colon, rest = self.text.partition(b":")
        if not colon or not _SCHEME(scheme):
            raise ParseError(f"{self.text[:40]!r} has no scheme")
        self.scheme = scheme.lower()
        self.user = self.host = self.port = None
        self.tail = b""
        if self.scheme in _SIP_SCHEMES:
            self._parse_sip(rest)
        elif self.scheme in _TEL_SCHEMES:
            self._parse_tel(rest)
        elif not _OPAQUE(rest):
            raise ParseError(f"malformed URI {self.text[:40]!r}")
        elif self.scheme == b"urn":
            # urn:service:sos has `service` as user and `sos` as host, in Kamailio's variables too.
            namespace, colon, name = rest.partition(b":")
            self.user, self.host = (namespace, name) if colon else (None, namespace)

    @property
    def opaque(self) -> bytes:
        """What follows the scheme."""
        return self.text.partition(b":")[2]

    def _parse_sip(self, rest: bytes) -> None:
        match = _SIP(rest)
        if match is None:
            raise ParseError(f"malformed SIP URI {self.text[:60]!r}")
        self.user, self.password, self.host, port, tail, self.headers = match.groups()
        if port:
            self.port = int(port)
            if self.port > 65535:
                raise ParseError("a port beyond 65535")
        self.tail = tail or b""

    def _parse_tel(self, rest: bytes) -> None:
        match = _TEL(rest)
        if match is None:
            raise ParseError(f"malformed tel URI {self.text[:60]!r}")
        self.user, tail, self.headers = match.groups()
        self.tail = tail or b""

    @property
    def parameters(self) -> Parameters:
        """What follows host and port. Raises ParseError: malformed."""
        parameters = self._parameters
        if parameters is None:
            parameters = self._parameters = Parameters.parse(self.tail) if self.tail else NONE
        return parameters

    @property
    def is_sip(self) -> bool:
        """Of the schemes that SIP routes by itself: sip and sips."""
        return self.scheme in _SIP_SCHEMES

    @property
    def host_address(self) -> bytes | None:
        """The host without the brackets of an IPv6 reference."""
        host = self.host
        return host[1:-1] if host is not None and host[:1] == b"[" else host

    @property
    def transport(self) -> bytes | None:
        """The transport parameter in lower case."""
        value = self.parameters.get(b"transport") if self.tail else None
        return value.lower() if value else None

    def __bytes__(self) -> bytes:
        return self.text

    def __eq__(self, other: object) -> bool:
        """The same text; RFC 3261's comparison is `equivalent`."""
        return isinstance(other, Uri) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Uri({self.text!r})"

    def equivalent(self, other: Uri) -> bool:
        """Whether both name the same resource. RFC 3261 §19.1.4, RFC 3966 §4."""
        if self.scheme != other.scheme:
            return False
        if self.is_sip:
            return _same_sip(self, other)
        if self.scheme in _TEL_SCHEMES:
            assert self.user is not None
            assert other.user is not None
            return _digits(self.user) == _digits(other.user) and _lowered(self) == _lowered(other)
        return self.opaque == other.opaque


# RFC 3261 §19.1.4: these differ from their absence even where only one URI has them.
_MUST_MATCH = (b"user", b"ttl", b"method", b"maddr", b"transport")


def _same_sip(one: Uri, two: Uri) -> bool:
    if _plain(one.user) != _plain(two.user) or _plain(one.password) != _plain(two.password):
        return False
    assert one.host is not None
    assert two.host is not None
    if one.host.lower() != two.host.lower() or one.port != two.port:
        return False
    mine, theirs = _lowered(one), _lowered(two)
    for name in mine.keys() | theirs.keys():
        if name in mine and name in theirs:
            if mine[name] != theirs[name]:
                return False
        elif name in _MUST_MATCH:
            return False
    return _header_set(one) == _header_set(two)


def _plain(text: bytes | None) -> bytes | None:
    return unquote_to_bytes(text) if text is not None and b"%" in text else text


def _lowered(uri: Uri) -> dict[bytes, bytes]:
    return {_plain(name) or b"": (_plain(value) or b"").lower() for name, value in uri.parameters}


def _header_set(uri: Uri) -> list[tuple[bytes, bytes]]:
    pairs = []
    for header in (uri.headers or b"").split(b"&"):
        name, _, value = header.partition(b"=")
        pairs.append(((_plain(name) or b"").lower(), _plain(value) or b""))
    return sorted(pairs)


def _digits(number: bytes) -> bytes:
    return number.translate(None, _VISUAL).lower()


def check_uri(text: bytes) -> None:
    """Raises ParseError: this is no URI, see `Uri.parse`."""
    if place(text) is None:  # else it is as nearly everybody writes it, and need not be taken apart
        Uri.parse(text)
