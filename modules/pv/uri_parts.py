# -*- test-case-name: tests.modules.pv.test_uri_parts -*-
"""uri_parts: the transformations {uri.*}, {nameaddr.*}, {tobody.*} and {urialias.*}."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.uri import Uri
from sipapp.module import Value, transformation
from sipapp.modules.pv import uris
from sipapp.modules.pv.paramlist import parse_params


class UriParts:
    """What a text that is a URI or an address consists of. All fail on what is none, and on nothing."""

    # -- {uri.*} ----------------------------------------------------------------------------------------------------

    @transformation("uri.user")
    def uri_user(self, value: bytes) -> bytes | None:
        """{uri.user}: the user; empty where there is none."""
        return _part(value, uris.user)

    @transformation("uri.host", "uri.domain")
    def uri_host(self, value: bytes) -> bytes | None:
        """{uri.host}: the host, IPv6 references with their brackets; empty for tel: URIs."""
        return _part(value, lambda uri: uri.host)

    @transformation("uri.passwd")
    def uri_passwd(self, value: bytes) -> bytes | None:
        """{uri.passwd}: the password; empty where there is none."""
        return _part(value, lambda uri: uri.password)

    @transformation("uri.port")
    def uri_port(self, value: bytes) -> Value:
        """{uri.port}: the port; empty where there is none."""
        uri = _uri(value)
        if uri is None:
            return None
        return b"" if uri.port is None else uri.port

    @transformation("uri.params")
    def uri_params(self, value: bytes) -> bytes | None:
        """{uri.params}: the parameters of a SIP URI as they stand."""
        return _part(value, _parameters)

    @transformation("uri.param")
    def uri_param(self, value: bytes, name: bytes) -> bytes | None:
        """{uri.param,name}: the value of one parameter of a SIP URI; empty where it is absent."""
        uri = _uri(value)
        if uri is None:
            return None
        text = _parameters(uri)
        parameters = parse_params(text) if text else []
        if parameters is None:
            return None
        values = [body for found, body in parameters if found.lower() == name.lower()]
        return values[-1] if values else b""

    @transformation("uri.rmparam")
    def uri_rmparam(self, value: bytes, name: bytes) -> bytes | None:
        """{uri.rmparam,name}: the URI without one parameter."""
        text = _part(value, _parameters)
        if not text:
            return None if text is None else value
        kept = [p for p in text.split(b";") if p.partition(b"=")[0].strip().lower() != name.lower()]
        before, _, after = value.partition(b";" + text)
        return b";".join([before, *kept]) + after

    @transformation("uri.headers")
    def uri_headers(self, value: bytes) -> bytes | None:
        """{uri.headers}: what stands behind the question mark."""
        return _part(value, lambda uri: uri.headers)

    @transformation("uri.transport")
    def uri_transport(self, value: bytes) -> bytes | None:
        """{uri.transport}: the value of the transport parameter."""
        return _value(value, b"transport")

    @transformation("uri.ttl")
    def uri_ttl(self, value: bytes) -> bytes | None:
        """{uri.ttl}: the value of the ttl parameter."""
        return _value(value, b"ttl")

    @transformation("uri.uparam")
    def uri_uparam(self, value: bytes) -> bytes | None:
        """{uri.uparam}: the value of the user parameter."""
        return _value(value, b"user")

    @transformation("uri.maddr")
    def uri_maddr(self, value: bytes) -> bytes | None:
        """{uri.maddr}: the value of the maddr parameter."""
        return _value(value, b"maddr")

    @transformation("uri.method")
    def uri_method(self, value: bytes) -> bytes | None:
        """{uri.method}: the value of the method parameter."""
        return _value(value, b"method")

    @transformation("uri.lr")
    def uri_lr(self, value: bytes) -> bytes | None:
        """{uri.lr}: the value of the lr parameter, which mostly has none."""
        return _value(value, b"lr")

    @transformation("uri.r2")
    def uri_r2(self, value: bytes) -> bytes | None:
        """{uri.r2}: the value of the r2 parameter."""
        return _value(value, b"r2")

    @transformation("uri.scheme")
    def uri_scheme(self, value: bytes) -> bytes | None:
        """{uri.scheme}: the scheme as written."""
        return _part(value, lambda uri: uri.text[: len(uri.scheme)])

    @transformation("uri.saor")
    def uri_saor(self, value: bytes) -> bytes | None:
        """{uri.saor}: scheme, user and host: the address of record."""
        return _part(value, lambda uri: _scheme(uri) + _userinfo(uri) + (uri.host or b""))

    @transformation("uri.suri")
    def uri_suri(self, value: bytes) -> bytes | None:
        """{uri.suri}: the same with port and transport."""
        return _part(value, lambda uri: _scheme(uri) + _userinfo(uri) + _destination(uri))

    @transformation("uri.duri")
    def uri_duri(self, value: bytes) -> bytes | None:
        """{uri.duri}: scheme, host, port and transport: where to send to."""
        return _part(value, lambda uri: _scheme(uri) + _destination(uri))

    @transformation("uri.tosocket")
    def uri_tosocket(self, value: bytes) -> bytes | None:
        """{uri.tosocket}: `tcp:host:port`; empty for a URI without a transport that is known."""
        return _part(value, _socket)

    # -- {nameaddr.*} -----------------------------------------------------------------------------------------------

    @transformation("nameaddr.name")
    def nameaddr_name(self, value: bytes) -> bytes | None:
        """{nameaddr.name}: all that stands before the `<`."""
        parts = _nameaddr(value)
        return parts and parts[0]

    @transformation("nameaddr.uri")
    def nameaddr_uri(self, value: bytes) -> bytes | None:
        """{nameaddr.uri}: the URI between < and >; the whole text where there is no <."""
        parts = _nameaddr(value)
        return parts and parts[1]

    @transformation("nameaddr.len")
    def nameaddr_len(self, value: bytes) -> int | None:
        """{nameaddr.len}: how many bytes there are to the >."""
        parts = _nameaddr(value)
        return parts and parts[2]

    # -- {tobody.*} -------------------------------------------------------------------------------------------------

    @transformation("tobody.uri")
    def tobody_uri(self, value: bytes) -> bytes | None:
        """{tobody.uri}: the URI of a From or To value."""
        parts = _tobody(value)
        return parts and parts[0].uri

    @transformation("tobody.tag")
    def tobody_tag(self, value: bytes) -> bytes | None:
        """{tobody.tag}: its tag; empty where there is none."""
        parts = _tobody(value)
        return parts and (parts[0].tag or b"")

    @transformation("tobody.user")
    def tobody_user(self, value: bytes) -> bytes | None:
        """{tobody.user}: the user of its URI."""
        parts = _tobody(value)
        return parts and (uris.user(parts[1]) or b"")

    @transformation("tobody.host")
    def tobody_host(self, value: bytes) -> bytes | None:
        """{tobody.host}: the host of its URI."""
        parts = _tobody(value)
        return parts and (parts[1].host or b"")

    @transformation("tobody.display")
    def tobody_display(self, value: bytes) -> bytes | None:
        """{tobody.display}: its display name, quotes included."""
        parts = _tobody(value)
        return parts and parts[0].display

    @transformation("tobody.params")
    def tobody_params(self, value: bytes) -> bytes | None:
        """{tobody.params}: its parameters as they stand."""
        parts = _tobody(value)
        return parts and bytes(parts[0].parameters)

    # -- {urialias.*} -----------------------------------------------------------------------------------------------

    @transformation("urialias.encode")
    def urialias_encode(self, value: bytes) -> bytes | None:
        """{urialias.encode}: a URI's address as `host~port~protocol`, the value of the alias parameter."""
        if not value:
            return None
        uri = uris.parse_uri(value)
        if uri is None:
            return b""
        number = uris.protocol(uri)
        port = uri.port or (5061 if number in (3, 6) or uri.scheme == b"sips" else 5060)
        return b"%b~%d~%d" % (uri.host or b"", port, number or 1)

    @transformation("urialias.decode")
    def urialias_decode(self, value: bytes) -> bytes | None:
        """{urialias.decode}: the reverse; empty for an unknown protocol."""
        if not value:
            return None
        host, _, rest = value.partition(b"~")
        port, named, number = rest.partition(b"~")
        if named and not number:
            return b""
        uri = b"sip:%b:%b" % (host, port) if rest else b"sip:" + host
        protocol = number[0] - 48 if number else 1
        if protocol in (0, 1):
            return uri
        name = uris.PROTOCOL_NAMES.get(protocol)
        return b"%b;transport=%b" % (uri, name) if name else b""


