# -*- test-case-name: tests.modules.pv.test_parties -*-
"""parties: the variables of From and To. Reading gives them as received, writing changes what goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import ParseError
from sipapp.module import Context, Value, pseudo_variable
from sipapp.modules.pv import uris
from sipapp.script.values import text

if TYPE_CHECKING:
    from sipapp.message.address import Address
    from sipapp.message.uri import Uri

FROM = b"from"
TO = b"to"


class PartyVariables:
    """$fu, $fU, $fd, $fn, $ft; $tu, $tU, $td, $tn, $tt; and their lengths."""

    @pseudo_variable("fu", "from")
    def pv_fu(self, ctx: Context) -> bytes | None:
        """$fu: the URI of From. Written, it is another in what goes out; $fu itself stays as received."""
        address = _from(ctx)
        return None if address is None else address.uri

    @pv_fu.setter
    def set_fu(self, ctx: Context, value: Value) -> None:
        _set_uri(ctx, FROM, value)

    @pseudo_variable("fU", "from.user")
    def pv_fU(self, ctx: Context) -> bytes | None:
        """$fU: the user of From's URI. $null takes it away in what goes out."""
        try:
            uri = ctx.message.from_.parsed_uri  # type: ignore[union-attr]
        except (ParseError, AttributeError):
            return None
        found = uri.user
        return found if found and uris.SEMICOLON not in found else uris.user(uri)

    @pv_fU.setter
    def set_fU(self, ctx: Context, value: Value) -> None:
        _set_user(ctx, FROM, value)

    @pseudo_variable("fd", "from.domain")
    def pv_fd(self, ctx: Context) -> bytes | None:
        """$fd: the host of From's URI."""
        uri = _uri(_from(ctx))
        return None if uri is None else uri.host

    @pv_fd.setter
    def set_fd(self, ctx: Context, value: Value) -> None:
        _set_host(ctx, FROM, value)

    @pseudo_variable("fn")
    def pv_fn(self, ctx: Context) -> bytes | None:
        """$fn: From's display name, quotes included. Written as it is, so quote it; $null takes it away."""
        address = _from(ctx)
        return None if address is None else address.display or None

    @pv_fn.setter
    def set_fn(self, ctx: Context, value: Value) -> None:
        _set_display(ctx, FROM, value)

    @pseudo_variable("ft")
    def pv_ft(self, ctx: Context) -> bytes | None:
        """$ft: From's tag."""
        return _tag(_from(ctx))

    @pseudo_variable("ful", integer=True)
    def pv_ful(self, ctx: Context) -> int | None:
        """$ful: the length of From's URI."""
        address = _from(ctx)
        return None if address is None else len(address.uri)

    @pseudo_variable("fUl", integer=True)
    def pv_fUl(self, ctx: Context) -> int | None:
        """$fUl: the length of the user of From's URI."""
        return _user_length(_from(ctx))

    @pseudo_variable("tu", "to")
    def pv_tu(self, ctx: Context) -> bytes | None:
        """$tu: the URI of To. Written, it is another in what goes out; $tu itself stays as received."""
        address = _to(ctx)
        return None if address is None else address.uri

    @pv_tu.setter
    def set_tu(self, ctx: Context, value: Value) -> None:
        _set_uri(ctx, TO, value)

    @pseudo_variable("tU", "to.user")
    def pv_tU(self, ctx: Context) -> bytes | None:
        """$tU: the user of To's URI. $null takes it away in what goes out."""
        try:
            uri = ctx.message.to.parsed_uri  # type: ignore[union-attr]
        except (ParseError, AttributeError):
            return None
        found = uri.user
        return found if found and uris.SEMICOLON not in found else uris.user(uri)

    @pv_tU.setter
    def set_tU(self, ctx: Context, value: Value) -> None:
        _set_user(ctx, TO, value)

    @pseudo_variable("td", "to.domain")
    def pv_td(self, ctx: Context) -> bytes | None:
        """$td: the host of To's URI."""
        uri = _uri(_to(ctx))
        return None if uri is None else uri.host

    @pv_td.setter
    def set_td(self, ctx: Context, value: Value) -> None:
        _set_host(ctx, TO, value)

    @pseudo_variable("tn")
    def pv_tn(self, ctx: Context) -> bytes | None:
        """$tn: To's display name, quotes included. Written as it is, so quote it; $null takes it away."""
        address = _to(ctx)
        return None if address is None else address.display or None

    @pv_tn.setter
    def set_tn(self, ctx: Context, value: Value) -> None:
        _set_display(ctx, TO, value)

    @pseudo_variable("tt")
    def pv_tt(self, ctx: Context) -> bytes | None:
        """$tt: To's tag; null outside a dialog."""
        return _tag(_to(ctx))

    @pseudo_variable("tts", integer=True)
    def pv_tts(self, ctx: Context) -> int:
        """$tts: 1 where To has a tag, else 0."""
        return 1 if _tag(_to(ctx)) else 0

    @pseudo_variable("tUl", integer=True)
    def pv_tUl(self, ctx: Context) -> int | None:
        """$tUl: the length of the user of To's URI. Written, it is $tU that changes, as in Kamailio."""
        return _user_length(_to(ctx))

    @pv_tUl.setter
    def set_tUl(self, ctx: Context, value: Value) -> None:
        _set_user(ctx, TO, value)


