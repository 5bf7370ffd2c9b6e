# -*- test-case-name: tests.modules.siputils.test_contacts -*-
"""contacts: Contact URIs rewritten so that requests for them come to us, and written back: without any memory of them.

Either all parts of the URI go into a user part of ours, separated by `*` (encode_contact()), or the URI goes in base64
into a parameter of a URI of ours (contact_param_encode()).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable
from typing import NamedTuple

from sipapp.errors import ConfigError, ParseError
from sipapp.message.address import Address
from sipapp.message.headers import split_spans
from sipapp.message.message import Message
from sipapp.module import FAILURE, ONREPLY, REQUEST, Context, ScriptError, Text, modparam, script_function
from sipapp.modules.siputils.uris import find_parameter, parse_uri, request_uri

_PROTOCOLS = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}
"""How an alias parameter names the transport."""


class Place(NamedTuple):
    """A Contact URI and where it is in the message (bytes); whether <> are around it."""

    uri: bytes
    start: int
    end: int
    bracketed: bool


def contact_uris(message: Message, first_field: bool = False) -> list[Place]:
    """The URIs of all Contact header fields, or of the first. Raises ScriptError: one is malformed."""
    fields = message.all_fields(b"contact")
    found = []
    for field in fields[:1] if first_field else fields:
        value = message.raw[field.value_start : field.value_end]
        for start, end in split_spans(value):
            text = value[start:end]
            try:
                address = Address.parse(text)
            except ParseError as why:
                raise ScriptError(f"contact parsing failed: {why}") from None
            at = field.value_start + start + text.index(address.uri, len(address.display))
            found.append(Place(address.uri, at, at + len(address.uri), b"<" in text))
    return found


def encode(uri: bytes, prefix: bytes, host: bytes, separator: bytes) -> bytes:
    """`sip:alice@192.0.2.1:5070` -> `sip:PREFIX*alice**192.0.2.1*5070*@HOST`. Raises ScriptError: no SIP URI."""
    parsed = parse_uri(uri)
    port = b"%d" % parsed.port if parsed.port is not None else b""
    parts = (prefix, parsed.user, parsed.password, parsed.host, port, parsed.parameters.get(b"transport"))
    scheme = uri[: uri.index(b":") + 1]
    return scheme + separator.join(part or b"" for part in parts) + b"@" + host


def decode(uri: bytes, separator: bytes) -> bytes:
    """What `encode` was given, with the parameters that its URI has got since. Raises ScriptError: none of ours; its
    code says what is missing: -22 the scheme, -23 an @, -26 or -24 parts or there are too many, -2 the host, -3 the
    user of a password."""
    scheme, colon, rest = uri.partition(b":")
    user, at, tail = rest.partition(b"@")
    parts = user.split(separator)
    if not colon or not at or len(parts) != 6:
        code = -22 if not colon else -23 if not at else -26 if len(parts) < 6 else -24
        raise ScriptError(f"no encoded contact: {uri.decode(errors='replace')}", code)
    _, name, password, host, port, transport = parts
    if not host or (password and not name):
        raise ScriptError(f"unable to decode host address: {uri.decode(errors='replace')}", -3 if host else -2)
    ends = [found for mark in (b";", b">") if (found := tail.find(mark)) >= 0]
    text = scheme + colon
    if name:
        text += name + (b":" + password if password else b"") + b"@"
    text += host + (b":" + port if port else b"") + (b";transport=" + transport if transport else b"")
    return text + (tail[min(ends) :] if ends else b"")


def to_base64(text: bytes) -> bytes:
    """For URLs, without padding. RFC 4648 §5."""
    return urlsafe_b64encode(text).rstrip(b"=")


def from_base64(text: bytes) -> bytes:
    """Raises ScriptError: no base64."""
    try:
        found = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except Error:
        found = b""
    if not found:
        raise ScriptError(f"failed to decode {text.decode(errors='replace')!r}")
    return found


def separator_character(text: str) -> bytes:
    """Raises ConfigError: not one character."""
    if len(text.encode()) < 1:
        raise ConfigError('modparam("siputils", "contact_flds_separator"): must be a character')
    return text.encode()[:1]


class Contacts:
    """Functions that rewrite Contact and the Request-URI."""

    contact_flds_separator: str = modparam(default="*", doc="what encode_contact() puts between the parts")

    def start_contacts(self) -> None:
        self.separator = separator_character(self.contact_flds_separator)

    @script_function(routes=REQUEST | ONREPLY, late=True)
    def encode_contact(self, ctx: Context, encoding_prefix: Text, hostpart: Text) -> int:
        """Write the URIs of Contact as `encoding_prefix*user*password*host*port*transport@hostpart`."""
        return self._each(ctx, lambda uri: encode(uri, encoding_prefix, hostpart, self.separator))

    @script_function(routes=REQUEST)
    def decode_contact(self, ctx: Context) -> int:
        """Write the Request-URI back as it was before encode_contact() made it."""
        ctx.draft.request_uri = decode(request_uri(ctx), self.separator)
        return 1

    @script_function(routes=REQUEST | FAILURE | ONREPLY)
    def decode_contact_header(self, ctx: Context) -> int:
        """Write the URIs of Contact back as they were before encode_contact() made them."""
        return self._each(ctx, lambda uri: decode(uri, self.separator))

    def _each(self, ctx: Context, change: Callable[[bytes], bytes]) -> int:
        places = contact_uris(ctx.message, first_field=True)
        if not places:
            raise ScriptError("no Contact header present")
        if _is_star(places[0].uri):
            return 1
        for place, changed in [(place, change(place.uri)) for place in places]:
            ctx.draft.replace(place.start, place.end, changed)
        return 1

    @script_function(routes=REQUEST | ONREPLY)
    def contact_param_encode(self, ctx: Context, pname: bytes, saddr: bytes) -> int:
        """Put `saddr;pname=BASE64` in place of each Contact URI, with the URI in it."""
        return self._hide(ctx, pname, saddr, b"")

    @script_function(routes=REQUEST | ONREPLY)
    def contact_param_encode_alias(self, ctx: Context, pname: bytes, saddr: bytes) -> int:
        """As contact_param_encode(), the URI with ;alias=ADDRESS~PORT~TRANSPORT of the sender added before."""
        flow = ctx.message.flow
        host = f"[{flow.host}]" if ":" in flow.host else flow.host
        return self._hide(ctx, pname, saddr, f";alias={host}~{flow.port}~{_PROTOCOLS[flow.socket.proto]}".encode())

    def _hide(self, ctx: Context, pname: bytes, saddr: bytes, alias: bytes) -> int:
        for place in contact_uris(ctx.message, first_field=True):
            if len(place.uri) > 4:
                hidden = b"%b;%b=%b" % (saddr, pname, to_base64(place.uri + alias))
                ctx.draft.replace(place.start, place.end, hidden if place.bracketed else b"<%b>" % hidden)
        return 1

    @script_function(routes=REQUEST | ONREPLY)
    def contact_param_decode(self, ctx: Context, pname: bytes) -> int:
        """Put the URI that parameter `pname` holds in place of each Contact URI that has one."""
        changes = []
        for place in contact_uris(ctx.message):
            hidden = _hidden(place.uri, pname)
            if hidden:
                changes.append((place, from_base64(hidden)))
        for place, uri in changes:
            ctx.draft.replace(place.start, place.end, uri)
        return 1

    @script_function(routes=REQUEST)
    def contact_param_decode_ruri(self, ctx: Context, pname: bytes) -> int:
        """Put the URI that parameter `pname` holds in place of the Request-URI, if it has one."""
        hidden = _hidden(request_uri(ctx), pname)
        if hidden:
            ctx.draft.request_uri = from_base64(hidden)
        return 1

    @script_function(routes=REQUEST | ONREPLY)
    def contact_param_rm(self, ctx: Context, pname: bytes) -> int:
        """Take a parameter out of the Contact URIs."""
        for place in contact_uris(ctx.message):
            found = None if _is_star(place.uri) else find_parameter(parse_uri(place.uri), pname)
            if found is not None:
                ctx.draft.delete(place.start + found.start, place.start + found.end)
        return 1

    @script_function()
    def contact_param_check(self, ctx: Context, pname: bytes) -> int:
        """True when a Contact URI has this parameter, or there is no Contact."""
        places = contact_uris(ctx.message)
        if not places:
            return 1
        named = (find_parameter(parse_uri(place.uri), pname) for place in places if not _is_star(place.uri))
        return 1 if any(named) else -1


def _is_star(uri: bytes) -> bool:
    return uri == b"*"


def _hidden(uri: bytes, pname: bytes) -> bytes:
    """The value of the parameter; b"" without."""
    if _is_star(uri):
        return b""
    found = find_parameter(parse_uri(uri), pname)
    return found.value if found is not None else b""
