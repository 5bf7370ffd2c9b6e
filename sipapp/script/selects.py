# -*- test-case-name: tests.script.test_selects -*-
"""selects: `@from.uri.user`, `@via[1].host`, `@msg.header.subject`: parts of a message by path.

A select answers bytes, or None where it is undefined: the header field is not there. A part that a present header
field lacks, such as a tag, is defined and empty: `ABSENT`, which $sel() takes for null.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.errors import ConfigError, ParseError
from sipapp.nearest import nearest
from sipapp.script.configured import INSTANCES, configured
from sipapp.script.select_parts import (
    ABSENT,
    Reader,
    address_part,
    auth_part,
    contact_part,
    header_part,
    or_absent,
    uri_part,
    via_part,
)

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value
    from sipapp.script.runtime import Context

Steps = list[bytes | int]
_name = re.compile(rb"[A-Za-z][A-Za-z0-9_]*").match
_index = re.compile(rb"\[(?:\\?\"([^\"]*?)\\?\"|(-?[0-9]+))\]").match


class UnknownSelect(ConfigError):
    """There is no such select. In an expression, Kamailio takes it for one that has no value."""


def parse_select(source: bytes) -> Callable[[Context], Value]:
    """What reads a select, given with or without its @. Raises UnknownSelect, ConfigError: this is none at all."""
    steps = _steps(source)
    root = str(steps[0], "ascii").lower()  # type: ignore[arg-type]
    make = _ROOTS.get(root)
    if make is None:
        raise UnknownSelect(f"@{_shown(source)}: no such select{nearest(root, _ROOTS)}")
    try:
        read = make(steps[1:])
    except _NoSuchPart:
        missing = ConfigError if root == "cfg_get" else UnknownSelect
        raise missing(f"@{_shown(source)}: {root} has no such part") from None

    def safely(ctx: Context) -> Value:
        try:
            return read(ctx)
        except (ParseError, AttributeError, IndexError):  # malformed, or not in a message of this kind
            return None

    return safely


def _steps(source: bytes) -> Steps:
    steps: Steps = []
    at = 1 if source.startswith(b"@") else 0
    while True:
        found = _name(source, at)
        if found is None:
            raise ConfigError(f"@{_shown(source)}: not a select")
        steps.append(found[0])
        at = found.end()
        index = _index(source, at)
        if index is not None:
            steps.append(int(index[2]) if index[2] is not None else index[1])
            at = index.end()
        if source[at : at + 1] != b".":
            break
        at += 1
    if at != len(source):
        raise ConfigError(f"@{_shown(source)}: unexpected {_shown(source[at:])!r}")
    return steps


def _shown(source: bytes) -> str:
    return source.removeprefix(b"@").decode(errors="replace")


class _NoSuchPart(Exception):
    """A path that leads nowhere."""


def _end(read: Reader) -> Callable[[Steps], Reader]:
    """A select without parts."""

    def make(rest: Steps) -> Reader:
        if rest:
            raise _NoSuchPart
        return read

    return make


def _parts(whole: Reader | None, part: Callable[[Steps], Reader | None]) -> Callable[[Steps], Reader]:
    """A select that is something by itself (or not: None) and has parts."""

    def make(rest: Steps) -> Reader:
        found = part(rest) if rest else whole
        if found is None:
            raise _NoSuchPart
        return found

    return make


def _named(parts: dict[bytes, Reader]) -> Callable[[Steps], Reader | None]:
    """Parts by name, without parts of their own."""

    def part(rest: Steps) -> Reader | None:
        return parts.get(_lower(rest[0])) if len(rest) == 1 else None

    return part


def _lower(step: bytes | int) -> bytes:
    return step.lower() if isinstance(step, bytes) else b""


def _uri(read: Reader) -> Callable[[Steps], Reader]:
    return _parts(read, lambda rest: uri_part(read, rest))


def _header(key: bytes) -> Callable[[Steps], Reader]:
    return _end(lambda ctx: ctx.message.first(key))


def _address(key: bytes) -> Callable[[Steps], Reader]:
    return _parts(lambda ctx: ctx.message.first(key), lambda rest: address_part(key, rest))


# -- the request and where it goes


def _ruri(ctx: Context) -> Value:
    new = ctx.draft.request_uri
    return ctx.message.uri if new is None else new  # type: ignore[union-attr]


def _dst_uri(ctx: Context) -> Value:
    _ = ctx.message.uri  # type: ignore[union-attr]
    return or_absent(ctx.draft.next_hop)


def _next_hop(ctx: Context) -> Value:
    return ctx.draft.next_hop or _ruri(ctx)


def _next_hop_part(rest: Steps) -> Reader | None:
    if rest == [b"src_ip"]:
        return lambda ctx: None if (s := ctx.draft.send_socket or ctx.message.flow.socket) is None else s.host.encode()
    return uri_part(_next_hop, rest)


# -- addresses


def _ends(host: Callable[[Context], str], port: Callable[[Context], int]) -> dict[bytes, Reader]:
    return {
        b"ip": lambda ctx: host(ctx).encode(),
        b"port": lambda ctx: b"%d" % port(ctx),
        b"ip_port": lambda ctx: b"%b:%d" % (host(ctx).encode(), port(ctx)),
    }


_SOURCE = _ends(lambda ctx: ctx.message.flow.host, lambda ctx: ctx.message.flow.port)
_SOCKET = _ends(lambda ctx: ctx.message.flow.socket.host, lambda ctx: ctx.message.flow.socket.port)
_RECEIVED: dict[bytes, Reader] = {
    **_SOCKET,
    b"proto": lambda ctx: ctx.message.flow.socket.proto.encode(),
    b"proto_ip_port": lambda ctx: (s := ctx.message.flow.socket) and f"{s.proto}:{s.host}:{s.port}".encode(),
}

# -- the message


def _message(rest: Steps) -> Reader:
    if not rest:
        return lambda ctx: ctx.message.raw
    first, more = _lower(rest[0]), rest[1:]
    make = _MESSAGE.get(first)
    if make is None:
        raise _NoSuchPart
    return make(more)


def _fields(rest: Steps) -> Reader:
    if not rest:
        return lambda ctx: ctx.message.raw[ctx.message.head.fields_at : ctx.message.body_at]
    found = header_part(rest)
    if found is None:
        raise _NoSuchPart
    return found


def _sdp_line(rest: Steps) -> Reader | None:
    if rest == [b"sdp"]:
        return lambda ctx: ctx.message.body or None
    kind = rest[-1]
    if len(rest) != 3 or rest[:2] != [b"sdp", b"line"] or not isinstance(kind, bytes) or kind[1:2] not in (b"", b"="):
        return None
    start = kind[:1] + b"="

    def read(ctx: Context) -> Value:
        for line in ctx.message.body.split(b"\n"):
            if line.startswith(start):
                return line[2:].rstrip(b"\r")
        return None

    return read


def _id(rest: Steps) -> Reader:
    if rest == [b"hex"]:
        return lambda ctx: b"%08x" % (ctx.message.number & 0xFFFFFFFF)
    return _end(lambda ctx: b"%d" % ctx.message.number)(rest)


_REQUEST_URI: Reader = lambda ctx: ctx.message.uri  # type: ignore[union-attr]  # noqa: E731
_METHOD: Reader = lambda ctx: ctx.message.method if hasattr(ctx.message, "uri") else None  # noqa: E731
_STATUS: Reader = lambda ctx: b"%d" % ctx.message.status  # type: ignore[union-attr]  # noqa: E731
_REASON: Reader = lambda ctx: ctx.message.reason  # type: ignore[union-attr]  # noqa: E731
_VERSION: Reader = lambda ctx: ctx.message.version  # noqa: E731


def _request(rest: Steps) -> Reader:
    if not rest:
        return lambda ctx: ctx.message.raw if hasattr(ctx.message, "uri") else None
    if rest[0] == b"uri":
        return _uri(_REQUEST_URI)(rest[1:])
    return _parts(None, _named({b"method": _METHOD, b"version": _VERSION}))(rest)


_RESPONSE = _parts(
    lambda ctx: None if hasattr(ctx.message, "uri") else ctx.message.raw,
    _named({b"version": _VERSION, b"status": _STATUS, b"code": _STATUS, b"reason": _REASON}),
)
_BODY = _parts(lambda ctx: ctx.message.body, _sdp_line)
_MESSAGE: dict[bytes, Callable[[Steps], Reader]] = {
    b"first_line": _end(lambda ctx: ctx.message.raw[: ctx.message.head.fields_at].rstrip()),
    b"flags": _end(lambda ctx: b"%d" % ctx.draft.flags),
    b"len": _end(lambda ctx: b"%d" % len(ctx.message.raw)),
    b"id": _id,
    b"type": _end(lambda ctx: b"1" if hasattr(ctx.message, "uri") else b"2"),
    b"header": _fields,
    b"h": _fields,
    b"body": _BODY,
    b"content": _BODY,
    b"request": _request,
    b"req": _request,
    b"response": _RESPONSE,
    b"res": _RESPONSE,
}

# -- the server


def _now(rest: Steps) -> Reader | None:
    if not rest:
        return lambda ctx: b"%d" % time.time()
    local = {b"local": time.localtime, b"gmt": time.gmtime, b"utc": time.gmtime}.get(_lower(rest[0]))
    if local is None or len(rest) > 2 or (len(rest) == 2 and not isinstance(rest[1], bytes)):
        return None
    form = rest[1].decode(errors="replace") if len(rest) == 2 else "%a %b %e %H:%M:%S %Y"  # type: ignore[union-attr]
    return lambda ctx: time.strftime(form, local()).encode()


def _sys(rest: Steps) -> Reader | None:
    if _lower(rest[0]) == b"now":
        return _now(rest[1:])
    plain: dict[bytes, Reader] = {
        b"pid": lambda ctx: b"%d" % os.getpid(),
        b"unique": lambda ctx: ctx.server.ids.call_id(),
        b"server_id": lambda ctx: b"%d" % getattr(ctx.server.config, "server_id", 0),
    }
    return plain.get(_lower(rest[0])) if len(rest) == 1 else None


def _branch(rest: Steps) -> Reader | None:
    part = _lower(rest[0])
    if part == b"count" and len(rest) == 1:
        return lambda ctx: b"%d" % len(ctx.draft.targets)
    if part not in (b"uri", b"dst_uri", b"q", b"uriq"):
        return None
    index, more = None, rest[1:]
    if more and isinstance(more[0], int):
        index, more = more[0], more[1:]

    def read(ctx: Context) -> Value:
        if index is None and len(ctx.draft.targets) > 1:
            return b",".join([_of_branch(branch, part) for branch in ctx.draft.targets])
        return None if (index or 0) < 0 else _of_branch(ctx.draft.targets[index or 0], part)

    return uri_part(read, more) if more and part != b"q" else None if more else read


def _of_branch(branch: object, part: bytes) -> bytes:
    q = b"" if branch.q < 0 else f"{branch.q / 1000:.3f}".rstrip("0").rstrip(".").encode()  # type: ignore[attr-defined]
    if part == b"q":
        return q
    uri: bytes = (branch.next_hop if part == b"dst_uri" else branch.uri) or b""  # type: ignore[attr-defined]
    return b"<%b>;q=%b" % (uri, q) if part == b"uriq" and q else uri


def _cfg_get(rest: Steps) -> Reader | None:
    if len(rest) != 2 or not all(isinstance(step, bytes) for step in rest):
        return None
    group, name = (str(step, "ascii") for step in rest)  # type: ignore[arg-type]

    def read(ctx: Context) -> Value:
        value = configured(ctx, group, ctx.extra.get(INSTANCES, {}).get(group), name)
        return b"%d" % value if isinstance(value, int) else value

    return read


_ROOTS: dict[str, Callable[[Steps], Reader]] = {
    "ruri": _uri(_ruri),
    "request_uri": _uri(_ruri),
    "dst_uri": _uri(_dst_uri),
    "next_hop": _parts(_next_hop, _next_hop_part),
    "from": _address(b"from"),
    "f": _address(b"from"),
    "to": _address(b"to"),
    "t": _address(b"to"),
    "refer_to": _address(b"refer-to"),
    "remote_party_id": _address(b"remote-party-id"),
    "rpid": _address(b"remote-party-id"),
    "contact": _parts(lambda ctx: ctx.message.first(b"contact"), contact_part),
    "m": _parts(lambda ctx: ctx.message.first(b"contact"), contact_part),
    "via": _parts(via_part([]), via_part),
    "v": _parts(via_part([]), via_part),
    "record_route": _address(b"record-route"),
    "rr": _address(b"record-route"),
    "event": _end(lambda ctx: None if (v := ctx.message.first(b"event")) is None else v.partition(b";")[0].strip()),
    "cseq": _parts(
        lambda ctx: ctx.message.first(b"cseq"),
        _named(
            {
                b"num": lambda ctx: (ctx.message.first(b"cseq") or b"").split()[0],
                b"method": lambda ctx: (ctx.message.first(b"cseq") or b"").split()[1],
            }
        ),
    ),
    "msg": _message,
    "message": _message,
    "method": _end(_METHOD),
    "version": _end(_VERSION),
    "status": _end(_STATUS),
    "code": _end(_STATUS),
    "reason": _end(_REASON),
    "authorization": _parts(None, lambda rest: auth_part(b"authorization", rest)),
    "proxy_authorization": _parts(None, lambda rest: auth_part(b"proxy-authorization", rest)),
    "src": _parts(None, _named({**_SOURCE})),
    "dst": _parts(None, _named({**_SOCKET})),
    "received": _parts(None, _named({**_RECEIVED})),
    "sys": _parts(None, _sys),
    "branch": _parts(None, _branch),
    "cfg_get": _parts(None, _cfg_get),
    **{
        key.replace("-", "_"): _header(key.encode())
        for key in (
            *("call-id", "expires", "max-forwards", "content-type", "content-length", "subject", "organization"),
            *("priority", "session-expires", "min-se", "user-agent", "sip-if-match", "date", "identity"),
            "identity-info",
        )
    },
}


def offer(root: str, part: Callable[[Steps], Reader | None]) -> None:
    """A select that a module adds, when it is imported: `part` gets the steps behind `@root` (names as bytes, indexes
    as numbers) and answers what reads the value, None for a path that leads nowhere."""
    _ROOTS[root] = _parts(None, part)


__all__ = ["ABSENT", "Steps", "UnknownSelect", "offer", "parse_select"]
