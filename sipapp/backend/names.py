# -*- test-case-name: tests.backend.test_names -*-
"""names: TCP connections to a host by name: looked up as the rest of the server does, never in a thread; of several
addresses, the first that answers. RFC 8305 in short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import CancelledError, Deferred, DeferredList, maybeDeferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.failure import Failure
from zope.interface import implementer

Lookup = Callable[[str, str], Any]
"""(kind, name) -> addresses as texts, or a Deferred of them: ITransportLayer.lookup."""

_DELAY = 0.2  # s that one address has before the next is tried beside it


def addresses(lookup: Lookup, host: str) -> Deferred[list[str]]:
    """A before AAAA: whoever has both mostly does better by the first. Never fails, but where it is cancelled."""
    asked: list[Deferred[Any]] = [maybeDeferred(lookup, kind, host) for kind in ("A", "AAAA")]

    def cancel(waiting: Deferred[list[str]]) -> None:
        waiting.errback(CancelledError())
        for one in asked:
            one.cancel()

    def known(results: Any) -> None:
        if not found.called:
            found.callback([str(address) for good, some in results if good for address in some])

    found: Deferred[list[str]] = Deferred(cancel)
    DeferredList(asked, consumeErrors=True).addCallback(known)
    return found


@implementer(IStreamClientEndpoint)
class NamedHost:
    """A host's port. timeout: s for each address; local: (address, port) to come from."""

    def __init__(
        self, reactor: Any, lookup: Lookup, host: str, port: int, timeout: float, local: tuple[str, int] | None = None
    ) -> None:
        self._reactor = reactor
        self._lookup = lookup
        self._host = host
        self._port = port
        self._timeout = timeout
        self._local = local
        self.looked_up = 0.0  # s of the reactor: when its addresses were known

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """Fails as the last address did; with DNSLookupError where there is none."""
        if isIPAddress(self._host) or isIPv6Address(self._host):
            return self._endpoint(self._host).connect(protocolFactory)  # type: ignore[no-any-return]
        return addresses(self._lookup, self._host).addCallback(self._race, protocolFactory)

    def _race(self, known: Sequence[str], factory: Any) -> Deferred[Any]:
        self.looked_up = self._reactor.seconds()
        if not known:
            raise DNSLookupError(f"no address of {self._host}")
        return _Race(self._reactor, [self._endpoint(one) for one in known], factory).won

    def _endpoint(self, address: str) -> Any:
        kind = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
        return kind(self._reactor, address, self._port, self._timeout, self._local)


class _Race:
    """One after the other is tried, the next as soon as one fails, or is slow; the first that connects wins."""

    def __init__(self, clock: Any, endpoints: list[Any], factory: Any) -> None:
        self._clock = clock
        self._left = endpoints
        self._factory = factory
        self._running: set[Deferred[Any]] = set()
        self._alarm: Any = None
        self._over = False
        self.won: Deferred[Any] = Deferred(lambda _: self._stop())
        self._next()

    def _next(self) -> None:
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()
        trying = self._left.pop(0).connect(self._factory)
        self._running.add(trying)
        self._alarm = self._clock.callLater(_DELAY, self._next) if self._left else None
        trying.addCallbacks(self._connected, self._lost, callbackArgs=(trying,), errbackArgs=(trying,))

    def _connected(self, protocol: Any, trying: Deferred[Any]) -> None:
        self._running.discard(trying)
        if self._over:
            protocol.transport.abortConnection()
            return
        self._stop()
        self.won.callback(protocol)

    def _lost(self, failure: Failure, trying: Deferred[Any]) -> None:
        self._running.discard(trying)
        if self._over:
            return
        if self._left:
            self._next()
        elif not self._running:
            self.won.errback(failure)

    def _stop(self) -> None:
        self._over = True
        self._left = []
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()
        for trying in list(self._running):
            trying.cancel()
