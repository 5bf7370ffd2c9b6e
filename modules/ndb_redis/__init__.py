# -*- test-case-name: tests.integration.test_redis -*-
"""ndb_redis: commands of a Redis server, and their replies in $redis(...). The script waits, nothing else does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.logger import LogLevel

from sipapp.backend import Backends, Limits
from sipapp.errors import BackendError, RedisError
from sipapp.http.trusting import trusting
from sipapp.interfaces.script import IBinder
from sipapp.log import SEVERITIES, Logger
from sipapp.module import Access, ConfigError, Context, IServer, ScriptError, modparam, module, script_function
from sipapp.module import pseudo_variable as variable
from sipapp.modules.ndb_redis import alone
from sipapp.modules.ndb_redis.replies import REPLIES, TYPES, access
from sipapp.redis import Address, ErrorReply, RedisServer, RedisServers, Reply, parse_server
from sipapp.redis.commands import words
from sipapp.script.suspended import waited

log = Logger()

PIPES = "ndb_redis.pipes"
"""`ctx.extra[PIPES]`: server -> [(command, reply id)] of this run."""

DISABLED = -2
_MOST_PIPED = 1000
_ERROR = -1


@module("ndb_redis")
class NdbRedis:
    """Kamailio's module of this name, on txredisapi."""

    server_: list[Address] = modparam(
        default=[],
        name="server",
        parse=parse_server,
        doc="name=N;addr=HOST;port=6379;db=0;user=U;pass=P, or unix=PATH, or sentinel=HOST:PORT (several), "
        "sentinel_group=NAME and sentinel_master=0 for one of its replicas; tls=1 with TLS, then also ca=FILE, the CAs "
        "that are trusted, cert=FILE and key=FILE, what is shown to the server; sentinels are asked without TLS",
    )
    init_without_redis: int = modparam(default=0, doc="1: the server starts without them too, and asks them later")
    connect_timeout: int = modparam(default=1000, minimum=1, unit="ms", doc="for a connection")
    cmd_timeout: int = modparam(default=1000, minimum=1, unit="ms", doc="for the reply to a command")
    cluster: int = modparam(default=0, doc="1: the servers are nodes of a cluster: MOVED and ASK are followed")
    disable_time: int = modparam(default=0, minimum=0, unit="s", doc="how long a server that fails is asked nothing")
    allowed_timeouts: int = modparam(default=-1, doc="failures in a row after which that begins; -1: it never does")
    flush_on_reconnect: int = modparam(default=0, doc="1: FLUSHALL on each connection but the first")
    allow_dynamic_nodes: int = modparam(default=0, doc="1: nodes of a cluster need not be named")
    debug: int = modparam(default=3, doc="the level that replies are logged at, 3: debug; 4: not at all")
    ca_path: str | None = modparam(
        default=None, doc="folder, or file, of the CAs that are trusted with tls=1; the system's without it"
    )
    backend: list[tuple[str, Limits]] = modparam(
        default=[], parse=Limits.parse, doc="of sipapp: limits of a server, by its name, or of all others, *"
    )

    async def start(self, server: IServer) -> None:
        """Raises RedisError: a server that is wanted now is not there; ConfigError: its certificates are not."""
        addresses = [self._entered(address) for address in self.server_]
        self.clock = server.clock
        self.servers = RedisServers(
            server.reactor,
            server.transport.lookup,
            cluster=bool(self.cluster),
            dynamic=bool(self.allow_dynamic_nodes),
            connect_timeout=self.connect_timeout / 1000,
            command_timeout=self.cmd_timeout / 1000,
            trust=trusting(one.tls for one in addresses if one.tls is not None),
            greeting=[(b"FLUSHALL",)] if self.flush_on_reconnect else (),
        )
        self.backends = Backends(server.wheel, server.statistics, "ndb_redis", self.backend)
        self.failures: dict[str, int] = {}
        self.disabled_until: dict[str, float] = {}
        for address in addresses:
            one = self.servers.add(address)
            try:
                await one.command((b"PING",))
            except RedisError as why:
                if not self.init_without_redis:
                    raise
                log.warn("{why}; it is tried again later", why=str(why))

    def stop(self) -> None:
        self.servers.close()

    def _entered(self, address: Address) -> Address:
        """With the CAs of `ca_path`, where it wants TLS and names none itself."""
        profile = address.tls
        if profile is None or profile.ca_file or not self.ca_path:
            return address
        folder = Path(self.ca_path).is_dir()
        trusted = profile._replace(ca_path=self.ca_path) if folder else profile._replace(ca_file=self.ca_path)
        return replace(address, tls=trusted)

    # -- functions

    @script_function()
    async def redis_cmd(
        self,
        ctx: Context,
        srvname: bytes,
        command: bytes,
        arg1: bytes,
        arg2: bytes | None = None,
        arg3: bytes | None = None,
        replyid: bytes | None = None,
    ) -> int:
        """Send a command to a server and wait for its reply, which `$redis(replyid=>...)` then reads.

        The last argument is the id of the reply, those between the command and it take the places of `%s` in the
        command, blanks and all. Returns 1; -1 where the server says no (`$redis(replyid=>info)` has why), cannot be
        asked or does not answer in `cmd_timeout`.
        """
        *arguments, reply_id = [one for one in (arg1, arg2, arg3, replyid) if one is not None]
        one = self._server(srvname)
        if ctx.extra.get(PIPES, {}).get(one):
            log.info("redis_cmd() with commands in the pipe: they go first")
            await self._execute(ctx, one)
        ctx.extra.setdefault(REPLIES, {}).pop(reply_id, None)
        code, replies = await self._ask(ctx, one, [_words(command, arguments)])
        if code != 1:
            return _ERROR
        return self._keep(ctx, reply_id, replies[0])

    @script_function()
    def redis_pipe_cmd(
        self,
        ctx: Context,
        srvname: bytes,
        command: bytes,
        arg1: bytes,
        arg2: bytes | None = None,
        arg3: bytes | None = None,
        replyid: bytes | None = None,
    ) -> int:
        """Keep a command for redis_execute(); the arguments are those of redis_cmd(). Not in a cluster."""
        if self.cluster:
            raise ScriptError("redis_pipe_cmd() is not for clusters")
        *arguments, reply_id = [one for one in (arg1, arg2, arg3, replyid) if one is not None]
        pipe = ctx.extra.setdefault(PIPES, {}).setdefault(self._server(srvname), [])
        if len(pipe) >= _MOST_PIPED:
            raise ScriptError(f"more than {_MOST_PIPED} commands in the pipe")
        pipe.append((_words(command, arguments), reply_id))
        return 1

    @script_function()
    async def redis_execute(self, ctx: Context, srvname: bytes) -> int:
        """Send the commands that this run has kept for a server, all at once, and wait for their replies.

        Returns 1; -1: there are none, or the server cannot be asked; -2: it is disabled (`allowed_timeouts`).
        """
        if self.cluster:
            raise ScriptError("redis_execute() is not for clusters")
        return await self._execute(ctx, self._server(srvname))

    @script_function()
    def redis_free(self, ctx: Context, replyid: bytes) -> int:
        """Forget a reply: $redis(...) of it is null. With the run they all go by themselves."""
        return 1 if ctx.extra.get(REPLIES, {}).pop(replyid, REPLIES) is not REPLIES else -1

    @variable("redis", bind=True)
    def pv_redis(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$redis(id=>key): of a reply, its value (a string or a number), its type (see $redisd), its info (the text of
        a string, a status or an error), its size (of an array). value[n] and type[n] are those of an element, n may be
        a variable; an element that is an array has keys of its own: `$redis(r=>value[0]=>size)`."""
        if inner is None or index is not None:
            raise ConfigError("$redis: needs an id and a key: $redis(r=>value)")
        return access(inner, binder)

    @variable("redisd", bind=True)
    def pv_redisd(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$redisd(rpl_str): the number of a type: rpl_str 1, rpl_arr 2, rpl_int 3, rpl_nil 4, rpl_sts 5, rpl_err 6."""
        if inner not in TYPES or index is not None:
            raise ConfigError(f"$redisd: one of {', '.join(name.decode() for name in TYPES)} is expected")
        number = TYPES[inner]
        return Access(lambda ctx: number)

    # -- asking

    def _server(self, name: bytes) -> RedisServer:
        try:
            return self.servers.get(name.decode(errors="replace"))
        except ConfigError as why:
            raise ScriptError(why.reason) from None

    async def _execute(self, ctx: Context, one: RedisServer) -> int:
        pipe: list[tuple[list[bytes], bytes]] = ctx.extra.get(PIPES, {}).pop(one, [])
        if not pipe:
            log.warn("redis_execute() without commands in the pipe")
            return _ERROR
        code, replies = await self._ask(ctx, one, [command for command, _ in pipe])
        if code == 1:
            for (_, reply_id), reply in zip(pipe, replies, strict=True):
                self._keep(ctx, reply_id, reply)
        return code

    async def _ask(self, ctx: Context, one: RedisServer, commands: list[list[bytes]]) -> tuple[int, list[Reply]]:
        """1 and the replies, or a negative code."""
        name = one.address.name
        if self.clock.seconds() < self.disabled_until.get(name, 0.0):
            return DISABLED, []
        try:
            replies: list[Reply] = await self.backends.get(name).call(
                lambda: Deferred.fromCoroutine(self._replies(ctx, one, commands))
            )
        except (RedisError, BackendError) as why:
            log.error("{why}", why=str(why), waited=waited(ctx))
            self._failed(name)
            return _ERROR, []
        self.failures.pop(name, None)
        return 1, replies

    async def _replies(self, ctx: Context, one: RedisServer, commands: list[list[bytes]]) -> list[Reply]:
        if len(commands) > 1:
            return await one.commands(commands)
        (command,) = commands
        if alone.needed(one, command, ctx.extra):
            return [await alone.reply_of(one, command, ctx.extra)]
        return [await self.servers.command(one, command)]

    def _failed(self, name: str) -> None:
        failures = self.failures[name] = self.failures.get(name, 0) + 1
        if 0 <= self.allowed_timeouts < failures:
            self.failures.pop(name)
            self.disabled_until[name] = self.clock.seconds() + self.disable_time
            log.warn("redis {name} is disabled for {seconds} s", name=name, seconds=self.disable_time)

    def _keep(self, ctx: Context, reply_id: bytes, reply: Reply) -> int:
        ctx.extra.setdefault(REPLIES, {})[reply_id] = reply
        if self.debug <= SEVERITIES[LogLevel.debug]:
            log.emit(LogLevel.debug, "{id}: {reply!r}", id=reply_id.decode(), reply=reply, severity=self.debug)
        if isinstance(reply, ErrorReply):
            log.error("Redis error: {error}", error=reply.decode(errors="replace"))
            return _ERROR
        return 1


def _words(command: bytes, arguments: Sequence[bytes]) -> list[bytes]:
    try:
        return words(command, arguments)
    except RedisError as why:
        raise ScriptError(str(why)) from None
