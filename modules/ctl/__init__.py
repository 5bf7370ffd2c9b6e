# -*- test-case-name: tests.modules.ctl.test_ctl -*-
"""ctl: Kamailio's own remote control: what kamcmd connects to."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.error import CannotListenError
from zope.interface import implementer

from sipapp.errors import LocalError
from sipapp.interfaces.rpc import IRpc
from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.log import Logger
from sipapp.module import ConfigError, modparam, module, rpc_command
from sipapp.module.owner import group_id, user_id
from sipapp.modules.ctl.place import Place, parse_place
from sipapp.modules.ctl.protocol import Datagrams, Streams

log = Logger()


def _mode(value: int | str) -> int:
    """`0600` of the script, which is octal; a quoted one, too. Raises ConfigError."""
    try:
        return int(value, 8) if isinstance(value, str) else value
    except ValueError:
        raise ConfigError(f"a file mode is an octal number, not {value!r}") from None


@implementer(IAfterStart)
@module("ctl")
class Ctl:
    """The same commands as over `rpc_socket`, in binrpc."""

    binrpc: list[Place] = modparam(
        default=(),
        parse=parse_place,
        doc="where to listen: unixs:/path, unixd:/path, tcp:host:port, udp:host:port; one each. None: "
        "unixs:RUNDIR/kamailio_ctl, if that can be had",
    )
    fifo: list[str] = modparam(default=(), doc="without effect: kamcmd and its like speak binrpc")
    mode: int | str = modparam(default=0o600, parse=_mode, doc="who may use the UNIX sockets, as a file mode")
    user: int | str = modparam(default=-1, parse=user_id, doc="whose the UNIX sockets are, a number or a name")
    group: int | str = modparam(default=-1, parse=group_id, doc="the group that they belong to, a number or a name")
    autoconversion: int = modparam(default=0, doc="without effect: texts and numbers are always taken for each other")
    binrpc_max_body_size: int = modparam(default=32, minimum=0, doc="without effect: answers are as long as they are")
    binrpc_struct_max_body_size: int = modparam(default=8, minimum=0, doc="without effect, as above")
    binrpc_buffer_size: int = modparam(default=1024, minimum=0, doc="without effect, as above")

    def start(self, server: IServer) -> None:
        self.server = server
        self.open: list[tuple[Place, Any, Any]] = []  # place, protocol or factory, port

    def started(self) -> None:
        """Called by the server once all modules are started. Raises LocalError: a place cannot be had."""
        if not hasattr(self.server.reactor, "listenUNIX"):
            return  # in a test: a clock without sockets
        if self.server.worker > 1:
            return  # one worker answers for all
        if self.binrpc:
            for place in self.binrpc:
                self._listen(place)
            return
        usual = Place("unixs", os.path.join(self.server.config.rundir, "kamailio_ctl"))
        try:
            self._listen(usual)
        except LocalError as why:
            log.warn("kamcmd has nothing to connect to: {why}", why=why)

    def _listen(self, place: Place) -> None:
        rpc = self.server.get(IRpc)
        reactor = self.server.reactor
        served: Any = Streams(rpc, place) if place.kind in ("unixs", "tcp") else Datagrams(rpc, place)
        try:
            if place.kind == "tcp":
                port = reactor.listenTCP(place.port, served, interface=place.name)
            elif place.kind == "udp":
                port = reactor.listenUDP(place.port, served, interface=place.name)
            else:
                port = self._listen_unix(place, served)
        except (CannotListenError, OSError) as why:
            raise LocalError(f"ctl cannot listen on {place}: {why}") from None
        self.open.append((place, served, port))

    def _listen_unix(self, place: Place, served: Any) -> Any:
        """Raises OSError, CannotListenError."""
        path = Path(place.name)
        if not os.access(path.parent, os.W_OK):
            raise OSError(f"{path.parent} is missing, or may not be written to")
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()  # Kamailio's way: the last one to start has it
        listen = self.server.reactor.listenUNIX if place.kind == "unixs" else self.server.reactor.listenUNIXDatagram
        umask = os.umask(0o177)
        try:
            port = listen(place.name, served, mode=int(self.mode))
        finally:
            os.umask(umask)
        os.chown(place.name, int(self.user), int(self.group))
        return port

    def stop(self) -> Deferred[Any]:
        """Every client is cut off."""
        opened, self.open = self.open, []
        for _, served, _ in opened:
            for client in list(served.clients):
                client.transport.abortConnection()
        return gatherResults([maybeDeferred(port.stopListening) for _, _, port in opened])

    # -- RPC

    @rpc_command("ctl.listen")
    def rpc_listen(self) -> list[str]:
        """Where ctl listens: protocol, transport, path or host, and port of each."""
        return [part for place, _, _ in self.open for part in place.shown]

    @rpc_command("ctl.connections")
    def rpc_connections(self) -> int:
        """How many clients are connected."""
        return sum(len(served.clients) for _, served, _ in self.open)

    @rpc_command("ctl.who")
    def rpc_who(self) -> list[str]:
        """Who is connected: protocol, transport, the client's address and port, ours."""
        found: list[str] = []
        for place, served, _ in self.open:
            for client in served.clients:
                peer = client.transport.getPeer()
                protocol, transport, name, port = place.shown
                host = getattr(peer, "host", "<anonymous unix socket>")
                found += [protocol, transport, host, str(getattr(peer, "port", "")), name, port]
        return found
