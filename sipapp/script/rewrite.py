# -*- test-case-name: tests.script.test_rewrite -*-
"""rewrite: what rewriteuser(), sethost(), prefix(), `$rU = ...` and the like make of a Request-URI."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.uri import Uri

_TO_SIP = {b"tel": b"sip", b"tels": b"sips"}


class Parts:
    """A URI in pieces, to be changed and put together again; None is a piece that is not there.

    A SIP URI with `;user=phone` keeps the parameters of its number apart from the user, as a tel: URI does.
    """

    __slots__ = (
        "headers",
        "host",
        "is_phone",
        "is_tel",
        "number_parameters",
        "parameters",
        "password",
        "port",
        "scheme",
        "user",
    )

    def __init__(self, text: bytes) -> None:
        """Raises ParseError: malformed."""
        uri = Uri.parse(text)
        if uri.host is None and uri.user is None:
            raise ParseError(f"cannot rewrite {text[:40]!r}")
        parameters = bytes(uri.parameters) or None
        self.scheme = uri.scheme
        self.is_tel = not uri.is_sip
        self.is_phone = uri.is_sip and uri.parameters.get(b"user") == b"phone"
        self.user = uri.user or None
        self.password = uri.password
        self.host = uri.host
        self.port = None if uri.port is None else b"%d" % uri.port
        self.headers = uri.headers
        self.number_parameters = parameters if self.is_tel else None
        self.parameters = None if self.is_tel else parameters
        if self.is_phone and self.user:
            self.user, semicolon, rest = self.user.partition(b";")
            self.number_parameters = rest if semicolon else None

    def __bytes__(self) -> bytes:
        pieces = [self.scheme, b":", self.user or b""]
        if self.user and self.password is not None:
            pieces += (b":", self.password)
        if self.number_parameters is not None:
            pieces += (b";", self.number_parameters)
        if self.host is not None:
            pieces += (b"@" if self.user else b"", self.host)
        if self.port:
            pieces += (b":", self.port)
        if self.parameters is not None:
            pieces += (b";", self.parameters)
        if self.headers is not None:
            pieces += (b"?", self.headers)
        return b"".join(pieces)


def set_user(text: bytes, user: bytes) -> bytes:
    """An empty user goes, and its password with it. Raises ParseError, as all of these: not to be rewritten."""
    parts = Parts(text)
    parts.user = user
    return bytes(parts)


def set_user_password(text: bytes, user: bytes) -> bytes:
    """`user:password` in place of both."""
    parts = Parts(text)
    parts.user, parts.password = user, None
    return bytes(parts)


def set_host(text: bytes, host: bytes) -> bytes:
    """The port stays. A tel: URI becomes a SIP URI with `;user=phone`."""
    return bytes(_with_host(text, host))


def set_host_port(text: bytes, host: bytes) -> bytes:
    """`host:port` in place of both."""
    parts = _with_host(text, host)
    parts.port = None
    return bytes(parts)


def set_host_port_transport(text: bytes, host: bytes) -> bytes:
    """`host:port;transport=x` in place of all three."""
    parts = _with_host(text, host)
    parts.port = None
    if parts.parameters is not None:
        kept = [p for p in parts.parameters.split(b";") if p.partition(b"=")[0].lower() != b"transport"]
        parts.parameters = b";".join(kept) if kept else None
    return bytes(parts)


def set_host_all(text: bytes, host: bytes) -> bytes:
    """Nothing stays behind the host."""
    parts = _with_host(text, host)
    parts.port = parts.parameters = parts.headers = None
    return bytes(parts)


def set_port(text: bytes, port: bytes) -> bytes:
    """An empty port goes. Raises ParseError for a tel: URI too."""
    parts = Parts(text)
    if parts.is_tel:
        raise ParseError("a tel: URI has no port")
    parts.port = port
    return bytes(parts)


def prefix(text: bytes, start: bytes) -> bytes:
    """The user with something before it."""
    parts = Parts(text)
    parts.user = start + (parts.user or b"")
    return bytes(parts)


def strip(text: bytes, count: int) -> bytes:
    """The user without its first bytes."""
    parts = Parts(text)
    parts.user = (parts.user or b"")[count:]
    return bytes(parts)


def strip_tail(text: bytes, count: int) -> bytes:
    """The user without its last bytes."""
    parts = Parts(text)
    user = parts.user or b""
    parts.user = user[: max(len(user) - count, 0)]
    return bytes(parts)


def user_phone(text: bytes) -> bytes:
    """With `;user=phone`; unchanged where it has that already, or is a tel: URI."""
    parts = Parts(text)
    if parts.is_tel or parts.is_phone:
        return text
    parts.parameters = b"user=phone" if parts.parameters is None else parts.parameters + b";user=phone"
    return bytes(parts)


def _with_host(text: bytes, host: bytes) -> Parts:
    parts = Parts(text)
    parts.host = host
    if parts.is_tel:
        parts.scheme = _TO_SIP[parts.scheme]
        parts.parameters = b"user=phone"
    return parts
