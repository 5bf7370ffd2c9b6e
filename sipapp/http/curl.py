# -*- test-case-name: tests.http.test_curl -*-
"""curl: HTTP exchanges by libcurl, its sockets and timers driven by the reactor; HTTP/2 where it is asked for.

The same answers and the same numbers as the other engine, in a fraction of its time.
"""

from __future__ import annotations

import select
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

try:
    import pycurl
except ImportError as why:
    raise ImportError("the package pycurl is missing: pip install 'sipapp[curl]'") from why

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from sipapp.backend.names import Lookup, addresses
from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.http.ready import AT_ONCE, Sockets
from sipapp.http.url import Url, split_proxy
from sipapp.interfaces.http import HttpRequest, HttpResponse, IHttpEngine, Profile, Times

KEPT = 256
"""Idle connections that are kept, to all servers together."""

KEPT_FOR = 100
"""s: an older idle connection is not used any more."""

SPARE = 64
"""Handles that are kept for the next request: the first ones. Those of a storm go with it, for each would keep a piece
of its memory from going back."""

Together = Callable[[], AbstractContextManager[None]]

_CA = ssl.get_default_verify_paths()

_ANY = select.EPOLLIN | select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP
_BITS = {
    events: (pycurl.CSELECT_IN if events & select.EPOLLIN else 0)
    | (pycurl.CSELECT_OUT if events & select.EPOLLOUT else 0)
    | (pycurl.CSELECT_ERR if events & (select.EPOLLERR | select.EPOLLHUP) else 0)
    for events in range(_ANY + 1)
}
"""What libcurl calls what epoll has found."""


class _Exchange:
    """One request on its way. `head` collects the lines of the last head, `parts` the body."""

    __slots__ = ("again", "cut", "done", "handle", "head", "parts", "request", "size", "url")

    def __init__(self, request: HttpRequest, url: Url, done: Deferred[HttpResponse]) -> None:
        self.request = request
        self.url = url
        self.done = done
        self.handle: Any = None
        self.again = False  # a kept connection has failed it before
        self.head: list[bytes] = []
        self.parts: list[bytes] = []
        self.size = 0
        self.cut = False  # the body was longer than is wanted

    def header(self, line: bytes) -> None:
        if line.startswith(b"HTTP/"):
            self.head = []  # one of a 1xx came before, or of the proxy
        self.head.append(line)

    def write(self, data: bytes) -> int | None:
        """libcurl ends the transfer where less was taken than there was."""
        self.parts.append(data)
        self.size += len(data)
        if self.size > self.request.most:
            self.cut = True
            return 0
        return None

    def response(self) -> HttpResponse:
        version, _, rest = self.head[0].rstrip(b"\r\n").partition(b" ")
        status, _, reason = rest.partition(b" ")
        parts = [line.partition(b":") for line in self.head[1:]]
        fields = [(name.strip(), value.strip()) for name, colon, value in parts if colon]
        body = b"".join(self.parts)[: self.request.most]
        return HttpResponse(int(status), reason, fields, body, bytes(self.url), version, _times(self.handle))


_STALE = (codes.NO_ANSWER, codes.SEND_ERROR, codes.RECEIVE_ERROR)


def _was_kept(handle: Any, exchange: _Exchange) -> bool:
    """It was over before anything came, on a connection that had been there before."""
    return not exchange.again and not exchange.head and not handle.getinfo(pycurl.NUM_CONNECTS)


def _connected(handle: Any) -> bool:
    """There is a connection, new or kept."""
    return bool(handle.getinfo(pycurl.CONNECT_TIME) > 0 or handle.getinfo(pycurl.LOCAL_PORT) > 0)


def _times(handle: Any) -> Times:
    read = handle.getinfo
    return Times(
        lookup=read(pycurl.NAMELOOKUP_TIME),
        connect=read(pycurl.CONNECT_TIME),
        appconnect=read(pycurl.APPCONNECT_TIME),
        pretransfer=read(pycurl.PRETRANSFER_TIME),
        starttransfer=read(pycurl.STARTTRANSFER_TIME),
        total=read(pycurl.TOTAL_TIME),
    )