def _uri(text: bytes) -> Uri | None:
    """A semicolon at the very end is forgiven."""
    return uris.parse_uri(text[:-1] if len(text) > 4 and text.endswith(b";") else text)


def _part(text: bytes, part: Callable[[Uri], bytes | None]) -> bytes | None:
    """A part of the URI, empty where it has none; None where the text is no URI."""
    uri = _uri(text)
    return None if uri is None else part(uri) or b""


def _parameters(uri: Uri) -> bytes:
    try:
        return bytes(uri.parameters) if uri.is_sip else b""
    except ParseError:
        return b""


def _value(text: bytes, name: bytes) -> bytes | None:
    return _part(text, lambda uri: uris.parameter(uri, name))


def _socket(uri: Uri) -> bytes:
    name = uris.PROTOCOL_NAMES.get(uris.protocol(uri))
    return b"%b:%b:%d" % (name, uri.host or b"", uri.port or 5060) if name else b""


def _scheme(uri: Uri) -> bytes:
    return uri.text[: len(uri.scheme) + 1]


def _userinfo(uri: Uri) -> bytes:
    found = uris.user(uri)
    return found + b"@" if found else b""


def _destination(uri: Uri) -> bytes:
    port = b"" if uri.port is None else b":%d" % uri.port
    transport = uris.parameter(uri, b"transport")
    return (uri.host or b"") + port + (b";transport=" + transport if transport else b"")


