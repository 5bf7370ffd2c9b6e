# -*- test-case-name: tests.integration.test_cachedb_redis -*-
"""cachedb_redis: values for OpenSIPS' cache_*() functions, in Redis: `redis`, `redis:NAME`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote

from zope.interface import implementer

from sipapp.errors import RedisError
from sipapp.http.trusting import tls_domain, trusting
from sipapp.interfaces.cache import ICache
from sipapp.interfaces.http import Profile
from sipapp.log import Logger
from sipapp.module import ConfigError, IServer, ScriptError, modparam, module
from sipapp.module.caches import CacheFunctions
from sipapp.redis import Address, ErrorReply, RedisServer, RedisServers, Reply
from sipapp.redis.address import PORT, place
from sipapp.redis.commands import words

log = Logger()

_URL = re.compile(r"redis(?::([^:/]*))?://(?:([^@/]*)@)?([^/?]+)(?:/([0-9]*))?/?(?:\?(.*))?").fullmatch


class Group(NamedTuple):
    """Servers that are tried in turn; `domain`: of their TLS, if they have one."""

    name: str
    addresses: list[Address]
    domain: str


def _url(text: str) -> Group:
    """`redis:group://user:password@host:port,host2/db?tls_domain=name`. Raises ConfigError."""
    match = _URL(text.strip())
    if match is None:
        raise ConfigError(f"not redis:GROUP://[USER:PASSWORD@]HOST:PORT/DB: {text.partition('@')[2] or text!r}")
    group, login, hosts, db, options = match.groups()
    option, _, domain = (options or "").partition("=")
    if options and (option != "tls_domain" or not domain):
        raise ConfigError(f"not tls_domain=NAME: {options!r}")
    user, _, password = (login or "").rpartition(":")
    found = []
    for host in hosts.split(","):
        name, port = place(host.strip(), PORT)
        found.append(
            Address(group or "", name, port, int(db or 0), unquote(user) or None, unquote(password) if login else None)
        )
    return Group(group or "", found, domain)


@implementer(ICache)
@module("cachedb_redis")
class CachedbRedis(CacheFunctions):
    """OpenSIPS' module of this name."""

    scheme = "redis"
    cachedb_url: list[Group] = modparam(
        default=[],
        parse=_url,
        doc="a server, or several: redis:GROUP://USER:PASSWORD@HOST:PORT/DB; ?tls_domain=NAME at the end: with TLS",
    )
    connect_timeout: int = modparam(default=5000, minimum=1, unit="ms", doc="for a connection")
    query_timeout: int = modparam(default=5000, minimum=1, unit="ms", doc="for an answer")
    shutdown_on_error: int = modparam(default=0, doc="1: the server does not start without them")
    use_tls: int = modparam(default=0, doc="1: there are URLs with a tls_domain")
    client_tls: list[tuple[str, dict[str, str]]] = modparam(
        default=[],
        parse=tls_domain,
        doc="of sipapp: NAME=>ca=FILE;certificate=FILE;key=FILE, what tls_domain=NAME trusts (the system's CAs without "
        "ca) and shows to the server",
    )
    lazy_connect: int = modparam(default=0, doc="1: they are not tried before the first command")

    async def start(self, server: IServer) -> None:
        """Raises RedisError: a server that is wanted now is not there; ConfigError: its TLS domain cannot be used."""
        profiles = {group.name: self._profile(group) for group in self.cachedb_url}
        self.server = server
        self.servers = RedisServers(
            server.reactor,
            server.transport.lookup,
            cluster=True,
            dynamic=True,
            connect_timeout=self.connect_timeout / 1000,
            command_timeout=self.query_timeout / 1000,
            trust=trusting(one for one in profiles.values() if one is not None),
        )
        self.groups: dict[str, list[RedisServer]] = {}
        for name, addresses, _ in self.cachedb_url:
            self.groups[name] = [self._joined(replace(address, tls=profiles[name])) for address in addresses]
        if not self.lazy_connect:
            await self._try_all()

    def _profile(self, group: Group) -> Profile | None:
        if not group.domain:
            return None
        domains = dict(self.client_tls)
        if not self.use_tls or group.domain not in domains:
            missing = "client_tls defines none" if self.use_tls else "it wants use_tls=1"
            raise ConfigError(f"cachedb_redis: tls_domain={group.domain}: {missing}")
        return Profile(**domains[group.domain])  # type: ignore[arg-type]

    def _joined(self, address: Address) -> RedisServer:
        return self.servers.add(address, f"{address.name}@{address.host}:{address.port}")

    async def _try_all(self) -> None:
        for group in self.groups:
            try:
                await self._ask(group, b"PING")
            except ScriptError as why:
                if self.shutdown_on_error:
                    raise
                log.warn("{why}; it is tried again later", why=str(why))

    def stop(self) -> None:
        self.servers.close()

    async def _ask(self, group: str, *command: bytes) -> Reply:
        """Of the first server of the group that answers. Raises ScriptError."""
        servers = self.groups.get(group)
        if servers is None:
            raise ScriptError(f"cachedb_redis: no group {group!r}")
        why: RedisError | None = None
        for server in servers:
            try:
                reply = await self.servers.command(server, command)
            except RedisError as error:
                why = error
                continue
            if isinstance(reply, ErrorReply):
                raise ScriptError(f"cachedb_redis: {reply.decode(errors='replace')}")
            return reply
        raise ScriptError(f"cachedb_redis: {why}")

    # -- ICache

    async def store(self, group: str, key: bytes, value: bytes, seconds: int) -> None:
        expiry = (b"EX", b"%d" % seconds) if seconds > 0 else ()
        await self._ask(group, b"SET", key, value, *expiry)

    async def fetch(self, group: str, key: bytes) -> bytes | None:
        return await self._ask(group, b"GET", key)  # type: ignore[no-any-return]

    async def remove(self, group: str, key: bytes) -> None:
        await self._ask(group, b"DEL", key)

    async def add(self, group: str, key: bytes, number: int, seconds: int) -> int:
        now: int = await self._ask(group, b"INCRBY", key, b"%d" % number)
        if seconds > 0:
            await self._ask(group, b"EXPIRE", key, b"%d" % seconds)
        return now

    async def query(self, group: str, query: bytes) -> list[Any]:
        try:
            reply = await self._ask(group, *words(query.replace(b"%", b"%%")))
        except RedisError as why:
            raise ScriptError(str(why)) from None
        if reply is None:
            return []
        rows = reply if isinstance(reply, list) else [reply]
        return [row if isinstance(row, list) else [row] for row in rows]
