# -*- test-case-name: tests.modules.ctl.test_protocol -*-
"""protocol: binrpc over streams and datagrams: each request goes to the dispatcher, its answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import DatagramProtocol, Protocol, ServerFactory
from twisted.python.failure import Failure

from sipapp.errors import ParseError, RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.log import Logger
from sipapp.modules.ctl import binrpc

if TYPE_CHECKING:
    from sipapp.modules.ctl.place import Place

log = Logger()


def answer(rpc: IRpc, packet: binrpc.Packet) -> Deferred[bytes]:
    """The bytes of the answer. Fails only by cancelling."""
    method, *parameters = packet.records or [""]

    def failed(failure: Failure) -> bytes:
        error = failure.value
        if not isinstance(error, RpcFault):
            failure.raiseException()
        assert isinstance(error, RpcFault)
        return binrpc.fault(packet.cookie, error.code if error.code > 0 else 500, error.reason)

    running = rpc.call(str(method), parameters)
    return running.addCallbacks(lambda result: binrpc.reply(packet.cookie, result), failed)


class Stream(Protocol):
    """One client. When it is gone, so is what its commands wait for."""

    transport: Any

    def __init__(self, factory: Streams) -> None:
        self.factory = factory
        self._data = b""
        self._running: dict[Deferred[bytes], None] = {}

    def connectionMade(self) -> None:
        self.factory.clients[self] = None

    def dataReceived(self, data: bytes) -> None:
        self._data += data
        try:
            while (found := binrpc.read_packet(self._data)) is not None:
                packet, length = found
                self._data = self._data[length:]
                running = answer(self.factory.rpc, packet)
                self._running[running] = None
                running.addBoth(self._done, running)
        except ParseError as why:
            log.warn("a client of {place} is cut off: {why}", place=self.factory.place, why=why)
            self.transport.abortConnection()

    def _done(self, result: bytes | Failure, running: Deferred[bytes]) -> None:
        self._running.pop(running, None)
        if isinstance(result, bytes) and self.connected:
            self.transport.write(result)

    def connectionLost(self, reason: Failure = Failure(Exception("gone"))) -> None:  # noqa: B008
        self.factory.clients.pop(self, None)
        for running in list(self._running):
            running.cancel()


class Streams(ServerFactory):
    """The clients of one place."""

    noisy = False

    def __init__(self, rpc: IRpc, place: Place) -> None:
        self.rpc = rpc
        self.place = place
        self.clients: dict[Stream, None] = {}

    def buildProtocol(self, address: Any) -> Stream:
        return Stream(self)


class Datagrams(DatagramProtocol):
    """A request is one datagram, its answer another."""

    noisy = False
    transport: Any

    def __init__(self, rpc: IRpc, place: Place) -> None:
        self.rpc = rpc
        self.place = place
        self.clients: dict[Any, None] = {}  # nobody stays

    def datagramReceived(self, data: bytes, address: Any) -> None:
        try:
            found = binrpc.read_packet(data)
        except ParseError as why:
            log.warn("a datagram to {place} is none of ours: {why}", place=self.place, why=why)
            return
        if found is not None and address is not None:
            answer(self.rpc, found[0]).addCallback(self._send, address)

    def _send(self, data: bytes, address: Any) -> None:
        if self.transport is not None:
            self.transport.write(data, address)
