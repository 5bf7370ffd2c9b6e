# -*- test-case-name: tests.http.test_url -*-
"""url: the parts of an http: or https: URL that a request needs, read as leniently as curl does. RFC 3986."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes, urljoin

from sipapp.errors import HttpError
from sipapp.http.codes import NO_PROXY_HOST, UNSUPPORTED_PROTOCOL, URL_MALFORMED

_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL).fullmatch
_AUTHORITY = re.compile(rb"""(\[[0-9A-Fa-f:.]+(?:%[^\]]*)?\]|[^:\[\]\s<>"{}|\\^`]+)(?::([0-9]*))?""").fullmatch
_LOGIN = re.compile("([a-z]+://)?[^/?#]*@").match
_UNTIL_TARGET = re.compile(rb"[^/?]*").match
_PORTS = {b"http": 80, b"https": 443}
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F))
_CONTROLS = bytes([*range(0x20), 0x7F])


class Url(NamedTuple):
    """`target` is path and query, as they go into the request line; `host` is without brackets."""

    scheme: bytes
    host: bytes
    port: int
    target: bytes
    user: bytes | None = None
    password: bytes = b""

    @property
    def host_and_port(self) -> str:
        """`192.0.2.1:8080`, `[2001:db8::1]:80`: what limits of a backend are written for."""
        host = self.host.decode("ascii")
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    def __bytes__(self) -> bytes:
        """Without user and password, and without a port that goes without saying."""
        host = b"[%b]" % self.host if b":" in self.host else self.host
        port = b"" if _PORTS[self.scheme] == self.port else b":%d" % self.port
        return b"%b://%b%b%b" % (self.scheme, host, port, self.target)

    @staticmethod
    def parse(text: bytes) -> Url:
        """Raises HttpError: 3, it is malformed; 1, another scheme. Without a scheme it is http."""
        return _parsed(text)

    def joined(self, location: bytes) -> bytes:
        """The URL that a Location field of this URL's answer means. RFC 9110 §10.2.2."""
        base = bytes(self).decode("latin-1")
        return urljoin(base, location.decode("latin-1")).encode("latin-1")


@lru_cache(maxsize=256)  # a request's is wanted more than once on its way
def _parsed(text: bytes) -> Url:
    found = _SCHEME(text)
    scheme, rest = (found[1].lower(), found[2]) if found else (b"http", text)
    if scheme not in _PORTS:
        raise HttpError(UNSUPPORTED_PROTOCOL, f"scheme {scheme.decode(errors='replace')} of a URL")
    rest = rest.partition(b"#")[0]
    at = len(_UNTIL_TARGET(rest)[0])  # type: ignore[index]
    authority, target = rest[:at], rest[at:]
    login, sign, place = authority.rpartition(b"@")
    match = _AUTHORITY(place)
    if match is None or b" " in target:
        raise HttpError(URL_MALFORMED, "malformed URL")
    port = int(match[2] or _PORTS[scheme])
    if not 0 < port < 65536:
        raise HttpError(URL_MALFORMED, "port of a URL")
    if not sign:
        return Url(scheme, _host(match[1]), port, _target(target))
    user, _, password = login.partition(b":")
    user, password = unquote_to_bytes(user), unquote_to_bytes(password)
    return Url(scheme, _host(match[1]), port, _target(target), user, password)


def shown(url: bytes) -> str:
    """A URL as a log may show it: without user and password."""
    text = url.decode("utf-8", "replace")
    login = _LOGIN(text)
    return text if login is None else (login[1] or "") + text[login.end() :]


def split_proxy(text: str) -> tuple[str, int]:
    """`host:port`, with or without `http://` before it; curl's port is 1080. Raises HttpError."""
    rest = text.partition("://")[2] or text
    host, colon, port = rest.rstrip("/").rpartition(":")
    if not colon or host.endswith(":"):
        host, port = rest.rstrip("/"), "1080"
    if not port.isdigit():
        raise HttpError(NO_PROXY_HOST, f"malformed proxy {text}")
    return host.strip("[]"), int(port)


def _host(text: bytes) -> bytes:
    if text[:1] == b"[":
        return text[1:-1]
    try:
        return text if text.isascii() else text.decode("utf-8").encode("idna")
    except UnicodeError:
        raise HttpError(URL_MALFORMED, "host of a URL") from None


def _target(text: bytes) -> bytes:
    """A request target has no white space and no control characters; what is not ASCII is escaped."""
    if len(text.translate(None, _CONTROLS)) < len(text):
        raise HttpError(URL_MALFORMED, "control characters in a URL")
    if text[:1] != b"/":
        text = b"/" + text
    return text if text.isascii() else quote_from_bytes(text, safe=_SAFE).encode()
