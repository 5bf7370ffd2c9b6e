# -*- test-case-name: tests.modules.pv.test_fields -*-
"""fields: variables of header fields: any by name, and those that have a variable of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.errors import ParseError
from sipapp.message.address import Address
from sipapp.message.headers import header_key, split_spans
from sipapp.message.parameters import unquote
from sipapp.module import ALL, Access, ConfigError, Context, Value, pseudo_variable
from sipapp.module.variables import bind_index
from sipapp.modules.pv import uris
from sipapp.script.pvsyntax import end_of_variable

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.message.message import Message

    Names = Callable[[Context], bytes | None]

EVERY = b"*"
_SPLIT = (b"via", b"route", b"record-route", b"contact")


class FieldVariables:
    """Header fields as received."""

    # -- any, by name -----------------------------------------------------------------------------------------------

    @pseudo_variable("hdr", bind=True)
    def pv_hdr(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$hdr(name): the value of a header field as received, unsplit; null where there is none.

        $(hdr(name)[1]) is the second, [-1] the last, [*] all with commas between. Compact forms are understood;
        `*` is any header field; the name may be a variable.
        """
        name = _bind_name("hdr", inner, binder)
        place = bind_index("hdr", index, binder)
        if isinstance(name, bytes):
            key = name
            if key != EVERY and place in (None, 0):
                return Access(lambda ctx: ctx.message.first(key))
            return Access(lambda ctx: _pick(values(ctx.message, key), place(ctx) if callable(place) else place))
        read = name

        def dynamic(ctx: Context) -> Value:
            found = read(ctx)
            return (
                None if found is None else _pick(values(ctx.message, found), place(ctx) if callable(place) else place)
            )

        return Access(dynamic)

    @pseudo_variable("hdrc", bind=True)
    def pv_hdrc(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$hdrc(name): how many header fields of this name there are."""
        return _counted("hdrc", inner, index, binder, lambda message, key: len(values(message, key)))

    @pseudo_variable("hfl", bind=True)
    def pv_hfl(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$(hfl(name)[1]): one value of Via, Route, Record-Route or Contact, counted over all of its header fields;
        for other names the same as $hdr. As in Kamailio a Via keeps the comma behind it, the values of one Contact
        header field are counted from its end, and [-2] is the last value."""
        name = _bind_name("hfl", inner, binder)
        place = bind_index("hfl", index, binder)

        def read(ctx: Context) -> Value:
            key = name if isinstance(name, bytes) else name(ctx)
            if key is None:
                return None
            at = place(ctx) if callable(place) else place or 0
            if key not in _SPLIT or at is ALL:
                return _pick(values(ctx.message, key), at)
            found = split(ctx.message, key)
            if at < 0:
                at += len(found) + 1
                return found[at] if 0 <= at < len(found) else None
            return found[at] if at < len(found) else None

        return Access(read)

    @pseudo_variable("hflc", bind=True)
    def pv_hflc(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$hflc(name): how many values there are of Via, Route, Record-Route or Contact; for other names the same as
        $hdrc."""
        return _counted(
            "hflc",
            inner,
            index,
            binder,
            lambda message, key: len(split(message, key) if key in _SPLIT else values(message, key)),
        )

    # -- single ones ------------------------------------------------------------------------------------------------

    @pseudo_variable("ci")
    def pv_ci(self, ctx: Context) -> bytes | None:
        """$ci: the Call-ID."""
        return ctx.message.call_id or None

    @pseudo_variable("cs")
    def pv_cs(self, ctx: Context) -> bytes | None:
        """$cs: the number in CSeq, as written."""
        value = ctx.message.first(b"cseq")
        return value.split(None, 1)[0] if value else None

    @pseudo_variable("csb")
    def pv_csb(self, ctx: Context) -> bytes | None:
        """$csb: CSeq, number and method."""
        return ctx.message.first(b"cseq")

    @pseudo_variable("ct")
    def pv_ct(self, ctx: Context) -> bytes | None:
        """$ct: the first Contact header field, unsplit."""
        return ctx.message.first(b"contact") or None

    @pseudo_variable("ctu")
    def pv_ctu(self, ctx: Context) -> bytes | None:
        """$ctu: the URI of the first Contact; null for `*`."""
        addresses = _addresses(ctx.message, b"contact")
        return addresses[0].uri if addresses and addresses[0].uri != b"*" else None

    @pseudo_variable("cts", integer=True)
    def pv_cts(self, ctx: Context) -> int | None:
        """$cts: 1 where Contact is `*`, else 0; null where there is none."""
        value = ctx.message.first(b"contact")
        return None if value is None else int(value == b"*")

    @pseudo_variable("cT")
    def pv_cT(self, ctx: Context) -> bytes | None:
        """$cT: the Content-Type with its parameters."""
        return ctx.message.content_type

    @pseudo_variable("cl", integer=True)
    def pv_cl(self, ctx: Context) -> int | None:
        """$cl: the Content-Length."""
        try:
            return ctx.message.content_length
        except ParseError:
            return None

    @pseudo_variable("ua")
    def pv_ua(self, ctx: Context) -> bytes | None:
        """$ua: the User-Agent."""
        return ctx.message.first(b"user-agent")

    @pseudo_variable("rt")
    def pv_rt(self, ctx: Context) -> bytes | None:
        """$rt: the URI of Refer-To."""
        return _uri_of(ctx.message, b"refer-to")

    @pseudo_variable("re")
    def pv_re(self, ctx: Context) -> bytes | None:
        """$re: the URI of Remote-Party-ID."""
        return _uri_of(ctx.message, b"remote-party-id")

    @pseudo_variable("di")
    def pv_di(self, ctx: Context) -> bytes | None:
        """$di: the URI of the first Diversion."""
        return _uri_of(ctx.message, b"diversion")

    @pseudo_variable("dir")
    def pv_dir(self, ctx: Context) -> bytes | None:
        """$dir: the reason of the first Diversion."""
        return _diversion(ctx.message, b"reason")

    @pseudo_variable("dip")
    def pv_dip(self, ctx: Context) -> bytes | None:
        """$dip: the privacy of the first Diversion."""
        return _diversion(ctx.message, b"privacy")

    @pseudo_variable("dic")
    def pv_dic(self, ctx: Context) -> bytes | None:
        """$dic: the counter of the first Diversion."""
        return _diversion(ctx.message, b"counter")

    @pseudo_variable("ai")
    def pv_ai(self, ctx: Context, index: Any) -> bytes | None:
        """$ai: the URI of P-Asserted-Identity; $(ai[1]) of its second value."""
        address = _identity(ctx.message, b"p-asserted-identity", index)
        return None if address is None else address.uri

    @pseudo_variable("pu")
    def pv_pu(self, ctx: Context, index: Any) -> bytes | None:
        """$pu: the URI of P-Preferred-Identity; $(pu[1]) of its second value."""
        address = _identity(ctx.message, b"p-preferred-identity", index)
        return None if address is None else address.uri

    @pseudo_variable("pn")
    def pv_pn(self, ctx: Context, index: Any) -> bytes | None:
        """$pn: the display name of P-Preferred-Identity, quotes included."""
        address = _identity(ctx.message, b"p-preferred-identity", index)
        return None if address is None else address.display or None

    @pseudo_variable("pU")
    def pv_pU(self, ctx: Context, index: Any) -> bytes | None:
        """$pU: the user of P-Preferred-Identity's URI."""
        address = _identity(ctx.message, b"p-preferred-identity", index)
        uri = None if address is None else uris.parse_uri(address.uri)
        return None if uri is None else uris.user(uri)

    @pseudo_variable("pd")
    def pv_pd(self, ctx: Context, index: Any) -> bytes | None:
        """$pd: the host of P-Preferred-Identity's URI."""
        address = _identity(ctx.message, b"p-preferred-identity", index)
        uri = None if address is None else uris.parse_uri(address.uri)
        return None if uri is None else uri.host

    @pseudo_variable("expires", keys=["min", "max"])
    def pv_expires(self, ctx: Context, inner: bytes) -> int | None:
        """$expires(min), $expires(max): the shortest and longest time (s) that the Contacts ask for; Expires counts
        for those without a time of their own. Null where none is asked for."""
        times = _expiry_times(ctx.message)
        if not times:
            return None
        return min(times) if inner == b"min" else max(times)


def _bind_name(variable: str, inner: bytes | None, binder: IBinder) -> bytes | Names:
    """The key of a header field's name, `*`, or what reads it from a variable. Raises ConfigError."""
    if inner is None:
        raise ConfigError(f"${variable}: needs a name: ${variable}(...)")
    if inner == EVERY:
        return EVERY
    if inner.startswith(b"$"):
        read = binder.variable(inner[: end_of_variable(inner, 0)]).get
        return lambda ctx: _key(read(ctx))
    try:
        return header_key(inner.strip())
    except ParseError:
        raise ConfigError(f"${variable}({inner.decode(errors='replace')}): not a header field's name") from None


def _key(name: Value) -> bytes | None:
    if not isinstance(name, bytes) or not name:
        return None
    try:
        return EVERY if name == EVERY else header_key(name)
    except ParseError:
        return None


def _counted(
    variable: str, inner: bytes | None, index: bytes | None, binder: IBinder, count: Callable[[Message, bytes], int]
) -> Access:
    name = _bind_name(variable, inner, binder)
    if index is not None:
        raise ConfigError(f"${variable}: takes no index, got [{index.decode(errors='replace')}]")

    def read(ctx: Context) -> int:
        key = name if isinstance(name, bytes) else name(ctx)
        return 0 if key is None else count(ctx.message, key)

    return Access(read, integer=True)


def values(message: Message, key: bytes) -> list[bytes]:
    """The values of all header fields of this key, of all header fields for `*`."""
    if key == EVERY:
        return [message.raw[field.value_start : field.value_end] for field in message.fields]
    return message.values(key)


def _pick(found: list[bytes], index: Any) -> bytes | None:
    if not found:
        return None
    if index is ALL:
        return b",".join(found)
    index = index or 0
    return found[index] if -len(found) <= index < len(found) else None


def split(message: Message, key: bytes) -> list[bytes]:
    """Single values, as Kamailio's parsers leave them."""
    found = []
    for value in message.values(key):
        spans = split_spans(value)
        pieces = [value[start:end] for start, end in spans]
        if key == b"via":
            ends = [start for start, _ in spans[1:]] + [len(value)]
            pieces = [value[start:end].rstrip() for (start, _), end in zip(spans, ends, strict=True)]
        elif key == b"contact":
            pieces = [] if value == b"*" else pieces[::-1]
        found += pieces
    return found


def _addresses(message: Message, key: bytes) -> list[Address]:
    try:
        return message.addresses(key)
    except ParseError:
        return []


def _first(message: Message, key: bytes) -> Address | None:
    value = message.first(key)
    if value is None:
        return None
    try:
        start, end = split_spans(value)[0]
        return Address.parse(value[start:end])
    except (ParseError, IndexError):
        return None


def _uri_of(message: Message, key: bytes) -> bytes | None:
    address = _first(message, key)
    return None if address is None else address.uri


def _diversion(message: Message, name: bytes) -> bytes | None:
    address = _first(message, b"diversion")
    try:
        value = None if address is None else address.parameters.get(name)
    except ParseError:
        return None
    return None if value is None else unquote(value)


def _identity(message: Message, key: bytes, index: Any) -> Address | None:
    """A negative index is the first."""
    if index is ALL:
        return None
    found = _addresses(message, key)
    place = max(index or 0, 0)
    return found[place] if place < len(found) else None


def _expiry_times(message: Message) -> list[int]:
    """Empty where none is asked for, or one is no number."""
    general = message.first(b"expires")
    if general is not None and not general.isdigit():
        general = b"0"  # so it counts in Kamailio
    times: list[bytes] = []
    for address in _addresses(message, b"contact"):
        own = address.parameters.get(b"expires")
        chosen = own or general
        if chosen is not None:
            times.append(chosen)
    if not times and general is not None:
        times.append(general)
    return [int(time) for time in times] if all(time.isdigit() for time in times) else []
