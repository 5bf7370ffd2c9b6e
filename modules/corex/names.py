# -*- test-case-name: tests.modules.corex.test_names -*-
"""names: what this server is called, subdomains and all, and names that need no name server."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.module import ScriptError, modparam
from sipapp.modules.corex.addresses import NamedAddress, parse_address

PERMANENT = 2
"""The bit of `flags` that keeps a record for ever."""


class Record(NamedTuple):
    """One DNS record of the script."""

    kind: str  # A, AAAA or SRV
    name: str
    address: str  # of SRV: the target
    ttl: int  # s
    flags: int
    priority: int
    weight: int
    port: int


def dns_record(text: str) -> Record:
    """`type=A;name=example.com;addr=192.0.2.1;ttl=3600`. Raises ConfigError."""
    found: dict[str, str] = {}
    for part in text.strip().rstrip(";").split(";"):
        key, equals, value = part.partition("=")
        if not equals:
            raise ConfigError(f"a DNS record is written attribute=value;..., got {text!r}")
        found.setdefault(key.strip().lower(), value.strip())
    kind = found.get("type", "").upper()
    if kind not in ("A", "AAAA", "SRV") or not found.get("name") or not found.get("addr"):
        raise ConfigError(f"a DNS record needs type (A, AAAA, SRV), name and addr, got {text!r}")
    numbers = []
    for key in ("ttl", "flags", "priority", "weight", "port"):
        value = found.get(key, "0")
        if not value.isdigit():
            raise ConfigError(f"invalid {key} of a DNS record: {value!r}")
        numbers.append(int(value))
    return Record(kind, found["name"], found["addr"], *numbers)


class Names:
    """Parameters alone."""

    alias_subdomains: list[str] = modparam(
        default=[], doc="`[proto:]domain[:port]` that is this server, with all its subdomains"
    )
    dns_cache: list[str] = modparam(
        default=[],
        doc="a DNS record to know from the start: `type=A;name=example.com;addr=192.0.2.1;ttl=3600;flags=0`; type A, "
        "AAAA or SRV (with priority, weight, port); flags 2 keeps it for ever",
    )
    dns_file: list[str] = modparam(default=[], doc="a file of such records, one a line; # begins a comment line")

    def start_names(self, server: IServer) -> None:
        """Raises ConfigError: a wrong domain, a wrong record, a file that cannot be read."""
        domains = [_domain(text) for text in self.alias_subdomains]
        if domains:

            def is_ours(host: str, port: int, proto: str | None) -> bool:
                return any(_matches(domain, host, port, proto) for domain in domains)

            server.transport.add_myself_check(is_ours)
        lines = self.dns_cache + [line for path in self.dns_file for line in _lines(path)]
        for record in map(dns_record, lines):
            ttl = None if record.flags & PERMANENT else float(record.ttl)
            place = (record.kind, record.name, record.address)
            server.transport.add_dns_record(*place, ttl, record.priority, record.weight, record.port)


def _domain(text: str) -> NamedAddress:
    try:
        return parse_address(text.encode())
    except ScriptError:
        raise ConfigError(f'modparam("corex", "alias_subdomains"): no [proto:]domain[:port]: {text!r}') from None


def _matches(domain: NamedAddress, host: str, port: int, proto: str | None) -> bool:
    if (domain.port and port and domain.port != port) or (domain.proto and proto and domain.proto != proto):
        return False
    name, ours = host.lower(), domain.host.lower()
    return name == ours or name.endswith("." + ours)


def _lines(path: str) -> list[str]:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError as why:
        raise ConfigError(f'modparam("corex", "dns_file"): failed to open file {path!r}: {why.strerror}') from None
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]
