# -*- test-case-name: tests.modules.pv.test_vias -*-
"""vias: variables of Via: the top one, the second, the last; and where a reply goes by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.message.parameters import unquote
from sipapp.module import Context, Value, pseudo_variable
from sipapp.modules.pv.uris import PROTOCOLS
from sipapp.script.values import TextWithNumber

if TYPE_CHECKING:
    from sipapp.message.via import Via

_PARTS = [
    *("host", "port", "proto", "protoid", "branch", "rport", "received", "i", "params"),
    *("oc", "ocval", "oc-val", "ocalgo", "oc-algo", "ocvalidity", "oc-validity", "ocseq", "oc-seq"),
]
_NUMBERS = {b"ocvalidity": b"oc-validity", b"ocseq": b"oc-seq"}


class ViaVariables:
    """Vias as received."""

    @pseudo_variable("via0", keys=_PARTS)
    def pv_via0(self, ctx: Context, inner: bytes) -> Value:
        """$via0(host): of the top Via: host, port (5060 where there is none), proto, protoid, branch, rport, received,
        i, params; of RFC 7339 oc (2 with a value, 1 without, 0 where absent), ocval, ocalgo, ocvalidity, ocseq."""
        return _part(_via(ctx, 0), inner)

    @pseudo_variable("via1", keys=_PARTS)
    def pv_via1(self, ctx: Context, inner: bytes) -> Value:
        """$via1(host): the same of the second Via."""
        return _part(_via(ctx, 1), inner)

    @pseudo_variable("viaZ", keys=_PARTS)
    def pv_viaZ(self, ctx: Context, inner: bytes) -> Value:
        """$viaZ(host): the same of the last Via."""
        return _part(_via(ctx, -1), inner)

    @pseudo_variable("rpl", keys=["duri", "dhost", "dport", "dproto", "dprotoid", "cntvia", "cntrr"])
    def pv_rpl(self, ctx: Context, inner: bytes) -> Value:
        """$rpl(duri): where a reply goes on to by its second Via: duri, dhost, dport, dproto, dprotoid; and how many
        Vias (cntvia) and Record-Routes (cntrr) it has. Null for a request."""
        message = ctx.message
        if hasattr(message, "uri"):
            return None
        try:
            if inner == b"cntvia":
                return len(message.vias)
            if inner == b"cntrr":
                return len(message.record_routes)
        except ParseError:
            return None
        via = _via(ctx, 1)
        return None if via is None else _destination(via, inner)


def _via(ctx: Context, index: int) -> Via | None:
    try:
        return ctx.message.vias[index]
    except (ParseError, IndexError):
        return None


def _part(via: Via | None, part: bytes) -> Value:
    if via is None:
        return None
    if part == b"host":
        return via.host or None
    if part == b"port":
        return via.port or 5060
    if part == b"proto":
        return via.transport
    if part == b"protoid":
        return PROTOCOLS.get(via.transport.lower(), 0)
    try:
        if part == b"params":
            return bytes(via.parameters) or None
        if part.startswith(b"oc"):
            return _overload(via, part.replace(b"-", b""))
        return via.parameters.get(part) or None
    except ParseError:
        return None


def _overload(via: Via, part: bytes) -> Value:
    """RFC 7339 §4."""
    parameters = via.parameters
    if part == b"oc":
        return 0 if b"oc" not in parameters else 2 if parameters.get(b"oc") else 1
    if part == b"ocval":
        return parameters.get(b"oc") or None
    if part == b"ocalgo":
        value = parameters.get(b"oc-algo")
        return unquote(value) if value else None
    number = parameters.get(_NUMBERS[part], b"0") or b"0"
    digits = number.partition(b".")[0]
    return int(digits) if digits.isdigit() else 0


def _destination(via: Via, part: bytes) -> Value:
    """RFC 3261 §18.2.2, RFC 3581 §4."""
    try:
        host = via.parameters.get(b"received") or via.host
    except ParseError:
        return None
    port = via.rport or via.port or 5060
    name = via.transport.lower()
    if part == b"dhost":
        return host
    if part == b"dport":
        return port
    if part == b"dprotoid":
        return PROTOCOLS.get(name, 0)
    if part == b"dproto":
        return TextWithNumber(name, PROTOCOLS.get(name, 0))
    return b"sip:%b:%d;transport=%b" % (host, port, name)
