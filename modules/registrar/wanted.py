# -*- test-case-name: tests.modules.registrar.test_wanted -*-
"""wanted: what a REGISTER asks for, read and judged. RFC 3261 §10.3, RFC 3327 §5.3, RFC 5626 §6."""

from __future__ import annotations

from random import randrange
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from sipapp.errors import ParseError
from sipapp.interfaces.location import ALL_METHODS
from sipapp.message.address import Address, parse_addresses
from sipapp.message.headers import split_spans
from sipapp.message.parameters import NONE, unquote
from sipapp.modules.registrar import reasons
from sipapp.modules.registrar.reasons import Refused

if TYPE_CHECKING:
    from sipapp.message.message import Message

METHODS = {
    name: 1 << place
    for place, name in enumerate(
        b"INVITE CANCEL ACK BYE INFO REGISTER SUBSCRIBE NOTIFY MESSAGE OPTIONS PRACK UPDATE REFER PUBLISH "
        b"KDMQ GET POST PUT DELETE".split()
    )
}
"""The methods that Kamailio has a number for, as bits."""
OTHER_METHOD = 1 << 19

MOST_SECONDS = 0xFFFFFFFF
"""RFC 3261 §20.19."""


def contacts_of(message: Message, longest: int) -> tuple[list[Address], bool]:
    """(the contacts, whether it is `*`), those of one header field from its last to its first, as Kamailio takes them.

    longest: of a contact's URI. Raises Refused.
    """
    found: list[Address] = []
    star = False
    try:
        for value in message.values(b"contact"):
            addresses = parse_addresses(value)
            if not addresses:
                raise Refused(reasons.BAD_CONTACT)
            star = star or any(address.uri == b"*" for address in addresses)
            found += addresses[::-1]
    except ParseError:
        raise Refused(reasons.BAD_CONTACT) from None
    if star:
        if expires_of(message) != 0:
            raise Refused(reasons.STAR_EXPIRES)
        if len(found) > 1:
            raise Refused(reasons.STAR_CONTACTS)
        return [], True
    for address in found:
        if len(address.uri) > longest:
            raise Refused(reasons.LONG_CONTACT)
        if has_parameters(address) and len(parameter(address, b"received")) > 255:
            raise Refused(reasons.LONG_CONTACT)
    return found, False


def has_parameters(address: Address) -> bool:
    """Whether there are any to ask for. Raises Refused."""
    try:
        return address.parameters is not NONE
    except ParseError:
        raise Refused(reasons.BAD_CONTACT) from None


def parameter(address: Address, name: bytes) -> bytes:
    """A contact's parameter, without quotes; empty where there is none. Raises Refused."""
    try:
        value = address.parameters.get(name)
    except ParseError:
        raise Refused(reasons.BAD_CONTACT) from None
    return unquote(value) if value else b""


def expires_of(message: Message) -> int:
    """The value of Expires (s); -1 where there is none, or no number."""
    value = message.first(b"expires")
    return _seconds(value) if value is not None else -1


def _seconds(text: bytes) -> int:
    """-1: no number of seconds. RFC 3261 §20.19."""
    if not text.isdigit() or len(text) > 10:
        return -1
    number = int(text)
    return number if number <= MOST_SECONDS else -1


def own_seconds(address: Address, default: int) -> int:
    """For how long a contact wants to be there (s), `default` where it says nothing; -1: no number of seconds."""
    own = parameter(address, b"expires") if address.parameters is not NONE else b""
    return _seconds(own) if own else default


def shortened(seconds: int, percent: int) -> int:
    """Somewhat less, by chance, by up to so many percent: so that not all come again in the same moment."""
    if not percent:
        return seconds
    least = int(seconds - percent / 100 * seconds)
    return least + int(randrange(100) / 100 * (seconds - least))


def q_of(address: Address, default: int) -> int:
    """The q of a contact in thousandths; `default` where it has none. Raises Refused. RFC 3261 §20.10."""
    text = parameter(address, b"q").strip()
    if not text:
        return default
    whole, _, fraction = text.partition(b".")
    whole = whole.lstrip(b"0") if whole else b""
    if text in (b"", b".") or whole not in (b"", b"1") or (fraction and not fraction.isdigit()):
        raise Refused(reasons.BAD_Q)
    number = len(whole) * 1000 + int(fraction[:3].ljust(3, b"0"))
    if number > 1000:
        raise Refused(reasons.BAD_Q)
    return number


def reg_id_of(address: Address) -> int:
    """The reg-id of a contact with an instance; 0 where there is none. Raises Refused. RFC 5626 §4.2."""
    text = parameter(address, b"reg-id")
    if not text or not parameter(address, b"+sip.instance"):
        return 0
    if not text.isdigit() or len(text) > 10 or not 0 < int(text) <= 0x7FFFFFFF:
        raise Refused(reasons.BAD_REG_ID)
    return int(text)


def methods_of(address: Address, allowed: int) -> int:
    """The methods that a contact takes, as bits; `allowed` where it does not say. Raises Refused. RFC 3840 §10."""
    text = parameter(address, b"methods")
    return method_bits(text) if text else allowed


def allowed_of(message: Message) -> int:
    """What Allow says. Raises Refused."""
    values = message.values(b"allow")
    return method_bits(b",".join(values)) if values else ALL_METHODS


def method_bits(text: bytes) -> int:
    """`INVITE, ACK` as bits. Raises Refused."""
    bits = 0
    for piece in text.split(b","):
        name = piece.strip()
        if b" " in name:
            raise Refused(reasons.BAD_METHODS)
        if name:
            bits |= METHODS.get(name, OTHER_METHOD)
    return bits


def options_of(message: Message, key: bytes) -> set[bytes]:
    """The option tags in Supported or Require, in lower case."""
    values = message.values(key)
    return {tag.strip().lower() for value in values for tag in value.split(b",")} if values else set()


def path_of(message: Message) -> bytes:
    """The Path vector, top first, as one value; empty where there is none. Raises Refused. RFC 3327 §5.3."""
    values = message.values(b"path")
    if not values:
        return b""
    path = b",".join(values)
    try:
        if b"lr" not in parse_addresses(path)[0].parsed_uri.parameters:
            raise Refused(reasons.BAD_PATH)
    except (ParseError, IndexError):
        raise Refused(reasons.BAD_PATH) from None
    return path


def first_hop(path: bytes) -> Address | None:
    """The top of a Path vector; None where that is no name-addr."""
    try:
        hop = parse_addresses(path)[0] if path else None
        return hop if hop is not None and b"<" in hop.text else None
    except (ParseError, IndexError):
        return None


def rest_of(path: bytes) -> bytes:
    """What is behind the top."""
    spans: Any = split_spans(path)
    return path[spans[1][0] :] if len(spans) > 1 else b""


def received_of(path: bytes) -> bytes:
    """Where the first hop says that the client is: the parameter `received` of its entry; empty where it does not."""
    hop = first_hop(path)
    if hop is None:
        return b""
    try:
        value = hop.parsed_uri.parameters.get(b"received") or hop.parameters.get(b"received")
    except ParseError:
        return b""
    return unquote_to_bytes(unquote(value)) if value else b""
