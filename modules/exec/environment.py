# -*- test-case-name: tests.modules.exec.test_environment -*-
"""environment: what a command learns of the request: SIP_HF_FROM, SIP_RURI, SIP_SRCIP, ..."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.message.request import Request
from sipapp.message.uri import Uri

if TYPE_CHECKING:
    from sipapp.script.runtime import Context

_FUNCTION = b"() {"  # what old shells would have run
_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def environment(ctx: Context, safe: bool) -> dict[bytes, bytes]:
    """The variables by name. safe: values that an old bash would take for a function lose their first two bytes.

    A header field that stands several times is one variable, its values separated by commas; NUL bytes are left out.
    """
    message = ctx.message
    values: dict[bytes, list[bytes]] = {}
    for field in message.fields:
        values.setdefault(field.key, []).append(_harmless(message.raw[field.value_start : field.value_end], safe))
    made = {b"SIP_HF_" + _name(key): b",".join(texts) for key, texts in values.items()}
    if message.flow is not None:
        made[b"SIP_SRCIP"] = message.flow.host.encode()
    made[b"SIP_DID"] = _to_tag(ctx)
    if isinstance(message, Request):
        current = ctx.draft.request_uri or message.uri
        made[b"SIP_ORURI"], made[b"SIP_RURI"] = message.uri, current
        made[b"SIP_OUSER"], made[b"SIP_USER"] = _user(message.uri), _user(current)
        made[b"SIP_TID"] = _transaction_id(message)
    return {name: value.replace(b"\0", b"") for name, value in made.items()}


def _name(key: bytes) -> bytes:
    return bytes(byte if byte in _KEPT else 0x5F for byte in key.upper())


def _harmless(value: bytes, safe: bool) -> bytes:
    return value[2:] if safe and value.startswith(_FUNCTION) else value


def _to_tag(ctx: Context) -> bytes:
    try:
        to = ctx.message.to
        return (to.tag or b"") if to is not None else b""
    except ParseError:
        return b""


def _user(uri: bytes) -> bytes:
    try:
        return Uri.parse(uri).user or b""
    except ParseError:
        return b""


def _transaction_id(request: Request) -> bytes:
    """The same for an INVITE, its retransmissions, its CANCEL and its ACK. RFC 3261 §17.2.3."""
    try:
        via = request.via
        branch = via.branch if via is not None else None
    except ParseError:
        branch = None
    if branch is not None and branch.startswith(b"z9hG4bK"):
        return branch.removeprefix(b"z9hG4bK")
    cseq = request.first(b"cseq") or b""
    parts = (request.call_id, cseq.split(b" ")[0], request.first(b"from") or b"")
    return md5(b"|".join(parts), usedforsecurity=False).hexdigest().encode()
