# -*- test-case-name: tests.script.test_operands -*-
"""operands: the core's bare condition operands, older than pseudo-variables: `src_ip == 192.0.2.0/24`, `uri == myself`.

Their comparisons have rules of their own: texts compare without case, addresses by network. A comparison answers 1,
0, or -1 where a message field that it needs is malformed (which neither `if (...)` nor `if (!...)` takes for true).
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError, PeerError
from sipapp.interfaces.script import Getter, Value
from sipapp.message.response import Response
from sipapp.message.uri import Uri
from sipapp.script import values
from sipapp.script.bound import Constant, Expression, Read, Select, Test
from sipapp.script.nodes import Network, Word
from sipapp.script.posix import compile_regex

if TYPE_CHECKING:
    from sipapp.errors import Position
    from sipapp.interfaces.transport import Flow
    from sipapp.message.address import Address
    from sipapp.script.runtime import Context

    Comparison = Callable[[Context], int]
    Networks = list[IPv4Network | IPv6Network]

SENDING = "sending"
"""Where an onsend_route finds what it is about: `ctx.extra[SENDING]` is (bytes, Flow)."""

RECEIVING = "receiving"
"""Where event_route[core:msg-received] finds what it is about: `ctx.extra[RECEIVING]` is (bytes, Flow)."""

PROTOCOLS = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}
FAMILIES = {4: int(socket.AF_INET), 6: int(socket.AF_INET6)}
_WORDS = {**PROTOCOLS, "inet": FAMILIES[4], "inet6": FAMILIES[6]}


# -- what they stand for


def _method(ctx: Context) -> bytes:
    return ctx.message.method


def _uri(ctx: Context) -> bytes:
    """`uri` of a request, `status` of a response: two names of one thing."""
    message = ctx.message
    if isinstance(message, Response):
        return b"%d" % message.status
    return ctx.draft.request_uri or message.uri


def _address_uri(address: Address | None) -> bytes:
    if address is None:
        raise PeerError("no From or To")
    return address.uri


def _sending(ctx: Context) -> tuple[bytes, Flow]:
    sending = ctx.extra.get(SENDING)
    if sending is None:
        raise PeerError("nothing is being sent: not in an onsend_route")
    return sending  # type: ignore[no-any-return]


def _length(ctx: Context) -> int:
    sending = ctx.extra.get(SENDING) if ctx.extra else None
    return len(sending[0] if sending is not None else ctx.message.raw)


TEXTS: dict[str, Callable[[Context], bytes]] = {
    "method": _method,
    "uri": _uri,
    "from_uri": lambda ctx: _address_uri(ctx.message.from_),
    "to_uri": lambda ctx: _address_uri(ctx.message.to),
}
NUMBERS: dict[str, Callable[[Context], int]] = {
    "src_port": lambda ctx: ctx.message.flow.port,
    "dst_port": lambda ctx: ctx.message.flow.socket.port,
    "proto": lambda ctx: PROTOCOLS[ctx.message.flow.socket.proto],
    "af": lambda ctx: FAMILIES[ctx.message.flow.socket.family],
    "msg:len": _length,
    "snd_port": lambda ctx: _sending(ctx)[1].socket.port,
    "to_port": lambda ctx: _sending(ctx)[1].port,
    "snd_proto": lambda ctx: PROTOCOLS[_sending(ctx)[1].socket.proto],
    "to_proto": lambda ctx: PROTOCOLS[_sending(ctx)[1].socket.proto],
    "snd_af": lambda ctx: FAMILIES[_sending(ctx)[1].socket.family],
    "to_af": lambda ctx: FAMILIES[_sending(ctx)[1].socket.family],
}
ADDRESSES: dict[str, Callable[[Context], str]] = {
    "src_ip": lambda ctx: ctx.message.flow.host,
    "dst_ip": lambda ctx: ctx.message.flow.socket.host,
    "snd_ip": lambda ctx: _sending(ctx)[1].socket.host,
    "to_ip": lambda ctx: _sending(ctx)[1].host,
}


# -- how they are compared


def compare(at: Position, name: str, operator: str, right: Expression | Word | Network) -> Test:
    """The comparison as the script writes it. Raises ConfigError."""
    operator = {"eq": "==", "ne": "!="}.get(operator, operator)
    myself = isinstance(right, Word) and right.value == b"myself"
    if name in NUMBERS:
        compared = _numbers(NUMBERS[name], operator, right)
    elif myself:
        compared = _myself(name, operator)
    elif name in ADDRESSES:
        compared = _addresses(ADDRESSES[name], operator, right)
    elif name in TEXTS:
        compared = _texts(TEXTS[name], operator, right)
    else:
        raise ConfigError(f"{name} cannot be compared")
    return Test(at, _guarded(compared), name)


def unresolved(name: str, right: Expression | Word | Network) -> str:
    """The name on the right side that no address is known for; empty where there is none such."""
    value = right.value if name in ADDRESSES and isinstance(right, (Constant, Word)) else b"myself"
    if value == b"myself" or isinstance(value, int) or _networks(value, resolve=True):
        return ""
    return value.decode(errors="replace")


def _guarded(compared: Comparison) -> Comparison:
    def test(ctx: Context) -> int:
        try:
            return compared(ctx)
        except PeerError:
            return -1

    return test


def _other_side(right: Expression | Word | Network) -> tuple[Value, Getter | None]:
    """The right side's value where it is constant, else how to get it. Raises ConfigError: it calls something."""
    match right:
        case Constant(_, value):
            return value, None
        case Word(_, value) | Network(_, value):
            return value, None
        case Read(_, access):
            return None, access.get
        case Select(_, get):
            return None, get
    raise ConfigError("an address, method or URI is compared with a constant or a variable")


