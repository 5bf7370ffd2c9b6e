# -*- test-case-name: tests.modules.ipops.test_addresses -*-
"""addresses: what is an IP address, of which kind, and which are the same or in one network."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from sipapp.module import Context, PvRef, ScriptError, script_function, writable

Address = IPv4Address | IPv6Address

IPV4, IPV6, REFERENCE = 1, 2, 3

_atoi = re.compile(r"\s*([+-]?\d+)").match

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))

_KINDS_4 = [
    (IPv4Network(network), kind)
    for network, kind in (
        ("255.255.255.255", b"BROADCAST"),
        ("203.0.113.0/24", b"TEST-NET"),
        ("198.51.100.0/24", b"TEST-NET"),
        ("192.88.99.0/24", b"6TO4-RELAY"),
        ("192.0.2.0/24", b"TEST-NET"),
        ("192.0.0.0/24", b"RESERVED"),
        ("192.168.0.0/16", b"PRIVATE"),
        ("169.254.0.0/16", b"LINK-LOCAL"),
        ("198.18.0.0/15", b"RESERVED"),
        ("172.16.0.0/12", b"PRIVATE"),
        ("100.64.0.0/10", b"SHARED"),
        ("127.0.0.0/8", b"LOOPBACK"),
        ("10.0.0.0/8", b"PRIVATE"),
        ("0.0.0.0/8", b"PRIVATE"),
        ("240.0.0.0/4", b"RESERVED"),
        ("224.0.0.0/4", b"MULTICAST"),
    )
]
"""The first that fits counts; none: PUBLIC."""

_KINDS_6 = [
    (IPv6Network(network), kind)
    for network, kind in (
        ("::", b"UNSPECIFIED"),
        ("::1", b"LOOPBACK"),
        ("::ffff:0:0/96", b"IPV4MAP"),
        ("100::/64", b"DISCARD"),
        ("2001:2::/48", b"BMWG"),
        ("2001::/32", b"TEREDO"),
        ("2001:db8::/32", b"DOCUMENTATION"),
        ("2001:10::/28", b"ORCHID"),
        ("2002::/16", b"6TO4"),
        ("fe80::/10", b"LINK-LOCAL-UNICAST"),
        ("ff00::/8", b"MULTICAST"),
        ("fc00::/7", b"UNIQUE-LOCAL-UNICAST"),
        ("2000::/3", b"GLOBAL-UNICAST"),
    )
]
"""The first that fits counts; none: RESERVED."""


def kind_of(text: str) -> int:
    """IPV4, IPV6, REFERENCE ([::1]); 0: no address. RFC 3986 §3.2.2: no leading zeros, no zones."""
    family, inner, kind = socket.AF_INET, text, IPV4
    if text.startswith("[") and text.endswith("]"):
        family, inner, kind = socket.AF_INET6, text[1:-1], REFERENCE
    elif ":" in text:
        family, kind = socket.AF_INET6, IPV6
    try:
        socket.inet_pton(family, inner)
    except (OSError, ValueError):
        return 0
    return kind


def address_of(text: str) -> Address | None:
    """An address, with or without brackets."""
    return ip_address(text.strip("[]")) if kind_of(text) else None


def detailed_kind(address: Address) -> bytes:
    """PRIVATE, LOOPBACK, DOCUMENTATION, ..."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _KINDS_4 if address in network), b"PUBLIC")
    return next((kind for network, kind in _KINDS_6 if address in network), b"RESERVED")


def is_within(address: Address, subnets: str) -> bool:
    """The address is one of, or in one of, comma-separated addresses and networks."""
    return any(_fits(address, subnet.strip(" ")) for subnet in subnets.split(","))


def _fits(address: Address, subnet: str) -> bool:
    host, slash, mask = subnet.rpartition("/")
    if not slash:
        return kind_of(subnet) in (IPV4, IPV6) and ip_address(subnet) == address
    if kind_of(host) not in (IPV4, IPV6):
        return False
    digits = _atoi(mask)
    bits = int(digits[1]) if digits else 0
    base = ip_address(host)
    if base.version != address.version or not 0 <= bits <= base.max_prefixlen:
        return False
    return address in ip_network((base, bits), strict=False)


