# -*- test-case-name: tests.script.test_select_parts -*-
"""select_parts: what a URI, an address, a Via, any header field consists of, as selects name it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.auth import Authentication
from sipapp.message.headers import header_key, split_spans
from sipapp.message.parameters import Parameters, unquote
from sipapp.message.uri import Uri
from sipapp.message.via import Via

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.message.message import Message
    from sipapp.script.runtime import Context

Reader = Callable[["Context"], "Value"]
_Steps = list[bytes | int]


class _Absent(bytes):
    """An empty text that stands for something that is not there."""


ABSENT = _Absent()

_VISUAL = b"-.()"
_PORTS = {b"sips": b"5061", b"tels": b"5061"}


def or_absent(value: bytes | None) -> bytes:
    """A part of a header field that is there."""
    return ABSENT if value is None else value


def _text(step: bytes | int) -> bytes:
    return step.lower() if isinstance(step, bytes) else b""


def uri_part(read: Reader, rest: _Steps) -> Reader | None:
    """A part of the URI that `read` answers; None where there is no such part. An index before it is ignored."""
    if rest and isinstance(rest[0], int):
        rest = rest[1:]
    if not rest:
        return read
    if len(rest) == 2 and _text(rest[0]) == b"params" and isinstance(rest[1], bytes):
        name = rest[1].replace(b"_", b"-").lower()
        return lambda ctx: _uri(read(ctx)).parameters.get(name) or None
    part = _URI.get(_text(rest[0])) if len(rest) == 1 else None
    return None if part is None else lambda ctx: part(_uri(read(ctx)))


def _uri(text: Value) -> Uri:
    if not isinstance(text, bytes):
        raise ParseError("no URI")
    return Uri.parse(text.strip())


def _number(uri: Uri) -> bytes:
    """The user; of a telephone number without visual separators."""
    user = uri.user
    if user is None:
        return ABSENT
    is_phone = b";" in user and _is_phone(uri)
    number = user.partition(b";")[0] if is_phone else user
    return number.translate(None, _VISUAL) if not uri.is_sip or is_phone else number


def _is_phone(uri: Uri) -> bool:
    """Kamailio takes `sip:...;user=phone` for a tel URI with the parameters that stand in the user part."""
    return uri.is_sip and uri.parameters.get(b"user") == b"phone"


def _type(uri: Uri) -> bytes:
    return uri.scheme.replace(b"sip", b"tel") if _is_phone(uri) else uri.scheme


def _parameters(uri: Uri) -> bytes:
    if _is_phone(uri):
        return (uri.user or b"").partition(b";")[2] or ABSENT
    return bytes(uri.parameters) or ABSENT


def _host_port(uri: Uri) -> bytes:
    if not uri.host:
        raise ParseError("no host")
    return b"%b:%b" % (uri.host, _PORTS.get(uri.scheme, b"5060") if uri.port is None else b"%d" % uri.port)


_URI: dict[bytes, Callable[[Uri], bytes]] = {
    b"type": _type,
    b"user": _number,
    b"rn_user": lambda uri: uri.parameters.get(b"rn") or _number(uri),
    b"pwd": lambda uri: or_absent(uri.password),
    b"host": lambda uri: or_absent(uri.host),
    b"port": lambda uri: ABSENT if uri.port is None else b"%d" % uri.port,
    b"params": _parameters,
    b"hostport": _host_port,
    b"transport": lambda uri: uri.transport or (b"tls" if uri.scheme in _PORTS else b"udp"),
}


def _first_address(message: Message, key: bytes) -> Address:
    value = message.first(key)
    if value is None:
        raise ParseError(f"no {key.decode()}")
    start, end = split_spans(value)[0]
    return Address.parse(value[start:end])


def address_part(key: bytes, rest: _Steps) -> Reader | None:
    """uri, tag, name or params.NAME of From, To, Refer-To, Remote-Party-ID or Record-Route."""
    return _of_address(lambda ctx: _first_address(ctx.message, key), rest)


def contact_part(rest: _Steps) -> Reader | None:
    """The same of the first Contact header field, its last value as in Kamailio; q, expires, ... are parameters."""

    def read(ctx: Context) -> Address:
        value = ctx.message.first(b"contact") or b"*"
        if value == b"*":
            raise ParseError("no address")
        start, end = split_spans(value)[-1]
        return Address.parse(value[start:end])

    if len(rest) == 1 and _text(rest[0]) in (b"q", b"expires", b"methods", b"received"):
        rest = [b"params", rest[0]]
    elif rest == [b"instance"]:
        rest = [b"params", b"+sip.instance"]
    return _of_address(read, rest)


def _of_address(read: Callable[[Context], Address], rest: _Steps) -> Reader | None:
    first, more = _text(rest[0]), rest[1:]
    if first == b"uri":
        return uri_part(lambda ctx: read(ctx).uri, more)
    if first == b"name" and not more:
        return lambda ctx: read(ctx).display or ABSENT
    if first == b"tag" and not more:
        return lambda ctx: or_absent(read(ctx).tag)
    if first == b"params" and len(more) == 1 and isinstance(more[0], bytes):
        name = more[0].lower()
        return lambda ctx: _parameter(read(ctx).parameters, name)
    return None


def _parameter(parameters: Parameters, name: bytes) -> bytes | None:
    """None where it is absent."""
    if name not in parameters:
        return None
    value = parameters.get(name)
    return ABSENT if value is None else unquote(value)


_VIA: dict[bytes, Callable[[Via], bytes | None]] = {
    b"name": lambda via: via.version.partition(b"/")[0],
    b"version": lambda via: via.version.partition(b"/")[2],
    b"transport": lambda via: via.transport,
    b"host": lambda via: via.host,
    b"port": lambda via: ABSENT if via.port is None else b"%d" % via.port,
    b"comment": lambda via: ABSENT,
    b"branch": lambda via: _parameter(via.parameters, b"branch"),
    b"received": lambda via: _parameter(via.parameters, b"received"),
    b"rport": lambda via: _parameter(via.parameters, b"rport"),
    b"i": lambda via: _parameter(via.parameters, b"i"),
    b"alias": lambda via: _parameter(via.parameters, b"alias"),
}


def via_part(rest: _Steps) -> Reader | None:
    """A part of a Via: `via[2].host`; the first is 1, every negative one the last, as in Kamailio."""
    index = 1
    if rest and isinstance(rest[0], int):
        index, rest = rest[0], rest[1:]

    def read(ctx: Context) -> Via:
        if not index:
            raise ParseError("Vias are counted from 1")
        return ctx.message.vias[index - 1 if index > 0 else -1]

    if not rest:
        return lambda ctx: bytes(read(ctx))
    if len(rest) == 2 and _text(rest[0]) == b"params" and isinstance(rest[1], bytes):
        name = rest[1].lower()
        return lambda ctx: _parameter(read(ctx).parameters, name)
    part = _VIA.get(_text(rest[0])) if len(rest) == 1 else None
    return None if part is None else lambda ctx: part(read(ctx))


def header_part(rest: _Steps) -> Reader | None:
    """`header.NAME`, `header.NAME[2]`, `header.NAME.nameaddr.uri`, `header.NAME.params.P`; `_` in names is `-`."""
    if not isinstance(rest[0], bytes):
        return None
    name = rest[0][:1] + rest[0][1:].replace(b"_", b"-")
    key, more = header_key(name), rest[1:]
    index = 1
    if more and isinstance(more[0], int):
        index, more = more[0], more[1:]

    def read(ctx: Context) -> Value:
        found = ctx.message.values(key)
        if not found or index == 0:
            return None
        return found[index - 1 if index > 0 else -1]  # as in Kamailio, every negative index is the last

    if not more:
        return read
    if _text(more[0]) == b"params" and len(more) == 2 and isinstance(more[1], bytes):
        wanted = more[1].replace(b"_", b"-").lower()
        return lambda ctx: _parameter(Parameters.parse((read(ctx) or b"").partition(b";")[2]), wanted)  # type: ignore[union-attr]
    return nameaddr_part(read, more[1:]) if _text(more[0]) == b"nameaddr" else None


def nameaddr_part(read: Reader, rest: _Steps) -> Reader | None:
    """name, uri, params of a value with <>; None where there is no such part."""

    def address(ctx: Context) -> Address:
        value = read(ctx)
        if not isinstance(value, bytes):
            raise ParseError("no value")
        return Address.parse(value)

    if rest == [b"params"]:
        return lambda ctx: bytes(address(ctx).parameters)
    if rest == [b"name"]:
        return lambda ctx: address(ctx).display
    return _of_address(address, rest) if rest and _text(rest[0]) != b"tag" else None


_DIGEST = {
    name: name for name in (b"realm", b"nonce", b"uri", b"cnonce", b"nc", b"response", b"opaque", b"algorithm", b"qop")
}


def username_parts(name: bytes) -> tuple[bytes, bytes]:
    """User and domain of `alice`, `alice@example.com` or `sip:alice@example.com`."""
    user, _, domain = name.partition(b"@")
    scheme, colon, rest = user.partition(b":")
    return rest if colon else scheme, domain


def auth_part(key: bytes, rest: _Steps) -> Reader | None:
    """`authorization["realm"].username`: of the credentials for a realm."""
    if not isinstance(rest[0], bytes):
        return None
    realm, more = rest[0], [_text(step) for step in rest[1:]]

    def read(ctx: Context) -> Authentication:
        for value in ctx.message.values(key):
            credentials = Authentication.parse(value)
            if credentials.get(b"realm") == realm:
                return credentials
        raise ParseError("no credentials for this realm")

    if not more:
        return lambda ctx: read(ctx).text
    if more[0] == b"username" and len(more) <= 2:
        if len(more) == 1:
            return lambda ctx: or_absent(read(ctx).get(b"username"))
        place = {b"user": 0, b"domain": 1}.get(more[1])
        return None if place is None else lambda ctx: username_parts(read(ctx).get(b"username") or b"")[place]
    name = _DIGEST.get(more[0]) if len(more) == 1 else None
    return None if name is None else lambda ctx: or_absent(read(ctx).get(name))