@implementer(IHttpEngine)
class CurlEngine:
    """libcurl's multi interface: https://curl.se/libcurl/c/libcurl-multi.html, socket_action().

    together: what goes around the telling of several, so that what they send for it leaves together.
    """

    def __init__(self, reactor: Any, lookup: Lookup, together: Together = nullcontext) -> None:
        self._reactor = reactor
        self._together = together
        self._lookup = lookup
        self._multi = self._new_multi()
        self._sockets = Sockets(reactor, self._go_on)
        self._running: dict[Any, _Exchange] = {}
        self._kept: set[Any] = set()  # handles that outlive their request
        self._spare: list[Any] = []  # those of them that have none now
        self._alarm: Any = None
        self._more: Any = None  # a call for exchanges that are over, and that nobody has been told of

    def _new_multi(self) -> Any:
        multi = pycurl.CurlMulti()
        multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        multi.setopt(pycurl.M_TIMERFUNCTION, self._schedule)
        multi.setopt(pycurl.M_MAXCONNECTS, KEPT)
        return multi

    # -- what libcurl wants of the reactor

    def _watch(self, event: int, descriptor: int, multi: Any, data: Any) -> None:
        if event == pycurl.POLL_REMOVE:
            self._sockets.forget(descriptor)
        else:
            self._sockets.watch(descriptor, bool(event & pycurl.POLL_IN), bool(event & pycurl.POLL_OUT))

    def _schedule(self, milliseconds: int) -> None:
        """libcurl wants to be called then, and may not be from here."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if milliseconds >= 0:
            self._alarm = self._reactor.callLater(milliseconds / 1000, self._due)

    def _due(self) -> None:
        self._alarm = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._tell()

    def _go_on(self, ready: list[tuple[int, int]]) -> None:
        """Some sockets are ready."""
        for descriptor, events in ready:
            self._multi.socket_action(descriptor, _BITS[events & _ANY])
        self._tell()

    def _tell(self) -> None:
        """Tell those whose exchange is over, so many in one turn: each may be a script that goes on."""
        if self._more is not None:
            return
        left, good, bad = self._multi.info_read(AT_ONCE)
        if left:
            self._more = self._reactor.callLater(0, self._tell_more)
        ended = [(handle, self._running.get(handle), 0, "") for handle in good]
        ended += [(handle, self._running.get(handle), code, reason) for handle, code, reason in bad]
        with self._together():
            for handle, exchange, code, reason in ended:
                if exchange is not None and self._running.get(handle) is exchange:  # one before may have given it up
                    self._ended(handle, exchange, code, reason)

    def _tell_more(self) -> None:
        self._more = None
        self._tell()

    # -- one exchange

    def send(self, request: HttpRequest) -> Deferred[HttpResponse]:
        url = Url.parse(request.url)
        done: Deferred[HttpResponse] = Deferred(lambda _: self._give_up(exchange))
        exchange = _Exchange(request, url, done)
        profile = request.profile
        request.connected = False
        host = split_proxy(profile.proxy)[0] if profile.proxy else url.host.decode("ascii")
        if isIPAddress(host) or isIPv6Address(host):
            self._begin(exchange, None)
            return done
        port = split_proxy(profile.proxy)[1] if profile.proxy else url.port
        looking = addresses(self._lookup, host)
        exchange.handle = looking  # until there is one
        looking.addCallback(self._found, exchange, host, port)
        looking.addErrback(lambda failure: None)
        return done

    def _found(self, known: list[str], exchange: _Exchange, host: str, port: int) -> None:
        if known:
            listed = ",".join(f"[{one}]" if ":" in one else one for one in known)
            self._begin(exchange, f"{host}:{port}:{listed}")
            return
        code = codes.NO_PROXY_HOST if exchange.request.profile.proxy else codes.NO_HOST
        exchange.done.errback(HttpError(code, f"no address of {host}", connecting=True))

    def _begin(self, exchange: _Exchange, resolved: str | None) -> None:
        handle = self._spare.pop() if self._spare else self._new_handle()
        exchange.handle = handle
        try:
            _prepare(handle, exchange, resolved)
        except pycurl.error as why:
            self._put_away(handle)
            exchange.done.errback(HttpError(why.args[0], str(why.args[1]), connecting=True))
            return
        self._running[handle] = exchange
        self._multi.add_handle(handle)

    def _new_handle(self) -> Any:
        handle = pycurl.Curl()
        if len(self._kept) < SPARE:
            self._kept.add(handle)
        return handle

    def _ended(self, handle: Any, exchange: _Exchange, code: int, reason: str) -> None:
        del self._running[handle]
        if code in _STALE and _was_kept(handle, exchange):
            return self._once_more(handle, exchange)
        request = exchange.request
        request.connected = _connected(handle)
        if code == codes.NO_CONNECTION:
            if request.profile.proxy and request.connected:
                code = codes.RECEIVE_ERROR  # it makes no tunnel
            else:
                request.connected = False  # what there was is the kept one that had failed before
        if code == codes.WRITE_ERROR and exchange.cut and request.truncate:
            code = 0
        result: HttpResponse | HttpError
        if code:
            reason = f"more than {request.most} bytes" if exchange.cut else reason or codes.text_of(code)
            result = HttpError(code, reason, connecting=not request.connected)
        else:
            result = exchange.response()
        self._multi.remove_handle(handle)
        self._put_away(handle)
        if isinstance(result, HttpError):
            exchange.done.errback(result)
        else:
            exchange.done.callback(result)
        return None

    def _once_more(self, handle: Any, exchange: _Exchange) -> None:
        """A kept connection that the server closes at the very moment of its next use is not its fault."""
        exchange.again = True
        self._multi.remove_handle(handle)
        handle.setopt(pycurl.FRESH_CONNECT, 1)
        self._running[handle] = exchange
        self._multi.add_handle(handle)

    def _put_away(self, handle: Any) -> None:
        if handle in self._kept:
            handle.reset()
            self._spare.append(handle)
        else:
            handle.close()

    def _give_up(self, exchange: _Exchange) -> None:
        """Whoever asked does not want it any more: libcurl closes the connection."""
        handle = exchange.handle
        if isinstance(handle, Deferred):
            handle.cancel()
        elif self._running.pop(handle, None) is not None:
            exchange.request.connected = _connected(handle)
            self._multi.remove_handle(handle)
            self._put_away(handle)

    def close(self) -> Deferred[None]:
        for exchange in list(self._running.values()):
            exchange.done.cancel()
        for handle in self._spare:
            handle.close()
        self._spare = []
        self._kept = set()
        self._multi.close()
        self._schedule(-1)
        if self._more is not None:
            self._more.cancel()
            self._more = None
        self._sockets.close()
        self._sockets = Sockets(self._reactor, self._go_on)
        self._multi = self._new_multi()
        return succeed(None)


def _prepare(handle: Any, exchange: _Exchange, resolved: str | None) -> None:
    """Tell libcurl all about a request. Raises pycurl.error: it cannot do what is asked for."""
    request = exchange.request
    put = handle.setopt
    put(pycurl.URL, bytes(exchange.url))
    put(pycurl.NOSIGNAL, 1)
    put(pycurl.HEADERFUNCTION, exchange.header)
    put(pycurl.WRITEFUNCTION, exchange.write)
    put(pycurl.HTTPHEADER, _lines(request))
    put(pycurl.ACCEPT_ENCODING, "gzip")
    if request.body is not None:
        put(pycurl.POSTFIELDS, request.body)
    if request.method == b"HEAD":
        put(pycurl.NOBODY, 1)
    elif request.method != (b"GET" if request.body is None else b"POST"):
        put(pycurl.CUSTOMREQUEST, request.method)
    if resolved is not None:
        put(pycurl.RESOLVE, [resolved])
    _prepare_connection(put, request.profile)
    if exchange.url.scheme == b"https":
        _prepare_tls(put, request.profile)


def _prepare_connection(put: Any, profile: Profile) -> None:
    put(pycurl.PROXY, profile.proxy or "")
    put(pycurl.MAXAGE_CONN, KEPT_FOR)
    put(pycurl.HTTP_VERSION, profile.http_version or pycurl.CURL_HTTP_VERSION_1_1)
    if profile.http_version > pycurl.CURL_HTTP_VERSION_1_1:
        put(pycurl.PIPEWAIT, 1)  # all on one connection, once it is there
    if not profile.keep:
        put(pycurl.FORBID_REUSE, 1)
        put(pycurl.FRESH_CONNECT, 1)
    if profile.connect_timeout:
        put(pycurl.CONNECTTIMEOUT_MS, int(profile.connect_timeout * 1000))
    if profile.interface:
        put(pycurl.INTERFACE, profile.interface)
    if profile.keepalive is not None:
        put(pycurl.TCP_KEEPALIVE, 1)
        idle, interval = profile.keepalive
        if idle:
            put(pycurl.TCP_KEEPIDLE, idle)
        if interval:
            put(pycurl.TCP_KEEPINTVL, interval)


def _prepare_tls(put: Any, profile: Profile) -> None:
    put(pycurl.SSL_VERIFYPEER, int(profile.verify_peer))
    put(pycurl.SSL_VERIFYHOST, 2 if profile.verify_peer and profile.verify_host else 0)
    put(pycurl.SSLVERSION, profile.tls_version or pycurl.SSLVERSION_TLSv1_2)
    if profile.ca_file or not profile.ca_path:
        put(pycurl.CAINFO, profile.ca_file or _CA.cafile or _CA.openssl_cafile)
    if profile.ca_path or not profile.ca_file:
        put(pycurl.CAPATH, profile.ca_path or _CA.capath or _CA.openssl_capath)
    if profile.certificate:
        put(pycurl.SSLCERT, profile.certificate)
        put(pycurl.SSLKEY, profile.key or profile.certificate)
    if profile.ciphers:
        put(pycurl.SSL_CIPHER_LIST, profile.ciphers)


_OURS = frozenset((b"content-length", b"transfer-encoding", b"connection"))
"""What only the connection itself may say."""


def _lines(request: HttpRequest) -> list[bytes]:
    """The header lines of a request, as libcurl wants them; `Name:` keeps away what it would add by itself."""
    lines = []
    names = set()
    for name, value in request.fields:
        if name.lower() not in _OURS:
            lines.append(b"%b: %b" % (name, value) if value else name + b";")
            names.add(name.lower())
    return lines + [name + b":" for name in (b"Expect", b"Content-Type", b"User-Agent") if name.lower() not in names]
