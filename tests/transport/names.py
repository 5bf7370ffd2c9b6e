"""A DNS of the test's own making, as Twisted's IResolver."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.names import dns
from twisted.names.common import ResolverBase
from twisted.names.error import DNSNameError

Zone = dict[tuple[int, str], list[Any]]


def a(*addresses: str, ttl: int = 300) -> list[Any]:
    return [dns.Record_A(address, ttl) for address in addresses]


def aaaa(*addresses: str, ttl: int = 300) -> list[Any]:
    return [dns.Record_AAAA(address, ttl) for address in addresses]


def srv(*records: tuple[int, int, int, str], ttl: int = 300) -> list[Any]:
    """(priority, weight, port, target) each."""
    return [dns.Record_SRV(p, w, port, target.encode(), ttl) for p, w, port, target in records]


def naptr(*records: tuple[int, int, str, str, str], ttl: int = 300) -> list[Any]:
    """(order, preference, flags, service, replacement) each."""
    return [
        dns.Record_NAPTR(o, p, flags.encode(), service.encode(), b"", replacement, ttl)
        for o, p, flags, service, replacement in records
    ]


def ptr(*names: str, ttl: int = 300) -> list[Any]:
    return [dns.Record_PTR(name, ttl) for name in names]


class Names(ResolverBase):
    """Answers from `zone`, {(dns.A, "host.example.com"): a("192.0.2.9")}; an exception there is raised.

    `asked` keeps every question as (type, name). With `hold`, answers wait for `answer()`.
    """

    def __init__(self, zone: Zone, hold: bool = False) -> None:
        super().__init__()
        self.zone = zone
        self.hold = hold
        self.asked: list[tuple[int, str]] = []
        self.held: list[tuple[Deferred[Any], tuple[int, str]]] = []

    def _lookup(self, name: bytes, cls: int, type: int, timeout: Any) -> Deferred[Any]:
        key = (type, name.decode())
        self.asked.append(key)
        if self.hold:
            waiting: Deferred[Any] = Deferred()
            self.held.append((waiting, key))
            return waiting
        return self._answer(key)

    def _answer(self, key: tuple[int, str]) -> Deferred[Any]:
        found = self.zone.get(key)
        if isinstance(found, Exception):
            return fail(found)
        if found is None:
            return fail(DNSNameError(dns.Message()))
        headers = [dns.RRHeader(key[1], record.TYPE, dns.IN, record.ttl, record) for record in found]
        return succeed((headers, [], []))

    def answer(self) -> None:
        """Answer what has been held so far."""
        held, self.held = self.held, []
        for waiting, key in held:
            self._answer(key).chainDeferred(waiting)
