# -*- test-case-name: tests.modules.ipops.test_queries -*-
"""queries: names asked for in DNS; the route waits, the server does not.

An answer belongs to the run that asked.
"""

from __future__ import annotations

import random
from ipaddress import ip_address
from itertools import groupby
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import TransportError
from sipapp.interfaces.script import IBinder
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.module import Access, Context, ScriptError, Value, pseudo_variable, script_function
from sipapp.modules.ipops.addresses import address_of, kind_of
from sipapp.modules.ipops.places import Place, place_of, shown

log = Logger()

MOST = 32
"""Records of an answer that are kept, as in Kamailio."""

_HOST_PARTS = (b"addr", b"type", b"ipv4", b"ipv6", b"count", b"hostname")
_SRV_PARTS = (b"count", b"port", b"priority", b"target", b"weight")
_NAPTR_PARTS = (b"count", b"order", b"pref", b"flags", b"services", b"regex", b"replace")
_FIELDS = {b"pref": "preference", b"services": "service", b"regex": "regexp", b"replace": "replacement"}
"""Parts whose fields have other names."""


class Hosts:
    """An answer of $dns and $ptrquery: addresses, and the name."""

    __slots__ = ("addresses", "name")

    def __init__(self, name: str, addresses: list[str]) -> None:
        self.name = name
        self.addresses = addresses

    def part(self, ctx: Context, place: Place) -> Value:
        """null for every part where there is no such address."""
        address = place.pick(ctx, self.addresses)
        if address is None:
            return None
        match place.part:
            case b"addr":
                return str(address).encode()
            case b"type":
                return _version(address)
            case b"ipv4" | b"ipv6":
                return int(any(_version(a) == int(place.part[-1:]) for a in self.addresses))
            case b"count":
                return len(self.addresses)
        return self.name.encode("utf-8", "surrogateescape")


def _version(address: str) -> int:
    return ip_address(address).version


