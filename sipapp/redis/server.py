# -*- test-case-name: tests.redis.test_server -*-
"""server: one Redis server: a connection that all share, others for those who need one alone, made when needed.

Commands of all calls go out on one connection without waiting for each other's replies. A connection that is lost is
made again by the next command; what was under way is tried once more, as Kamailio does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import txredisapi
from twisted.internet.endpoints import UNIXClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectError, DNSLookupError

from sipapp.backend.names import Lookup, NamedHost
from sipapp.backend.shared import SharedConnection, quiet
from sipapp.errors import RedisError, RedisTimeout
from sipapp.interfaces.http import Profile
from sipapp.log import Logger
from sipapp.redis.address import Address
from sipapp.redis.cluster import Nodes, master_of, ranges
from sipapp.redis.protocol import Connection, ErrorReply, Reply

log = Logger()

Command = Sequence[bytes]

_LOST = (txredisapi.ConnectionError, ConnectError, DNSLookupError, OSError)


class RedisServer:
    """`lookup` asks name servers; `trust` makes TLS options of a profile for a host, where the address wants TLS. Times
    are in seconds."""

    def __init__(
        self,
        reactor: Any,
        address: Address,
        lookup: Lookup,
        *,
        connect_timeout: float = 1.0,
        command_timeout: float = 1.0,
        trust: Callable[[Profile, str], Any] | None = None,
        greeting: Sequence[Command] = (),
    ) -> None:
        self.address = address
        self.greeting = greeting  # commands of every connection but the first
        self._reactor = reactor
        self._lookup = lookup
        self._connect_timeout = connect_timeout
        self._command_timeout = command_timeout
        self._trust = trust
        self._shared: SharedConnection[Connection] = SharedConnection(self.connect, lambda one: bool(one.connected))
        self._nodes = Nodes(address.cluster)
        self._connected_before = False
        self.closed = False

    # -- asking

    async def command(self, command: Command, asking: bool = False) -> Reply:
        """The reply, an ErrorReply too. asking: it follows an ASK of a cluster.

        Raises RedisError: no connection; RedisTimeout: no reply in time.
        """
        return (await self.commands([(b"ASKING",), command] if asking else [command]))[-1]

    async def commands(self, commands: Sequence[Command]) -> list[Reply]:
        """The replies to several, sent together. A second try has what the first has left of the time."""
        left = self._command_timeout
        for again in (True, False):
            connection = await self._ready()
            began = self._reactor.seconds()
            try:
                return await self.on(connection, commands, left)
            except RedisError as why:
                left -= self._reactor.seconds() - began
                if not again or isinstance(why, RedisTimeout):
                    raise
        raise AssertionError("unreachable")

    async def on(
        self, connection: Connection, commands: Sequence[Command], seconds: float | None = None
    ) -> list[Reply]:
        """The same on a connection of one's own; seconds: instead of the usual time."""
        late = False

        def too_late() -> None:
            nonlocal late
            late = True
            connection.abort()  # its replies could not be told apart any more from those that are still to come

        try:
            replies = [connection.execute_command(*command) for command in commands]
        except txredisapi.ConnectionError as why:
            raise RedisError(f"{self.address.name}: {why}") from None
        alarm = self._reactor.callLater(self._command_timeout if seconds is None else max(seconds, 0.0), too_late)
        try:
            return [await reply for reply in replies]
        except txredisapi.ConnectionError:
            if late:
                raise RedisTimeout(f"{self.address.name}: no reply in {self._command_timeout:g} s") from None
            raise RedisError(f"{self.address.name}: {connection.why_lost}") from None
        finally:
            if alarm.active():
                alarm.cancel()
            for reply in replies:
                reply.addErrback(lambda _: None)
                reply.cancel()

    # -- connections

    async def _ready(self) -> Connection:
        if self.closed:
            raise RedisError(f"{self.address.name}: closed")
        return await self._shared.get()

    async def connect(self) -> Connection:
        """A new connection, entered and with its database chosen. Raises RedisError."""
        address = self.address
        try:
            host, port = await self._where()
            connection: Connection = await self._endpoint(host, port).connect(quiet(Connection))
        except _LOST as why:
            raise RedisError(f"{address.name}: cannot connect to {address}: {why}") from None
        for command in self._first_commands():
            (reply,) = await self.on(connection, [command])
            if isinstance(reply, ErrorReply):
                connection.abort()
                raise RedisError(f"{address.name}: {command[0].decode()}: {reply.decode(errors='replace')}")
        self._connected_before = True
        return connection

    def _first_commands(self) -> list[Command]:
        address = self.address
        commands: list[Command] = []
        if address.password is not None:
            user = [address.user.encode()] if address.user else []
            commands.append([b"AUTH", *user, address.password.encode()])
        if address.db:
            commands.append([b"SELECT", b"%d" % address.db])
        if self._connected_before:
            commands += self.greeting
        return commands

    def _endpoint(self, host: str, port: int) -> Any:
        if self.address.unix:
            return UNIXClientEndpoint(self._reactor, self.address.unix, self._connect_timeout)
        endpoint: Any = NamedHost(self._reactor, self._lookup, host, port, self._connect_timeout)
        if self.address.tls is not None:
            assert self._trust is not None
            endpoint = wrapClientTLS(self._trust(self.address.tls, host), endpoint)
        return endpoint

    async def _where(self) -> tuple[str, int]:
        """Where it is now. Raises RedisError: nobody knows."""
        if self.address.sentinels:
            return await self._told_by_sentinel()
        if self.address.cluster:
            return await self._told_by_node()
        return self.address.host, self.address.port

    async def _told_by_sentinel(self) -> tuple[str, int]:
        """What the first sentinel that knows says. Raises RedisError."""
        address = self.address
        question = b"get-master-addr-by-name" if address.master else b"replicas"
        for host, port in address.sentinels:
            sentinel = Address(f"sentinel {host}:{port}", host, port)
            try:
                found = _told(await self._ask_other(sentinel, b"SENTINEL", question, address.group.encode()))
            except RedisError as why:
                log.info("{why}", why=str(why))
                continue
            if found is not None:
                return found
        raise RedisError(f"{address.name}: no sentinel knows where {address.group} is")

    async def _told_by_node(self) -> tuple[str, int]:
        """The master of the slot, as the first node says that knows. Raises RedisError."""
        why = "nobody has the slot"
        for _ in range(len(self._nodes)):
            host, port = teller = self._nodes.next()
            node = replace(self.address, name=f"node {host}:{port}", host=host, port=port, cluster=())
            try:
                found = ranges(await self._ask_other(node, b"CLUSTER", b"SLOTS"), teller)
            except (RedisError, ValueError) as reason:
                why = str(reason)
                log.info("{node}: {why}", node=node.name, why=why)
                continue
            self._nodes.learn(found)
            master = master_of(self.address.slot, found)
            if master is not None:
                return master
        raise RedisError(f"{self.address.name}: no node of the {self.address} knows the master: {why}")

    async def _ask_other(self, address: Address, *command: bytes) -> Reply:
        """One question to another server. Raises RedisError."""
        other = RedisServer(
            self._reactor,
            address,
            self._lookup,
            connect_timeout=self._connect_timeout,
            command_timeout=self._command_timeout,
            trust=self._trust,
        )
        try:
            return await other.command(command)
        finally:
            other.close()

    def close(self) -> None:
        self.closed = True
        self._shared.close()
        if self._shared.present is not None:
            self._shared.present.abort()


def _told(reply: Reply) -> tuple[str, int] | None:
    """A sentinel's answer: [address, port], or a list of replicas, each a list of names and values."""
    if not isinstance(reply, list) or not reply:
        return None
    if isinstance(reply[0], bytes):
        return reply[0].decode(), int(reply[1])
    for replica in reply:
        facts = dict(zip(replica[::2], replica[1::2], strict=False))
        if not {b"s_down", b"o_down", b"disconnected"} & set(facts.get(b"flags", b"").split(b",")):
            return facts[b"ip"].decode(), int(facts[b"port"])
    return None
