# -*- test-case-name: tests.transport.test_resolve -*-
"""resolve: from a SIP URI to the targets to try, in order. RFC 3263 §4, with Kamailio's choices where it has them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from twisted.internet.defer import CancelledError, Deferred, TimeoutError, succeed
from twisted.python.failure import Failure

from sipapp.errors import ParseError, TransportError
from sipapp.interfaces.transport import Target
from sipapp.transport.addresses import numeric
from sipapp.transport.counters import Counters
from sipapp.transport.dns import Dns, Naptr, Records, Srv
from sipapp.transport.known import Known
from sipapp.transport.settings import Settings

if TYPE_CHECKING:
    from sipapp.message.uri import Uri

SECURE = frozenset({"tls", "wss"})
_KNOWN = frozenset({"udp", "tcp", "tls", "sctp", "ws", "wss"})
_SRV_PREFIX = {"udp": "_sip._udp.", "tcp": "_sip._tcp.", "tls": "_sips._tcp.", "sctp": "_sip._sctp."}
_NAPTR_SERVICE = {"sip+d2u": "udp", "sip+d2t": "tcp", "sips+d2t": "tls", "sip+d2s": "sctp"}
Answer = Records | TransportError
_MAX_SRV = 32  # records of one name that are followed


_new = tuple.__new__  # a tenth of what the class itself takes to make one


class Hop(NamedTuple):
    """What a next hop says of itself."""

    host: str
    port: int | None
    proto: str | None  # None: DNS may choose
    secure: bool = False


def default_port(proto: str) -> int:
    """RFC 3261 §19.1.2; RFC 7118 leaves WebSockets the ports of HTTP."""
    return {"tls": 5061, "ws": 80, "wss": 443}.get(proto, 5060)


def hop_of(uri: Uri, proto: str | None = None) -> Hop:
    """Host, port and protocol of a URI; `proto` overrides what it says.

    Raises TransportError: not a SIP URI, an unknown transport, a sips: URI over UDP.
    """
    # Differs: a maddr parameter is not followed (RFC 3263 §4 would), as in Kamailio: scripts that check the host of
    # a Request-URI before they relay would otherwise be an open relay.
    if uri.host is None:
        raise TransportError(f"{bytes(uri).decode('utf-8', 'replace')} has no host to send to")
    secure = uri.scheme == b"sips"
    try:
        transport = uri.transport
    except ParseError as error:
        raise TransportError(f"{bytes(uri).decode('utf-8', 'replace')}: {error.reason}") from error
    chosen = proto or (None if transport is None else transport.decode("ascii", "replace"))
    if chosen is not None and chosen not in _KNOWN:
        raise TransportError(f"unknown transport {chosen}")
    if secure and proto is None:
        if chosen == "udp":
            raise TransportError("a sips: URI cannot be reached over UDP")
        chosen = {None: None, "ws": "wss", "wss": "wss"}.get(chosen, "tls")
    return _new(Hop, (uri.host.decode("ascii", "replace"), uri.port or None, chosen, secure))


class Resolver:
    """Finds targets. `protocols()` says which protocols we can send by, `families()` by which of 4 and 6;
    `candidates(name)` what a name may be short for."""

    def __init__(
        self,
        dns: Dns,
        settings: Settings,
        clock: Any,
        counters: Counters,
        protocols: Callable[[], Iterable[str]],
        families: Callable[[], Iterable[int]],
        candidates: Callable[[str], list[str]] = lambda name: [name],
        chance: random.Random | None = None,
    ) -> None:
        self._dns = dns
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._protocols = protocols
        self._families = families
        self._candidates = candidates
        self._chance = chance or random.Random()
        self._known: Known[tuple[bytes, bytes | None, int | None], Target] = Known()

    def resolve_uri(self, uri: Uri, proto: str | None = None) -> list[Target] | Deferred[list[Target]]:
        """The same for a URI, with a protocol that overrides what it says. What has an address for a host, and says
        nothing of transports, is taken apart once."""
        if proto is not None or uri.tail:
            return self.resolve(hop_of(uri, proto))
        key = uri.scheme, uri.host, uri.port
        target = self._known.get(key)
        if target is not None:
            return [target]
        hop = hop_of(uri)
        targets = self.resolve(hop)
        if isinstance(targets, list) and numeric(hop.host) is not None:
            self._known[key] = targets[0]
        return targets

    def resolve(self, hop: Hop) -> list[Target] | Deferred[list[Target]]:
        """The targets of a hop, best first; at once where nobody needs to be asked.

        Raises TransportError, or fails with it: there is none.
        """
        address = numeric(hop.host)
        if address is not None:
            proto = hop.proto or ("tls" if hop.secure else "udp")
            return [_new(Target, (proto, address, hop.port or default_port(proto)))]
        found = Deferred.fromCoroutine(self._find(hop))
        if not found.called:
            found.addTimeout(self._settings.dns_total_time, self._clock)
            return found.addErrback(self._not_found, hop)
        outcome: list[Any] = []
        found.addErrback(self._not_found, hop)
        found.addBoth(outcome.append)
        if isinstance(outcome[0], Failure):
            outcome[0].raiseException()
        return outcome[0]  # type: ignore[no-any-return]

    def _not_found(self, failure: Failure, hop: Hop) -> Failure:
        if failure.check(CancelledError):
            return failure
        self._counters.dns_failed += 1
        if failure.check(TimeoutError):
            return Failure(TransportError(f"no answer for {hop.host} in {self._settings.dns_total_time:g} s"))
        return failure

    async def _find(self, hop: Hop) -> list[Target]:
        """RFC 3263 §4.1 and §4.2: NAPTR, SRV, addresses, as far as the hop leaves them open."""
        targets: list[Target] = []
        if hop.port is None and hop.proto is None and self._settings.dns_try_naptr:
            targets = await self._by_naptr(hop)
        if hop.port is None and not targets:
            targets = await self._by_srv(hop)
        if not targets:
            proto = hop.proto or ("tls" if hop.secure else "udp")
            port = hop.port or default_port(proto)
            targets = [Target(proto, address, port) for address in await self._addresses(hop.host)]
        if not targets:
            raise TransportError(f"{hop.host} has no address")
        return list(dict.fromkeys(targets))

    # -- NAPTR

    async def _by_naptr(self, hop: Hop) -> list[Target]:
        usable = self._usable(hop)
        offered = [
            (proto, record)
            for record in await self._records("NAPTR", hop.host)
            if record.flags.lower() == "s" and not record.regexp
            for proto in [_NAPTR_SERVICE.get(record.service.lower())]
            if proto in usable
        ]
        targets: list[Target] = []
        for proto, record in sorted(offered, key=self._naptr_rank):
            targets += await self._of_srv(record.replacement, proto)
        return targets

    def _naptr_rank(self, offer: tuple[str, Naptr]) -> tuple[int, ...]:
        """By RFC 3263, or by our own preference of protocols before it (dns_naptr_ignore_rfc)."""
        proto, record = offer
        by_record = (record.order, record.preference)
        if self._settings.dns_naptr_ignore_rfc:
            return (-self._preference(proto), *by_record)
        return (*by_record, -self._preference(proto))

    def _preference(self, proto: str) -> int:
        value: int = getattr(self._settings, f"dns_{proto}_pref", 0)
        return value

    def _usable(self, hop: Hop) -> list[str]:
        """The protocols that may be chosen for a hop, best first; a negative preference rules one out."""
        ours = {proto for proto in self._protocols() if proto in _SRV_PREFIX and self._preference(proto) >= 0}
        if hop.secure:
            ours &= SECURE
        return sorted(ours, key=lambda proto: (-self._preference(proto), proto))

    # -- SRV

    async def _by_srv(self, hop: Hop) -> list[Target]:
        """The first protocol that has a service there."""
        for proto in [hop.proto] if hop.proto else self._usable(hop):
            if proto in _SRV_PREFIX:
                targets = await self._of_srv(_SRV_PREFIX[proto] + hop.host, proto)
                if targets:
                    return targets
        return []

    async def _of_srv(self, name: str, proto: str) -> list[Target]:
        ordered = self._in_order(await self._records("SRV", name))[:_MAX_SRV]
        # All of them are asked for before the first is waited for.
        asked = [(record, self._ask_addresses(record.target)) for record in ordered]
        targets = []
        for record, questions in asked:
            answers = [await question for question in questions]
            targets += [Target(proto, address, record.port) for address in _good(answers)]
        return targets

    def _in_order(self, records: Iterable[Srv]) -> list[Srv]:
        """By priority, then by weight: by lot with dns_srv_lb (RFC 2782), else the heaviest first."""
        ordered: list[Srv] = []
        records = sorted(records, key=lambda r: (r.priority, -r.weight, r.target, r.port))
        for _, group in groupby(records, key=lambda r: r.priority):
            left = list(group)
            if self._settings.dns_srv_lb:
                # RFC 2782: those of weight 0 first, then running sums; the lot may be 0, so that they have a chance.
                left.sort(key=lambda r: r.weight != 0)
                while left:
                    ordered.append(left.pop(self._draw(left)))
            ordered += left
        return ordered

    def _draw(self, records: list[Srv]) -> int:
        lot = self._chance.randint(0, sum(record.weight for record in records))
        for number, record in enumerate(records):
            lot -= record.weight
            if lot <= 0:
                return number
        return len(records) - 1

    # -- addresses

    async def _addresses(self, host: str) -> list[str]:
        """Of a name that may be short for another. Raises TransportError: no server answers for any of them."""
        error: TransportError | None = None
        for name in self._candidates(host):
            answers = [await question for question in self._ask_addresses(name)]
            found = _good(answers)
            if found:
                return found
            error = next((a for a in answers if isinstance(a, TransportError)), error)
        if error is not None:
            raise error
        return []

    def _ask_addresses(self, host: str) -> list[Deferred[Answer]]:
        """Every question at once; an SRV target may be an address, against the rules."""
        address = numeric(host)
        if address is not None:
            return [succeed((address,))]
        families = set(self._families())
        kinds = ["A"] if 4 in families else []
        if 6 in families and self._settings.dns_try_ipv6:
            kinds.insert(0 if self._settings.dns_cache_rec_pref == 2 else 1, "AAAA")
        return [self._ask(kind, host) for kind in kinds or ["A"]]

    async def _records(self, kind: str, name: str) -> Records:
        """None where the servers fail as well: the next kind of record may still help."""
        answer = await self._ask(kind, name)
        return () if isinstance(answer, TransportError) else answer

    def _ask(self, kind: str, name: str) -> Deferred[Answer]:
        """Fails only by being cancelled: one of several questions may be forgotten while it is open."""
        answer = self._dns.lookup(kind, name)
        if not isinstance(answer, Deferred):
            return succeed(answer)
        return answer.addErrback(_as_answer)


def _good(answers: Iterable[Answer]) -> list[str]:
    return [address for answer in answers if not isinstance(answer, TransportError) for address in answer]


def _as_answer(failure: Failure) -> TransportError:
    failure.trap(TransportError)
    assert isinstance(failure.value, TransportError)
    return failure.value
