# -*- test-case-name: tests.sockets.test_rpc_unix -*-
"""unix: JSON-RPC over a UNIX socket: one request a line, one response a line, in the order in which they are ready."""

from __future__ import annotations

import os
import select
import socket
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import ServerFactory
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import LocalError
from sipapp.interfaces.rpc import IRpc
from sipapp.log import Logger
from sipapp.rpc.jsonrpc import answer

log = Logger()

LONGEST = 1 << 20  # bytes of one request


@implementer(IHalfCloseableProtocol)
class RpcProtocol(LineReceiver):
    """One client. When it is gone, so is what its commands wait for. One that has only ended its input, as a pipe into
    socat does, gets its answers."""

    transport: Any
    delimiter = b"\n"
    MAX_LENGTH = LONGEST

    def __init__(self, factory: RpcFactory) -> None:
        self.factory = factory
        self._running: dict[Deferred[bytes], None] = {}
        self._asks_no_more = False

    def connectionMade(self) -> None:
        self.factory.clients.add(self)

    def lineReceived(self, line: bytes) -> None:
        if not line.strip():
            return
        running = answer(self.factory.rpc, line)
        self._running[running] = None
        running.addBoth(self._done, running)

    def _done(self, result: bytes | Failure, running: Deferred[bytes]) -> None:
        self._running.pop(running, None)
        if isinstance(result, Failure):
            return
        if result and self.connected:
            self.transport.write(result + b"\n")
        if self._asks_no_more and not self._running:
            self.transport.loseConnection()

    def readConnectionLost(self) -> None:
        self._asks_no_more = True
        if not self._running or _gone(self.transport.fileno()):
            self.transport.loseConnection()

    def writeConnectionLost(self) -> None:
        self.transport.loseConnection()

    def lineLengthExceeded(self, line: bytes) -> None:
        log.warn("an RPC request of more than {longest} bytes: its client is cut off", longest=LONGEST)
        self.transport.loseConnection()

    def connectionLost(self, reason: Failure = Failure(Exception("gone"))) -> None:  # noqa: B008
        self.factory.lost(self)
        for running in list(self._running):
            running.cancel()


class RpcFactory(ServerFactory):
    """Clients of one dispatcher."""

    noisy = False

    def __init__(self, rpc: IRpc) -> None:
        self.rpc = rpc
        self.clients: set[RpcProtocol] = set()
        self._empty: Deferred[None] | None = None

    def buildProtocol(self, address: Any) -> RpcProtocol:
        return RpcProtocol(self)

    def lost(self, client: RpcProtocol) -> None:
        """A client is gone."""
        self.clients.discard(client)
        if not self.clients and self._empty is not None:
            empty, self._empty = self._empty, None
            empty.callback(None)

    def close(self) -> Deferred[None]:
        """Cut off every client; fires when the last one is gone."""
        if not self.clients:
            return succeed(None)
        self._empty = Deferred()
        for client in list(self.clients):
            client.transport.abortConnection()
        return self._empty


class RpcSocket:
    """The listening socket. Only the user that the server runs as may connect."""

    def __init__(self, path: str, rpc: IRpc, reactor: Any) -> None:
        self.path = path
        self._factory = RpcFactory(rpc)
        self._reactor = reactor
        self._port: Any = None

    def listen(self) -> None:
        """Raises LocalError: it cannot be had, or another server has it."""
        if not os.access(os.path.dirname(self.path) or ".", os.W_OK):
            raise LocalError(f"rpc_socket {self.path}: its folder is missing, or may not be written to")
        _remove_stale(self.path)
        umask = os.umask(0o177)  # never open to others, not even for a moment
        try:
            self._port = self._reactor.listenUNIX(self.path, self._factory, mode=0o600)
        except (CannotListenError, OSError) as why:
            raise LocalError(f"rpc_socket {self.path}: {why}") from None
        finally:
            os.umask(umask)

    def close(self) -> Deferred[Any]:
        """Stop listening; the file goes too."""
        port, self._port = self._port, None
        stopped = maybeDeferred(port.stopListening) if port is not None else succeed(None)
        return stopped.addCallback(lambda _: self._factory.close())


def _gone(descriptor: int) -> bool:
    """Whether the other side has closed its end, not its input alone."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return bool(poll.poll(0))  # POLLHUP, which is told unasked


def _remove_stale(path: str) -> None:
    """A socket that a killed server has left behind. Raises LocalError: somebody answers there."""
    asker = socket.socket(socket.AF_UNIX)
    try:
        asker.connect(path)
    except ConnectionRefusedError:
        os.unlink(path)
    except OSError:
        return
    else:
        raise LocalError(f"rpc_socket {path}: another server listens there")
    finally:
        asker.close()
