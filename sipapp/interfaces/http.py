# -*- test-case-name: tests.interfaces.test_http -*-
"""http: one HTTP exchange, as modules ask for it, and the engine that makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from zope.interface import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

Fields = list[tuple[bytes, bytes]]
"""Header fields, (name, value), as written or as received."""

BASIC, DIGEST = 1, 2
"""What `authmethod` is made of, in curl's bits."""

PRIOR_KNOWLEDGE = 5

HTTP_VERSIONS = (
    "0 or 2: HTTP/1.1, 1: HTTP/1.0, 4: HTTP/2 where a server offers it in TLS, 3: without TLS too, 5: HTTP/2 from the "
    "first byte on; all but 0 and 2 want libcurl"
)
"""curl's numbers of the versions, as parameters and variables take them."""


class Profile(NamedTuple):
    """What makes connections differ: two requests share one only where all of this is the same."""

    verify_peer: bool = True  # the server's certificate must be from somebody we trust
    verify_host: bool = True  # and be for this host
    ca_file: str | None = None  # PEM; None: those that the system trusts
    ca_path: str | None = None  # a folder of them
    certificate: str | None = None  # PEM file, of ours
    key: str | None = None
    ciphers: str | None = None  # OpenSSL's list
    tls_version: int = 0  # curl's number of the lowest version: 0 any, 4 TLS 1.0 ... 7 TLS 1.3
    interface: str | None = None  # local address
    proxy: str | None = None  # host:port
    keep: bool = True  # connections stay open for the next request
    keepalive: tuple[int, int] | None = None  # TCP keep-alive: (idle, interval) in s, 0 for the system's
    http_version: int = 0  # curl's number, see HTTP_VERSIONS
    connect_timeout: float = 0.0  # s; 0: the request's alone


@dataclass(slots=True)
class HttpRequest:
    """One request. `fields` are sent beside those that the engine needs, and in place of those it would add."""

    method: bytes
    url: bytes
    fields: Fields = field(default_factory=list)
    body: bytes | None = None
    timeout: float = 0.0  # s for everything: queue, redirects, body; 0: none
    profile: Profile = field(default_factory=Profile)
    user: bytes | None = None
    password: bytes = field(default=b"", repr=False)
    authentication: int = BASIC | DIGEST
    redirects: int = 0  # how many are followed; one too many is error 47
    fixed_method: bool = False  # redirects keep the method that was asked for
    most: int = 8 << 20  # bytes of a body
    truncate: bool = True  # what is more is cut off; else it is error 23
    connected: bool = False  # the engine's note: a connection was there
    backend: str = ""  # whose limits count; empty: the host and port of the URL


@dataclass(slots=True)
class Times:
    """Seconds from the start of a request to the end of each phase; 0.0: there was none."""

    lookup: float = 0.0
    connect: float = 0.0
    appconnect: float = 0.0
    pretransfer: float = 0.0
    starttransfer: float = 0.0
    redirect: float = 0.0
    total: float = 0.0


@dataclass(slots=True)
class HttpResponse:
    """What came back."""

    status: int
    reason: bytes
    fields: Fields
    body: bytes
    url: bytes  # that was asked in the end
    version: bytes = b"HTTP/1.1"
    times: Times = field(default_factory=Times)

    def first(self, name: bytes) -> bytes | None:
        """The first header field of this name (any case)."""
        found = self.all(name)
        return found[0] if found else None

    def all(self, name: bytes) -> list[bytes]:
        """The values of every header field of this name, in order."""
        wanted = name.lower()
        return [value for one, value in self.fields if one.lower() == wanted]


class IHttpEngine(Interface):
    """Makes exchanges over connections of its own."""

    def send(request: HttpRequest) -> Deferred[HttpResponse]:
        """One exchange: redirects, challenges and limits are the caller's, and so is `timeout`.

        Fails with HttpError. Cancelling it closes the connection.
        """

    def close() -> Deferred[None]:
        """Close every idle connection."""


class IHttpClient(Interface):
    """HTTP for whichever module wants it: with redirects, authentication, limits and a deadline."""

    def request(request: HttpRequest) -> Deferred[HttpResponse]:
        """Fails with HttpError, with curl's number in `code`: 7 where the backend's circuit is open or its queue full,
        28 where it took longer than `timeout`. Cancelling it closes the connection.
        """