class Addresses:
    """Functions that look at addresses as they stand."""

    @script_function()
    def is_ip(self, ip: str) -> bool:
        """is_ip(text): an IPv4 or IPv6 address, or an IPv6 reference: [::1]."""
        return kind_of(ip) != 0

    @script_function()
    def is_pure_ip(self, ip: str) -> bool:
        """is_pure_ip(text): an IPv4 or IPv6 address, without brackets."""
        return kind_of(ip) in (IPV4, IPV6)

    @script_function()
    def is_ipv4(self, ip: str) -> bool:
        """is_ipv4(text): an IPv4 address."""
        return kind_of(ip) == IPV4

    @script_function()
    def is_ipv6(self, ip: str) -> bool:
        """is_ipv6(text): an IPv6 address, without brackets."""
        return kind_of(ip) == IPV6

    @script_function()
    def is_ipv6_reference(self, ip: str) -> bool:
        """is_ipv6_reference(text): an IPv6 address in brackets."""
        return kind_of(ip) == REFERENCE

    @script_function()
    def ip_type(self, ip: str) -> int:
        """ip_type(text): 1: an IPv4 address, 2: an IPv6 address, 3: an IPv6 reference; -1: none."""
        return kind_of(ip) or -1

    @script_function(parse={"result": writable})
    def detailed_ip_type(self, ctx: Context, ip: str, result: PvRef) -> int:
        """detailed_ip_type(text, variable): what kind of address it is: PUBLIC, PRIVATE, LOOPBACK, ..."""
        return _tell(ctx, ip, result, (IPV4, IPV6, REFERENCE))

    @script_function(parse={"result": writable})
    def detailed_ipv4_type(self, ctx: Context, ip: str, result: PvRef) -> int:
        """detailed_ipv4_type(text, variable): the same; false for what is no IPv4 address."""
        return _tell(ctx, ip.strip(), result, (IPV4,))

    @script_function(parse={"result": writable})
    def detailed_ipv6_type(self, ctx: Context, ip: str, result: PvRef) -> int:
        """detailed_ipv6_type(text, variable): the same; false for what is no IPv6 address."""
        return _tell(ctx, ip.strip(), result, (IPV6, REFERENCE))

    @script_function()
    def compare_ips(self, ip1: str, ip2: str) -> bool:
        """compare_ips(text, text): the same address, however it is written, in brackets or not."""
        first = address_of(ip1)
        return first is not None and first == address_of(ip2)

    @script_function()
    def compare_pure_ips(self, ip1: str, ip2: str) -> bool:
        """compare_pure_ips(text, text): the same address, however it is written; brackets are not allowed."""
        return REFERENCE not in (kind_of(ip1), kind_of(ip2)) and self.compare_ips(ip1, ip2)

    @script_function()
    def is_ip_rfc1918(self, ip: str) -> bool:
        """is_ip_rfc1918(text): a private IPv4 address. RFC 1918 §3."""
        return kind_of(ip) == IPV4 and any(ip_address(ip) in network for network in _PRIVATE)

    @script_function()
    def is_in_subnet(self, ip: str, subnets_list: str) -> bool:
        """is_in_subnet(text, subnets): the address is one of, or in one of, comma-separated addresses and networks:
        "10.0.0.0/8, 2001:db8::1"; none of them in brackets."""
        return kind_of(ip) in (IPV4, IPV6) and is_within(ip_address(ip), subnets_list)


def _tell(ctx: Context, text: str, result: PvRef, kinds: tuple[int, ...]) -> int:
    if kind_of(text) not in kinds:
        raise ScriptError(f"bad ip parameter: {text!r}")
    address = address_of(text)
    assert address is not None
    assert result.set is not None
    result.set(ctx, detailed_kind(address))
    return 1