def _texts(get: Callable[[Context], bytes], operator: str, right: Expression | Word | Network) -> Comparison:
    value, other = _other_side(right)
    if operator == "=~":
        if other is not None:
            read = other
            return lambda ctx: int((by := read(ctx)) is not None and values.matches(get(ctx), values.text(by)))
        pattern = compile_regex(values.text(value))
        return lambda ctx: int(pattern.search(get(ctx)) is not None)
    equal = _equality(operator)
    if other is not None:
        read = other
        return lambda ctx: int((get(ctx).lower() == values.text(read(ctx)).lower()) is equal)
    wanted = values.text(value).lower()
    return lambda ctx: int((get(ctx).lower() == wanted) is equal)


_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


def _numbers(get: Callable[[Context], int], operator: str, right: Expression | Word | Network) -> Comparison:
    order = _ORDERS.get(operator)
    if order is None:
        raise ConfigError(f"a number cannot be compared by '{operator}'")
    if isinstance(right, Word):
        word = right.value.decode(errors="replace")
        known = _WORDS.get(word.lower())
        if known is None:
            raise ConfigError(f"{word} is no number, protocol or address family")
        right = Constant(right.at, known)
    value, other = _other_side(right)
    if other is None:
        wanted = values.integer(value)
        return lambda ctx: int(order(get(ctx), wanted))
    read = other
    return lambda ctx: int(order(get(ctx), values.integer(read(ctx))))


def _equality(operator: str) -> bool:
    if operator not in ("==", "!="):
        raise ConfigError(f"this can be compared by ==, != and =~, not by '{operator}'")
    return operator == "=="


def _addresses(get: Callable[[Context], str], operator: str, right: Expression | Word | Network) -> Comparison:
    value, other = _other_side(right)
    if isinstance(value, int):
        raise ConfigError("an address is compared with an address, a network or a name")
    if operator == "=~" and other is None:
        pattern = compile_regex(values.text(value))
        networks = _networks(values.text(value), resolve=False)
        return lambda ctx: int(_within(get(ctx), networks) or pattern.search(get(ctx).encode()) is not None)
    equal = _equality("==" if operator == "=~" else operator)
    if other is None:
        networks = _networks(values.text(value), resolve=True)
        return lambda ctx: int(_within(get(ctx), networks) is equal)
    read = other
    return lambda ctx: int(_within(get(ctx), _networks(values.text(read(ctx)), resolve=False)) is equal)


def _within(address: str, networks: Networks) -> bool:
    found = _address(address)
    return any(found in network for network in networks)


@lru_cache(maxsize=4096)
def _address(text: str) -> Any:
    from ipaddress import ip_address

    return ip_address(text)


@lru_cache(maxsize=1024)
def _networks(text: bytes, resolve: bool) -> Networks:
    """The networks that a text names. A name is looked up when the script loads, once: nothing blocks while it runs.
    One that is unknown then is that of no address."""
    plain = text.decode("ascii", "replace").replace("[", "").replace("]", "")
    try:
        return [ip_network(plain, strict=False)]
    except ValueError:
        if not resolve:
            return []
    try:
        found = socket.getaddrinfo(plain, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [ip_network(address[4][0]) for address in found]


def _myself(name: str, operator: str) -> Comparison:
    """Whether a URI's or an address's host is one of ours."""
    if operator == "=~":
        raise ConfigError("myself is compared by == and !=, not by '=~'")
    equal = _equality(operator)
    if name in ADDRESSES:
        get = ADDRESSES[name]
        return lambda ctx: int(bool(ctx.server.transport.is_myself(get(ctx).encode())) is equal)
    if name == "method":
        raise ConfigError("a method is compared with a name, not with myself")
    uri = TEXTS[name]

    def is_myself(ctx: Context) -> int:
        parsed = Uri.parse(uri(ctx))
        if parsed.host is None:
            return int(not equal)
        port = parsed.port or (5061 if parsed.scheme == b"sips" else 5060)
        return int(bool(ctx.server.transport.is_myself(parsed.host, port)) is equal)

    return is_myself
