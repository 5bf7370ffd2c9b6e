# -*- test-case-name: tests.modules.test_sdpops_variables -*-
"""variables: $sdp(key)."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.message.sdp import Connection, Media, Sdp
from sipapp.module import ConfigError, Context, ScriptError, Value, pseudo_variable
from sipapp.modules.sdpops.description import find

_LARGEST = 0x7FFFFFFF
_FAMILIES = {4: 2, 6: 10}  # AF_INET, AF_INET6

_Reader = Callable[[Context, Sdp], Value]


def _raw(ctx: Context, found: Sdp) -> Value:
    return ctx.message.body[found.start : found.end]


def _version(ctx: Context, found: Sdp) -> Value:
    """As a number; null where it is none, or too large for one."""
    text = found.sessions[-1].version
    return int(text) if text.isdigit() and int(text) <= _LARGEST else None


def _connection(found: Sdp) -> Connection | None:
    """The first stream's own, else the session's."""
    session = found.sessions[0]
    return (session.media[0].connection if session.media else None) or session.connection


def _address(ctx: Context, found: Sdp) -> Value:
    connection = _connection(found)
    return connection.address if connection else None


def _family(ctx: Context, found: Sdp) -> Value:
    connection = _connection(found)
    return _FAMILIES[connection.family] if connection else None


def _origin(ctx: Context, found: Sdp) -> Value:
    return found.sessions[0].origin.address


def _first(found: Sdp) -> Media | None:
    media = found.sessions[0].media
    return media[0] if media else None


def _stream(ctx: Context, found: Sdp) -> Value:
    media = _first(found)
    return ctx.message.body[media.start : media.end] if media else None


def _rtp_port(ctx: Context, found: Sdp) -> Value:
    media = _first(found)
    return media.port if media else None


def _rtcp_port(ctx: Context, found: Sdp) -> Value:
    """As the rtcp attribute says (RFC 3605 §2.1), else one above the RTP port."""
    media = _first(found)
    if media is None:
        return None
    given = next(media.attributes(b"rtcp"), b"").strip()
    if given:
        return given.split()[0]
    return b"%d" % (int(media.port) + 1) if media.port.isdigit() and int(media.port) < 65535 else None


def _bandwidth(kind: bytes) -> _Reader:
    prefix = b"b=" + kind + b":"

    def read(ctx: Context, found: Sdp) -> Value:
        media = _first(found)
        for line in media.lines if media else ():
            if line.text.startswith(prefix):
                return line.text[len(prefix) :]
        return None

    return read


READERS: dict[bytes, _Reader] = {
    b"raw": _raw,
    b"body": _raw,
    b"sess_version": _version,
    b"c:ip": _address,
    b"c:af": _family,
    b"o:ip": _origin,
    b"m0:raw": _stream,
    b"m0:rtp:port": _rtp_port,
    b"m0:rtcp:port": _rtcp_port,
    b"m0:b:AS": _bandwidth(b"AS"),
    b"m0:b:RR": _bandwidth(b"RR"),
    b"m0:b:RS": _bandwidth(b"RS"),
}


def key(text: bytes) -> bytes:
    """One of READERS. Raises ConfigError."""
    if text not in READERS:
        raise ConfigError(f"$sdp({text.decode(errors='replace')}): no such key")
    return text


class Variables:
    """$sdp."""

    @pseudo_variable("sdp", parse=key)
    def pv_sdp(self, ctx: Context, inner: bytes) -> Value:
        """$sdp(key): a part of the SDP, null where there is none. `body`, `raw`: all of it. `sess_version`: of the
        o= line; it can be written: a number, or -1 to add one. `o:ip`: the address of the o= line. `c:ip`, `c:af`:
        address and family (2: IPv4, 10: IPv6) of the first stream's c= line, else of the session's. Of the first
        stream: `m0:raw`: its lines; `m0:rtp:port`, `m0:rtcp:port`; `m0:b:AS`, `m0:b:RR`, `m0:b:RS`: its
        bandwidths."""
        try:
            found = find(ctx)
        except ScriptError:
            return None
        return READERS[inner](ctx, found) if found else None

    @pv_sdp.setter
    def set_sdp(self, ctx: Context, inner: bytes, value: Value) -> None:
        if inner != b"sess_version" or not isinstance(value, int):
            raise ScriptError(f"$sdp({inner.decode()}) takes no {value!r}")
        found = find(ctx)
        if found is None:
            raise ScriptError("no SDP: the message has no body")
        session = found.sessions[-1]
        if value == -1:
            if not session.version.isdigit():
                raise ScriptError(f"the version {session.version!r} is no number")
            value = int(session.version) + 1
        start = ctx.message.body_at + session.version_at
        ctx.draft.replace(start, start + len(session.version), b"%d" % value)
