# -*- test-case-name: tests.core.test_names -*-
"""names: RPC commands about what the name servers have answered, and what they need not be asked."""

from __future__ import annotations

from ipaddress import ip_address
from math import inf
from typing import Any

from twisted.internet.defer import Deferred, succeed

from sipapp.errors import RpcFault, TransportError
from sipapp.interfaces.server import IServer
from sipapp.module import rpc_command

Records = tuple[Any, ...]  # see IMessageTransport.lookup

_KINDS = ("A", "AAAA", "SRV", "NAPTR", "PTR")
_NEGATIVE, _LASTING = 1, 2


class Names:
    """dns.*: a part of the built-in module."""

    server: IServer

    @property
    def _dns(self) -> Any:
        """sipapp.transport.dns.Dns."""
        if not self.server.config.use_dns_cache:
            raise RpcFault("dns cache support disabled (see use_dns_cache)", 500)
        return self.server.transport.dns

    @rpc_command("dns.view")
    def rpc_names(self) -> list[dict[str, Any]]:
        """Every name that is known: what the servers answered and what was added. `expires` is how long it still is
        (s; 0: for ever); a `negative_entry` is known not to exist."""
        dns = self._dns
        return [_entry(*one) for one in [*dns.given(), *dns.cached()] if one[2] > 0]

    @rpc_command("dns.lookup")
    def rpc_look_up(self, type: str, name: str) -> Deferred[Any]:
        """The records of a name, of a type: A, AAAA, SRV, NAPTR or PTR; the servers are asked if need be."""
        kind = type.upper()
        if kind not in _KINDS:
            raise RpcFault("Invalid type", 400)
        dns = self._dns
        found = dns.lookup(kind, name)
        asked = found if isinstance(found, Deferred) else succeed(found)
        return asked.addCallbacks(lambda _: self._known(kind, name), _not_found)

    def _known(self, kind: str, name: str) -> dict[str, Any]:
        name = name.lower().rstrip(".")
        for one in [*self._dns.given(), *self._dns.cached()]:
            if one[:2] == (kind, name):
                return _entry(*one)
        raise RpcFault("Not found", 400)

    @rpc_command("dns.stats_get")
    def rpc_name_counts(self, name: str, reset: int = 0) -> dict[str, int]:
        """How many names were wanted (dns_req_cnt), were known (dc_hits_cnt), were known not to exist
        (dc_neg_hits_cnt), had to make room (dc_lru_cnt); dc_all_stats: all of them. With 1 behind it, from 0 again."""
        counts = self._dns.counts
        wanted = list(counts) if name.lower() == "dc_all_stats" else [one for one in counts if one == name.lower()]
        if not wanted:
            raise RpcFault("unknown dns cache stat parameter", 500)
        found = {one: counts[one] for one in wanted}
        counts.update(dict.fromkeys(wanted, 0) if reset else {})
        return found

    @rpc_command("dns.delete_all")
    def rpc_forget_all(self) -> dict[str, str]:
        """Forget every name but those that were added for ever."""
        self._dns.clear()
        return {"status": "ok"}

    @rpc_command("dns.delete_all_force")
    def rpc_forget_all_indeed(self) -> dict[str, str]:
        """Forget every name."""
        self._dns.clear(given=True)
        return {"status": "ok"}

    @rpc_command("dns.add_a")
    def rpc_add_a(self, name: str, ttl: int, address: str, flags: int = 0) -> None:
        """Know an address of a name for `ttl` s: the servers are not asked. flags: 1: that it does not exist; 2: for
        ever."""
        self._add("A", name, ttl, _address(address, 4), flags)

    @rpc_command("dns.add_aaaa")
    def rpc_add_aaaa(self, name: str, ttl: int, address: str, flags: int = 0) -> None:
        """The same for an IPv6 address."""
        self._add("AAAA", name, ttl, _address(address, 6), flags)

    @rpc_command("dns.add_srv")
    def rpc_add_srv(
        self, name: str, ttl: int, priority: int, weight: int, port: int, target: str, flags: int = 0
    ) -> None:
        """The same for a SRV record."""
        self._add("SRV", name, ttl, target.rstrip("."), flags, priority, weight, port)

    def _add(self, kind: str, name: str, ttl: int, value: str, flags: int, *more: int) -> None:
        dns = self._dns
        until = None if flags & _LASTING else float(ttl)
        if flags & _NEGATIVE:
            dns.deny(kind, name, until)
        else:
            self.server.transport.add_dns_record(kind, name, value, until, *more)

    @rpc_command("dns.delete_a")
    def rpc_forget_a(self, name: str) -> None:
        """Forget the addresses of a name."""
        self._forget("A", name)

    @rpc_command("dns.delete_aaaa")
    def rpc_forget_aaaa(self, name: str) -> None:
        """Forget the IPv6 addresses of a name."""
        self._forget("AAAA", name)

    @rpc_command("dns.delete_srv")
    def rpc_forget_srv(self, name: str) -> None:
        """Forget the SRV records of a name."""
        self._forget("SRV", name)

    @rpc_command("dns.delete_naptr")
    def rpc_forget_naptr(self, name: str) -> None:
        """Forget the NAPTR records of a name."""
        self._forget("NAPTR", name)

    @rpc_command("dns.delete_ptr")
    def rpc_forget_ptr(self, name: str) -> None:
        """Forget the PTR records of a name."""
        self._forget("PTR", name)

    def _forget(self, kind: str, name: str) -> None:
        dropped = self._dns.drop(kind, name)
        if dropped is None:
            raise RpcFault("Permanent entries cannot be deleted", 400)
        if not dropped:
            raise RpcFault("Not found", 400)


def _not_found(failure: Any) -> None:
    failure.trap(TransportError)
    raise RpcFault("Not found", 400)


def _entry(kind: str, name: str, left: float, records: Records) -> dict[str, Any]:
    permanent = "yes" if left == inf else "no"
    expires = 0 if left == inf else int(left)
    return {
        "name": name,
        "type": kind,
        "permanent": permanent,
        "expires": expires,
        "negative_entry": "no" if records else "yes",
        "records": [
            {"rr_idx": number, **_record(record, kind), "rr_permanent": permanent, "rr_expires": expires}
            for number, record in enumerate(records)
        ],
    }


def _record(record: Any, kind: str) -> dict[str, Any]:
    if isinstance(record, str):
        return {"rr_name" if kind == "PTR" else "rr_ip": record}
    return {_SHOWN.get(field, f"rr_{field}"): value for field, value in record._asdict().items()}


_SHOWN = {"target": "rr_name"}


def _address(text: str, version: int) -> str:
    """Raises RpcFault: none of this version of IP."""
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        address = None
    if address is None or address.version != version:
        raise RpcFault("Failed to add the entry to the cache", 400)
    return str(address)
