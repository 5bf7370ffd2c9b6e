# -*- test-case-name: tests.transport.test_dns -*-
"""dns: records by name, out of a bounded cache or from the name servers, never waiting for them."""

from __future__ import annotations

import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure

from sipapp.errors import TransportError
from sipapp.transport.settings import Settings


class Srv(NamedTuple):
    """RFC 2782."""

    priority: int
    weight: int
    port: int
    target: str


class Naptr(NamedTuple):
    """RFC 3403; `flags` and `service` as received, for they count in any case."""

    order: int
    preference: int
    flags: str
    service: str
    regexp: str
    replacement: str


Records = tuple[Any, ...]  # of str (A, AAAA, PTR), Srv or Naptr


def _text(name: Any) -> str:
    return str(name.name.decode("ascii", "replace"))


# kind -> (record type, method of Twisted's IResolver, payload -> record)
_KINDS: dict[str, tuple[int, str, Callable[[Any], Any]]] = {
    "A": (1, "lookupAddress", lambda r: r.dottedQuad()),
    "AAAA": (28, "lookupIPV6Address", lambda r: socket.inet_ntop(socket.AF_INET6, r.address)),
    "SRV": (33, "lookupService", lambda r: Srv(r.priority, r.weight, r.port, _text(r.target))),
    "NAPTR": (
        35,
        "lookupNamingAuthorityPointer",
        lambda r: Naptr(
            r.order,
            r.preference,
            r.flags.string.decode("latin-1"),
            r.service.string.decode("latin-1"),
            r.regexp.string.decode("latin-1"),
            _text(r.replacement),
        ),
    ),
    "PTR": (12, "lookupPointer", lambda r: _text(r.name)),
}


COUNTS = ("dns_req_cnt", "dc_hits_cnt", "dc_neg_hits_cnt", "dc_lru_cnt")
"""What is counted, by Kamailio's names: names that were wanted, were known, were known not to exist, and that made room
for others."""