def _from(ctx: Context) -> Address | None:
    try:
        return ctx.message.from_
    except ParseError:
        return None


def _to(ctx: Context) -> Address | None:
    try:
        return ctx.message.to
    except ParseError:
        return None


def _uri(address: Address | None) -> Uri | None:
    if address is None:
        return None
    try:
        return address.parsed_uri
    except ParseError:
        return None


def _tag(address: Address | None) -> bytes | None:
    try:
        return None if address is None else address.tag or None
    except ParseError:
        return None


def _user_length(address: Address | None) -> int | None:
    uri = _uri(address)
    return None if uri is None else len(uris.user(uri) or b"")


# -- writing: edits over the bytes as received. Differs: what was written last counts; in Kamailio texts add up.


def _set_uri(ctx: Context, key: bytes, value: Value) -> None:
    place = None if value is None else _Place.of(ctx, key)
    if place is not None:
        _replace(ctx, place.uri_at, place.uri_at + len(place.address.uri), text(value))


def _set_user(ctx: Context, key: bytes, value: Value) -> None:
    place = _Place.of(ctx, key)
    uri = None if place is None else _uri(place.address)
    if place is None or uri is None:
        return
    user = uris.user(uri)
    start = place.uri_at + len(uri.scheme) + 1
    if user:
        end = start + len(user)
        if value is None and ctx.message.raw[end : end + 1] == b"@":
            end += 1
        _replace(ctx, start, end, text(value))
    elif value is not None and uri.host is not None:
        _replace(ctx, start, start, text(value) + b"@")


def _set_host(ctx: Context, key: bytes, value: Value) -> None:
    place = None if value is None else _Place.of(ctx, key)
    uri = None if place is None else _uri(place.address)
    if place is None or uri is None or uri.host is None:
        return
    start = place.uri_at + len(uri.scheme) + 1
    if uri.user is not None:
        start += len(uri.user) + 1
        if uri.password is not None:
            start += len(uri.password) + 1
    _replace(ctx, start, start + len(uri.host), text(value))


def _set_display(ctx: Context, key: bytes, value: Value) -> None:
    place = _Place.of(ctx, key)
    if place is None:
        return
    start, display = place.value_at, place.address.display
    if display:
        end = start + len(display)
        if value is None and ctx.message.raw[end : end + 1] == b" ":
            end += 1
        _replace(ctx, start, end, text(value))
    elif value is not None:
        _replace(ctx, start, start, text(value) + b" ")


class _Place:
    """Where From or To stand in the message."""

    __slots__ = ("address", "uri_at", "value_at")

    def __init__(self, address: Address, value_at: int) -> None:
        self.address = address
        self.value_at = value_at
        behind = len(address.display)
        bracket = address.text.find(b"<", behind)
        # Without <> the URI begins the value: there is no display name then.
        self.uri_at = value_at + address.text.index(address.uri, behind if bracket < 0 else bracket + 1)

    @classmethod
    def of(cls, ctx: Context, key: bytes) -> _Place | None:
        address = _from(ctx) if key is FROM else _to(ctx)
        field = ctx.message.field(key)
        return None if address is None or field is None else cls(address, field.value_start)


def _replace(ctx: Context, start: int, end: int, data: bytes) -> None:
    """An edit in place of earlier ones that it overlaps."""
    draft = ctx.draft
    draft.edits = [
        edit
        for edit in draft.edits
        if (edit.end <= start or edit.start >= end) and (edit.start, edit.end) != (start, end)
    ]
    draft.replace(start, end, data)