@lru_cache(maxsize=1024)
def _nameaddr(text: bytes) -> tuple[bytes, bytes, int] | None:
    """Name, URI and length."""
    if not text:
        return None
    start = _find_unquoted(text, b"<", 0)
    if start < 0:
        return b"", text, len(text)
    end = _find_unquoted(text, b">", start + 1)
    return None if end < 0 else (text[:start], text[start + 1 : end], end + 1)


def _find_unquoted(text: bytes, char: bytes, at: int) -> int:
    quoted = False
    for place in range(at, len(text)):
        found = text[place : place + 1]
        if found == b'"' and text[place - 1 : place] != b"\\":
            quoted = not quoted
        elif found == char and not quoted:
            return place
    return -1


@lru_cache(maxsize=1024)
def _tobody(text: bytes) -> tuple[Address, Uri] | None:
    """Kamailio minds no punctuation in a name without quotes but a backslash, and no parameter but a right one."""
    try:
        named = _NAMED(text)
        address = Address(text, *named.groups(b"")) if named else Address.parse(text)
        parameters = bytes(address.parameters)
    except ParseError:
        return None
    if (parameters and not _PARAMETERS(parameters)) or (b"\\" in address.display and address.display[:1] != b'"'):
        return None
    uri = uris.parse_uri(address.uri)
    return None if uri is None else (address, uri)


_NAMED = re.compile(rb"""\s*([^"<>;@]*[,=:][^"<>;@]*?)\s*<([^<>]*)>(?:\s*;(.*)|\s*)""", re.DOTALL).fullmatch
_PARAMETER = rb"""\s*[^\s;=]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";=\\]*))?\s*"""
_PARAMETERS = re.compile(rb"%b(?:;%b)*;?\s*" % (_PARAMETER, _PARAMETER), re.DOTALL).fullmatch