class Dns:
    """The records of a name. `backend` is a Twisted IResolver, made when it is first needed."""

    def __init__(self, settings: Settings, clock: Any, make_backend: Callable[[], Any]) -> None:
        self._settings = settings
        self._clock = clock
        self._make_backend = make_backend
        self._backend: Any = None
        self._cache: OrderedDict[tuple[str, str], tuple[float, Records]] = OrderedDict()
        self._pending: dict[tuple[str, str], list[Deferred[Records]]] = {}
        self.counts = dict.fromkeys(COUNTS, 0)
        self.local_ttl = 0  # s that every answer is kept; 0: as long as it says itself
        self._given: dict[tuple[str, str], list[tuple[float, Any]]] = {}  # (good until, record), of the script

    def lookup(self, kind: str, name: str) -> Records | Deferred[Records]:
        """The records of a kind ("A", "AAAA", "SRV", "NAPTR", "PTR"); none for a name that does not exist.

        At once where the cache has them. A Deferred may be cancelled; whoever else waits for the same goes on.
        Fails with TransportError: no server answered, or not with an answer.
        """
        key = _key(kind, name)
        name = key[1]
        if len(name) > 253 or any(not 0 < len(label) < 64 for label in name.split(".")):
            return fail(TransportError(f"DNS: {name[:80]} cannot be a name"))
        counts = self.counts
        counts["dns_req_cnt"] += 1
        if key in self._given:
            given = tuple(record for until, record in self._given[key] if until > self._clock.seconds())
            if given:
                counts["dc_hits_cnt"] += 1
                return given
        cached = self._cached(key)
        if cached is not None:
            counts["dc_hits_cnt" if cached else "dc_neg_hits_cnt"] += 1
            return cached
        waiting = self._pending.get(key)
        waiter: Deferred[Records] = Deferred(lambda d: self._forget(key, d))
        if waiting is None:
            self._pending[key] = [waiter]
            self._ask(key)
        else:
            waiting.append(waiter)
        return waiter

    def add(self, kind: str, name: str, record: Any, ttl: float | None) -> None:
        """Know this record, before any server is asked, for `ttl` s; None: for ever."""
        told = self._given.setdefault(_key(kind, name), [])
        told[:] = [one for one in told if not _is_same(one[1], record)] + [(self._until(ttl), record)]

    def answer_by(self, backend: Any) -> None:
        """Ask this IResolver, in place of the name servers."""
        self._backend = backend

    def clear(self, given: bool = False) -> None:
        """Forget every answer, and with `given` what was told, for ever, too; what was told for a while always."""
        self._cache.clear()
        lasting = {key: records for key, told in self._given.items() if (records := _lasting(told))}
        self._given = {} if given else lasting

    def drop(self, kind: str, name: str) -> bool | None:
        """Forget the records of a name: whether there were any; None: they were given for ever, and stay."""
        key = _key(kind, name)
        if _lasting(self._given.get(key, [])):
            return None
        return any([self._given.pop(key, None) is not None, self._cache.pop(key, None) is not None])

    def deny(self, kind: str, name: str, ttl: float | None) -> None:
        """Know that there is no such record."""
        self._cache[_key(kind, name)] = (self._until(ttl), ())

    def _until(self, ttl: float | None) -> float:
        return inf if ttl is None else self._clock.seconds() + ttl

    def given(self) -> list[tuple[str, str, float, Records]]:
        """What was told, in the form of `cached`."""
        now = self._clock.seconds()
        return [
            (kind, name, max(until for until, _ in told) - now, tuple(record for until, record in told if until > now))
            for (kind, name), told in self._given.items()
            if any(until > now for until, _ in told)
        ]

    def cached(self) -> list[tuple[str, str, float, Records]]:
        """What the cache holds, as (kind, name, s it is still good for, records)."""
        now = self._clock.seconds()
        return [(kind, name, until - now, records) for (kind, name), (until, records) in self._cache.items()]

    # -- the cache

    def _cached(self, key: tuple[str, str]) -> Records | None:
        entry = self._cache.get(key)
        if entry is None:
            return None
        if entry[0] <= self._clock.seconds():
            del self._cache[key]
            return None
        return entry[1]

    def _keep(self, key: tuple[str, str], records: Records, ttl: float) -> None:
        settings = self._settings
        if not settings.use_dns_cache or ttl <= 0:
            return
        self._cache[key] = (self._clock.seconds() + ttl, records)
        self._cache.move_to_end(key)
        while len(self._cache) > settings.dns_cache_max_entries:
            self._cache.popitem(last=False)
            self.counts["dc_lru_cnt"] += 1

    def _ttl(self, found: Iterable[Any]) -> float:
        if self.local_ttl > 0:
            return self.local_ttl
        settings = self._settings
        ttl: float = max(min(one.ttl for one in found), settings.dns_cache_min_ttl)
        return min(ttl, settings.dns_cache_max_ttl) if settings.dns_cache_max_ttl >= 0 else ttl

    # -- the servers

    def _ask(self, key: tuple[str, str]) -> None:
        if self._backend is None:
            self._backend = self._make_backend()
        kind, name = key
        query = getattr(self._backend, _KINDS[kind][1])
        try:
            asked: Deferred[Any] = query(name.encode("ascii"))
        except Exception:
            self._failed(Failure(), key)
            return
        asked.addCallbacks(self._answered, self._failed, callbackArgs=(key,), errbackArgs=(key,))
        asked.addErrback(self._failed, key)  # an answer that cannot be read

    def _answered(self, sections: Any, key: tuple[str, str]) -> None:
        code, _, read = _KINDS[key[0]]
        found = [one for one in sections[0] if one.type == code]
        records = tuple(read(one.payload) for one in found)
        self._keep(key, records, self._ttl(found) if found else self._settings.dns_cache_negative_ttl)
        for waiter in self._pending.pop(key, ()):
            waiter.callback(records)

    def _failed(self, failure: Failure, key: tuple[str, str]) -> None:
        """A name that does not exist has no records; that is an answer, and kept. Anything else is not."""
        from twisted.names.error import AuthoritativeDomainError, DNSNameError, DomainError

        waiting = self._pending.pop(key, ())
        if failure.check(DNSNameError, AuthoritativeDomainError) or failure.type is DomainError:
            self._keep(key, (), self._settings.dns_cache_negative_ttl)
            for waiter in waiting:
                waiter.callback(())
            return
        why = failure.getErrorMessage() or repr(failure.value)
        for waiter in waiting:
            waiter.errback(TransportError(f"DNS: no answer for {key[0]} {key[1]} ({why})"))

    def _forget(self, key: tuple[str, str], waiter: Deferred[Records]) -> None:
        waiting = self._pending.get(key)
        if waiting and waiter in waiting:
            waiting.remove(waiter)