class Queries:
    """Functions that ask, and variables with the answers."""

    server: IServer

    # -- asking

    @script_function()
    async def dns_query(self, ctx: Context, hostname: str, pvid: bytes) -> int:
        """dns_query(host, id): the addresses of a host, as $dns(id=>...). -4: it has none; -2: the name is too long."""
        if len(hostname) > 255:
            return -2
        ctx.extra.pop(_key("dns", pvid), None)
        found = await self._addresses(hostname)
        if not found:
            raise ScriptError(f"unable to resolve {hostname}", -4)
        ctx.extra[_key("dns", pvid)] = Hosts(hostname, _most(found))
        return 1

    @script_function()
    async def ptr_query(self, ctx: Context, ip: str, pvid: bytes) -> int:
        """ptr_query(address, id): the host name of an address, as $ptrquery(id=>hostname). -4: no address; -6: it has
        no name; -5: it is in brackets."""
        if not kind_of(ip):
            raise ScriptError(f"invalid IP address: {ip}", -4)
        if ip.startswith("["):
            raise ScriptError(f"invalid IP address: {ip}", -5)
        ctx.extra.pop(_key("ptr", pvid), None)
        names = await self._records("PTR", ip_address(ip).reverse_pointer)
        if not names:
            raise ScriptError(f"unable to reverse resolve {ip}", -6)
        ctx.extra[_key("ptr", pvid)] = Hosts(names[0], [ip])
        return 1

    @script_function()
    async def srv_query(self, ctx: Context, srvcname: str, pvid: bytes) -> int:
        """srv_query(service, id): the SRV records of a service, `_sip._udp.example.com`, as $srvquery(id=>...): best
        first, those of one priority drawn by their weights. -2: no service. True where there are none. RFC 2782."""
        if not srvcname:
            return -2
        ctx.extra[_key("srv", pvid)] = _most(by_weight(await self._records("SRV", srvcname)))
        return 1

    @script_function()
    async def naptr_query(self, ctx: Context, domain: str, pvid: bytes) -> int:
        """naptr_query(domain, id): the NAPTR records of a domain, as $naptrquery(id=>...), by order and preference. -2:
        no domain. True where there are none. RFC 3403."""
        if not domain:
            return -2
        found = await self._records("NAPTR", domain)
        ctx.extra[_key("naptr", pvid)] = _most(sorted(found, key=lambda r: (r.order, r.preference)))
        return 1

    @script_function(("dns_sys_match_ip", "dns_int_match_ip"))
    async def dns_sys_match_ip(self, hostname: str, ipaddr: str) -> int:
        """dns_sys_match_ip(host, address), dns_int_match_ip(host, address): the address is one of the host's. -3: no
        address; -4: the host has none at all."""
        wanted = address_of(ipaddr)
        if wanted is None:
            raise ScriptError(f"invalid ip address: {ipaddr}", -3)
        found = await self._addresses(hostname)
        if not found:
            raise ScriptError(f"could not resolve {hostname}", -4)
        return 1 if wanted in map(ip_address, found) else -1

    @script_function()
    def dns_set_local_ttl(self, vttl: int) -> int:
        """dns_set_local_ttl(seconds): keep every DNS answer for so long from now on; 0: as long as it says itself."""
        self.server.transport.set_dns_ttl(vttl)
        return 1

    # -- answers

    @pseudo_variable("dns", bind=True)
    def pv_dns(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$dns(id=>part), $dns(id=>part[index]): what dns_query() has found: addr, type (4 or 6) of an address; ipv4,
        ipv6: 1 where there are such; count; hostname."""
        return _hosts("dns", "dns", inner, index, binder)

    @pseudo_variable("ptrquery", bind=True)
    def pv_ptrquery(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$ptrquery(id=>hostname): what ptr_query() has found; the other parts are those of $dns."""
        return _hosts("ptrquery", "ptr", inner, index, binder)

    @pseudo_variable("srvquery", bind=True)
    def pv_srvquery(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$srvquery(id=>count), $srvquery(id=>part[index]): what srv_query() has found: port, priority, target,
        weight."""
        return _records("srv", place_of("srvquery", inner, index, binder, _SRV_PARTS, indexed=True))

    @pseudo_variable("naptrquery", bind=True)
    def pv_naptrquery(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$naptrquery(id=>count), $naptrquery(id=>part[index]): what naptr_query() has found: order, pref, flags,
        services, regex, replace."""
        return _records("naptr", place_of("naptrquery", inner, index, binder, _NAPTR_PARTS, indexed=True))

    # -- how

    async def _records(self, kind: str, name: str) -> tuple[Any, ...]:
        """The records of a name; none where no server answers."""
        try:
            found: Any = self.server.transport.lookup(kind, name)
            if isinstance(found, Deferred):
                found = await found
            return tuple(found)
        except TransportError as why:
            log.info("{why}", why=str(why))
            return ()

    async def _addresses(self, host: str) -> list[str]:
        if kind_of(host):
            return [host.strip("[]")]
        return [*await self._records("A", host), *await self._records("AAAA", host)]


def by_weight(records: tuple[Any, ...]) -> list[Any]:
    """SRV records in the order in which to try them. RFC 2782."""
    ordered: list[Any] = []
    for _, same in groupby(sorted(records, key=lambda r: r.priority), key=lambda r: r.priority):
        # Those without a weight come first in the list that is drawn from: they have a small chance of being first.
        left = sorted(same, key=lambda r: bool(r.weight))
        while left:
            drawn = random.randint(0, sum(record.weight for record in left))
            for record in left:
                drawn -= record.weight
                if drawn <= 0:
                    break
            left.remove(record)
            ordered.append(record)
    return ordered


def _most(records: list[Any]) -> list[Any]:
    if len(records) > MOST:
        log.warn("more than {most} records of a name: the rest is left out", most=MOST)
    return records[:MOST]


def _key(kind: str, pvid: bytes) -> str:
    return f"ipops.{kind}.{pvid.decode('latin-1')}"


def _hosts(variable: str, kind: str, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
    place = place_of(variable, inner, index, binder, _HOST_PARTS, indexed=False)
    key = _key(kind, place.id)

    def read(ctx: Context) -> Value:
        found: Hosts | None = ctx.extra.get(key)
        return None if found is None else found.part(ctx, place)

    return Access(read)


def _records(kind: str, place: Place) -> Access:
    key = _key(kind, place.id)
    if place.part == b"count":
        return Access(lambda ctx: len(ctx.extra.get(key, ())), integer=True)
    name = _FIELDS.get(place.part, place.part.decode())

    def read(ctx: Context) -> Value:
        record = place.pick(ctx, ctx.extra.get(key, ()))
        return None if record is None else shown(getattr(record, name))

    return Access(read)
