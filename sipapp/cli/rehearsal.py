# -*- test-case-name: tests.cli.test_rehearsal -*-
"""rehearsal: a whole server without a socket: what it sends is told instead, and its time passes when it may."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from threading import enumerate as threads
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.internet.error import ConnectError
from twisted.internet.task import Clock
from twisted.names import dns
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.assemble import Assembly
from sipapp.ids import CountedIds
from sipapp.interfaces.transport import Failed, Flow, ISender, Socket
from sipapp.message.build import response
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.script.suspended import Waiting
from sipapp.server import Server
from sipapp.transport.addresses import InterfaceAddress, numeric
from sipapp.transport.listen import plan

PROTOCOLS = ("udp", "tcp", "tls", "ws", "wss")
OURS = "192.0.2.100"
"""The address that stands for this machine where the script names none."""

_PATIENCE = 0.3
"""How long a thread is waited for, in seconds of real time."""

_AT_ONCE = 1000  # things that may happen at one moment, before that is called endless

Sent = Callable[[bytes, Flow], None]
Named = Callable[[str, str], None]


class _Stream:
    """A connection that never breaks."""

    id = 1
    closed = False
    ended = ""


@implementer(ISender)
class _Teller:
    """A socket of ours on no network."""

    def __init__(self, socket: Socket, rehearsal: Rehearsal) -> None:
        self._socket = socket
        self._rehearsal = rehearsal

    def send(self, data: bytes, flow: Flow, failed: Failed | None = None, flags: int = 0) -> None:
        self._rehearsal.sent(data, flow)
        if self._rehearsal.answer and not data.startswith((b"SIP/2.0 ", b"ACK ")):
            self._rehearsal.clock.callLater(0, self._rehearsal.answered, data, flow)

    def flow_to(self, host: str, port: int) -> Flow | None:
        return Flow(self._socket, host, port, _Stream()) if self._socket.reliable else None

    def close(self) -> None:
        """Nothing is open."""


class _Alone(Clock):
    """A reactor with a clock of its own and no network. What others would leave to threads is done at once; a thread
    that somebody has made himself is waited for, a little."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._strangers = set(threads())

    def hear_threads(self) -> bool:
        """Do what a thread asks for; false where there is none, or it asks for nothing."""
        if self._strangers.issuperset(threads()):
            return False
        try:
            self._calls.get(timeout=_PATIENCE)()
        except Empty:
            return False
        return True

    def callFromThread(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        self._calls.put(partial(work, *arguments, **named))

    def getThreadPool(self) -> _Alone:
        return self

    def callInThread(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        work(*arguments, **named)

    def callInThreadWithCallback(
        self, done: Callable[[bool, Any], None], work: Callable[..., Any], *arguments: Any, **named: Any
    ) -> None:
        try:
            result = work(*arguments, **named)
        except Exception:
            done(False, Failure())
        else:
            done(True, result)
        while not self._calls.empty():
            self._calls.get()()

    def connectTCP(self, host: str, port: int, factory: Any, *_: Any, **__: Any) -> None:
        why = ConnectError(string=f"a rehearsal has no network: {host}:{port}")
        self.callLater(0, factory.clientConnectionFailed, None, Failure(why))

    def connectUNIX(self, address: str, factory: Any, *_: Any, **__: Any) -> None:
        why = ConnectError(string=f"a rehearsal connects to nobody: {address}")
        self.callLater(0, factory.clientConnectionFailed, None, Failure(why))

    def spawnProcess(self, protocol: Any, executable: Any, arguments: Any, **_: Any) -> None:
        raise OSError(f"a rehearsal runs no commands: {arguments[-1]!r}")


class _MadeUpNames:
    """As much of an IResolver as the transport layer asks: every name has one address, and there is nothing else."""

    def __init__(self, named: Named) -> None:
        self._named = named
        self._addresses: dict[str, str] = {}

    def lookupAddress(self, name: bytes) -> Deferred[Any]:
        text = name.decode("ascii", "replace")
        if text not in self._addresses:
            self._addresses[text] = f"203.0.113.{len(self._addresses) % 254 + 1}"
            self._named(text, self._addresses[text])
        record = dns.RRHeader(name, dns.A, ttl=3600, payload=dns.Record_A(self._addresses[text]))
        return succeed(([record], [], []))

    def nothing(self, name: bytes) -> Deferred[Any]:
        return succeed(([], [], []))

    lookupIPV6Address = lookupService = lookupNamingAuthorityPointer = lookupPointer = nothing


class Rehearsal:
    """Runs an assembled script. `sent(data, flow)` is told of each message that would go out, `named(name, address)`
    of the address that a name is given. answer: the status that each request is answered with; 0: none is.

    Raises SipAppError, OSError, ...: whatever keeps the server from starting.
    """

    def __init__(self, assembly: Assembly, sent: Sent, named: Named, answer: int = 0) -> None:
        self.sent = sent
        self.answer = answer
        self.clock = _Alone()
        assembly.config.store = ""  # tables that others use are none of its business
        self.server = Server(assembly, self.clock, ids=CountedIds())
        self.server.transport.dns.answer_by(_MadeUpNames(named))
        ours = [InterfaceAddress("eth0", OURS)]
        for endpoint in plan(self.server.transport.settings, PROTOCOLS, _addresses, lambda _: ours):
            socket = Socket(*endpoint[:5], name=endpoint.name, virtual=endpoint.virtual)
            self.server.transport.add_socket(socket, _Teller(socket, self), endpoint.names)
        self._settle(self.server.start(bind=False))

    def receive(self, data: bytes, proto: str, host: str, port: int) -> None:
        """A message comes in, on the first socket of that protocol; on the first of all where there is none such."""
        sockets = self.server.transport.sockets
        socket = next((s for s in sockets if s.proto == proto), sockets[0])
        self.server.transport.receive(data, Flow(socket, host, port, _Stream() if socket.reliable else None))
        self._now()

    def answered(self, data: bytes, flow: Flow) -> None:
        """Whoever got this request answers it. RFC 3261 §8.2.6."""
        request = parse(data)
        assert isinstance(request, Request)
        request.flow = flow
        status = 200 if request.method == b"CANCEL" else self.answer
        self.server.transport.receive(response(request, status, b"Rehearsed", b"rehearsed"), flow)

    def waiting(self) -> list[Waiting]:
        """The scripts that are suspended."""
        return list(self.server.suspended.rows())

    def step(self, latest: float) -> bool:
        """Go on to the next moment at which something is due; false where that is none, or later than `latest` (s)."""
        if latest > self.clock.seconds() and self.clock.hear_threads():
            self._now()
            return True
        due = min((call.getTime() for call in self.clock.getDelayedCalls()), default=None)
        if due is None or due > latest:
            return False
        self.clock.advance(max(0.0, due - self.clock.seconds()))
        self._now()
        return True

    def _now(self) -> None:
        """Whatever is due without delay."""
        for _ in range(_AT_ONCE):
            now = self.clock.seconds()
            if not any(call.getTime() <= now for call in self.clock.getDelayedCalls()):
                return
            self.clock.advance(0)

    def close(self) -> None:
        """Stop the server."""
        self._settle(self.server.stop())

    def _settle(self, starting: Any) -> None:
        """Wait for what starts or stops, whatever time that takes."""
        found: list[Any] = []
        settled: Deferred[Any] = ensureDeferred(starting)
        settled.addBoth(found.append)
        while not found and self.step(float("inf")):
            pass
        if not found:
            raise RuntimeError("a module waits for what a rehearsal does not have: a network, a thread, a process")
        if isinstance(found[0], Failure):
            found[0].raiseException()


def _addresses(name: str) -> list[str]:
    """Names of ours are not looked up."""
    return [numeric(name) or OURS]