def _key(kind: str, name: str) -> tuple[str, str]:
    return kind, name.lower().rstrip(".")


def _lasting(told: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
    return [one for one in told if one[0] == inf]


def _is_same(one: Any, other: Any) -> bool:
    """The same address, or the same target: the rest of it is newer in the other."""
    return bool(one.target == other.target if isinstance(one, Srv) and isinstance(other, Srv) else one == other)


# -- the system's configuration


class ResolvConf(NamedTuple):
    """What resolv.conf(5) says."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    ndots: int = 1
    timeout: int = 5  # s
    attempts: int = 2

    def candidates(self, name: str) -> list[str]:
        """The name, and what it may be short for, in the order in which to ask.

        Differs: resolv.conf(5) would ask for a name with fewer than `ndots` dots last; as a next hop it is mostly
        meant as it stands, and /etc/hosts has it that way.
        """
        if name.endswith(".") or name.count(".") >= self.ndots:
            return [name]
        return [name, *(f"{name}.{suffix}" for suffix in self.search)]

    @classmethod
    def parse(cls, text: str) -> ResolvConf:
        """Later lines win over earlier ones, except for servers; what is not understood is left out."""
        servers: list[str] = []
        facts: dict[str, Any] = {}
        for line in text.splitlines():
            words = line.partition("#")[0].partition(";")[0].split()
            if len(words) < 2:
                continue
            if words[0] == "nameserver":
                servers.append(words[1])
            elif words[0] in ("search", "domain"):
                facts["search"] = tuple(word.strip(".") for word in words[1:] if word.strip("."))
            elif words[0] == "options":
                for word in words[1:]:
                    name, _, value = word.partition(":")
                    if name in ("ndots", "timeout", "attempts") and value.isdigit():
                        facts[name] = int(value)
        return cls(tuple(servers), **facts)

    @classmethod
    def read(cls, path: str = "/etc/resolv.conf") -> ResolvConf:
        """The system's; without it, a server on this machine, as the system's resolver has it."""
        try:
            conf = cls.parse(Path(path).read_text(errors="replace"))
        except OSError:
            conf = cls()
        return conf if conf.servers else conf._replace(servers=("127.0.0.1",))


def system_backend(settings: Settings, conf: ResolvConf, reactor: Any) -> Any:
    """/etc/hosts, then the name servers, as Twisted's IResolver.

    Imports twisted.names, a tenth of a second that a server without names to look up need not spend.
    """
    from twisted.names import client, hosts, resolve

    servers = list(settings.dns_servers or conf.servers)
    if settings.dns_servers_no > 0:
        servers = servers[: settings.dns_servers_no]
    seconds = settings.dns_retr_time if settings.dns_retr_time > 0 else conf.timeout
    attempts = settings.dns_retr_no + 1 if settings.dns_retr_no >= 0 else conf.attempts
    addresses = [(host, int(port or 53)) for host, _, port in map(_split_port, servers)]
    names = client.Resolver(servers=addresses, timeout=(seconds,) * attempts, reactor=reactor)
    return resolve.ResolverChain([hosts.Resolver(ttl=60), names])


def _split_port(server: str) -> tuple[str, str, str]:
    """`192.0.2.1` or `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`, as (host, ":" or "", port or "")."""
    if server.startswith("["):
        host, _, rest = server[1:].partition("]")
        return host, ":", rest.lstrip(":")
    return (server, "", "") if server.count(":") != 1 else server.partition(":")
