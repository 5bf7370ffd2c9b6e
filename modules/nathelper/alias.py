# -*- test-case-name: tests.modules.nathelper.test_alias -*-
"""alias: where a client really is, written into its Contact URI: `;alias=192.0.2.1~5060~1`.

Whoever sends a request to that URI sends it through us, and we find the way by the parameter.
"""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.interfaces.transport import Flow
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import (
    BRANCH,
    FAILURE,
    LOCAL,
    ONREPLY,
    REQUEST,
    Context,
    PvRef,
    ScriptError,
    modparam,
    script_function,
    writable,
)
from sipapp.modules.nathelper.addresses import PROTOCOLS, TRANSPORTS, bracketed, is_source, packed
from sipapp.modules.nathelper.contact import Contact, contacts, first_contact, rewrite

_ROUTES = REQUEST | ONREPLY | BRANCH | LOCAL
_NOTHING_TO_DO = 2
_SHORTEST = 11  # what Kamailio takes for the length of an alias's value, at least


class Alias:
    """The alias parameter."""

    alias_name: bytes = modparam(default=b"alias", doc="the name of the parameter")

    def start_alias(self) -> None:
        self.mark = b";%b=" % (self.alias_name or b"alias")

    # -- into Contact

    @script_function(routes=_ROUTES)
    def add_contact_alias(self, ctx: Context) -> int:
        """Put the source of this message behind host and port of the Contact URI; 2 where there is nothing to do: no
        Contact, or the URI names address, port and transport of the source already."""
        contact = self._contact(ctx)
        if contact is None:
            return _NOTHING_TO_DO
        if _is_there(contact.uri, ctx.message.flow):
            return _NOTHING_TO_DO
        if contact.rewritten:
            raise ScriptError("you can't call add_contact_alias twice, check your config!")
        self._insert(ctx, contact, self._of_source(ctx.message.flow))
        return 1

    @script_function("add_contact_alias", routes=REQUEST | ONREPLY | BRANCH | FAILURE)
    def add_contact_alias_of(self, ctx: Context, ip_addr: bytes, port: bytes, proto: bytes) -> int:
        """Put this address behind host and port of the Contact URI; 2 where there is no Contact."""
        contact = self._contact(ctx)
        if contact is None:
            return _NOTHING_TO_DO
        if packed(ip_addr) is None:
            raise ScriptError(f"ip param value {ip_addr.decode(errors='replace')} is not valid IP address")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise ScriptError("port param value is not valid port")
        number = PROTOCOLS.get(proto.decode("latin-1").lower())
        if number is None:
            raise ScriptError(f"proto param value {proto.decode(errors='replace')} is not a known protocol")
        if contact.rewritten:
            raise ScriptError("you can't call alias_contact twice, check your config!")
        self._insert(ctx, contact, b"%b~%b~%d" % (bracketed(ip_addr), port, number))
        return 1

    @script_function(routes=_ROUTES)
    def set_contact_alias(self, ctx: Context, trim: int = 0) -> int:
        """Put the source of this message at the end of the Contact URI; trim 1: and take an alias out that is there
        already."""
        contact = first_contact(ctx)
        if contact is None:
            return -1
        if contact.rewritten:
            raise ScriptError("you can't update contact twice, check your config!")
        uri = contact.uri.text
        if trim > 0:
            start, end = self._trimmed(uri)
            uri = uri[:start] + uri[end:]
        rewrite(ctx, contact, uri + self.mark + self._of_source(ctx.message.flow), not contact.place.bracketed)
        return 1

    def _contact(self, ctx: Context) -> Contact | None:
        """The first Contact; None where the message has no Contact at all. Raises ScriptError: it has no host."""
        if ctx.message.head.first(b"contact") < 0:
            return None
        contact = first_contact(ctx)
        if contact is None:
            raise ScriptError("failed to get contact uri")
        return contact

    def _of_source(self, flow: Flow) -> bytes:
        return b"%b~%d~%d" % (bracketed(flow.host.encode()), flow.port, PROTOCOLS[flow.socket.proto])

    def _insert(self, ctx: Context, contact: Contact, value: bytes) -> None:
        """Behind host and port; a Contact without <> gets them, for the parameter belongs to the URI."""
        place = contact.place
        text = self.mark + value
        if not place.bracketed:
            ctx.draft.insert(place.start, b"<")
            text += b">"
        ctx.draft.insert(place.start + contact.host_port[1], text)

    def _trimmed(self, uri: bytes) -> tuple[int, int]:
        """Where the last alias of a URI is; nothing at its start where it has none."""
        start = uri.rfind(self.mark, 6, len(uri) - _SHORTEST)
        if start < 0:
            return 0, 0
        first = uri.find(b"~", start + len(self.mark))
        second = uri.find(b"~", first + 1) if first >= 0 else -1
        end = second + 2
        return (start, end) if second >= 0 and uri[end : end + 1] in (b"", b";") and end <= len(uri) else (0, 0)

    # -- out of the Request-URI

    @script_function(routes=REQUEST | BRANCH | LOCAL)
    def handle_ruri_alias(self, ctx: Context, mode: int = 0) -> int:
        """Send the request where the alias of the Request-URI says, and take that out; mode 0: the first one, 1: the
        last. 2 where there is none."""
        # Differs: Kamailio finds the last one only where something follows it, and spoils an alias that it rejects.
        message = ctx.message
        assert isinstance(message, Request)
        text = ctx.draft.request_uri or message.uri
        try:
            uri = Uri.parse(text)
            parameters = bytes(uri.parameters)
        except ParseError as why:
            raise ScriptError(f"while parsing Request-URI: {why.reason}") from None
        begin = len(text) - len(parameters) - (0 if uri.headers is None else len(uri.headers) + 1)
        found = self._found(parameters, mode)
        if found is None:
            return _NOTHING_TO_DO
        start, end = found
        ctx.draft.next_hop = alias_uri(parameters[start + len(self.mark) - 1 : end])
        ctx.draft.request_uri = text[: begin + start - 1] + text[begin + end :]
        return 1

    def _found(self, parameters: bytes, mode: int) -> tuple[int, int] | None:
        """Where the alias to be used is, without its semicolon."""
        name = self.mark[1:]
        at, last = 0, None
        while at >= 0 and len(parameters) - at > len(name) + 4:
            if parameters.startswith(name, at):
                end = parameters.find(b";", at)
                last = (at, len(parameters) if end < 0 else end)
                if not mode:
                    break
            at = parameters.find(b";", at) + 1 or -1
        return last

    # -- to a variable

    @script_function(parse={"target_avp": writable})
    def set_alias_to_pv(self, ctx: Context, target_avp: PvRef) -> int:
        """Write the address that the alias of the only Contact names to a variable, as a URI."""
        try:
            places = list(contacts(ctx.message))
        except ParseError as why:
            raise ScriptError(f"Couldn't parse Contact Header: {why.reason}") from None
        if not places:
            return -1
        if len(places) > 1:
            raise ScriptError("Couldn't parse Contact Header: there is more than one")
        place = places[0]
        host, port, number = self._parts(ctx.message.raw[place.begin : place.after])
        assert target_avp.set is not None
        target_avp.set(ctx, b"sip:%b:%b;transport=%b" % (host, port, TRANSPORTS.get(number, b"")))
        return 1

    def _parts(self, contact: bytes) -> tuple[bytes, bytes, int]:
        """Raises ScriptError: there is no alias."""
        _, mark, value = contact.partition(self.mark)
        host, first, rest = value.partition(b"~")
        port, second, number = rest.partition(b"~")
        if not mark or not first or not second:
            raise ScriptError("Alias sign couldn't be found")
        return host, port, int(number[:1]) if number[:1].isdigit() else 0


def alias_uri(value: bytes) -> bytes:
    """`192.0.2.1~5060~2` -> `sip:192.0.2.1:5060;transport=tcp`. Raises ScriptError: malformed."""
    parts = value.split(b"~")
    if len(parts) < 3:
        raise ScriptError("no '~' in alias param value" if len(parts) < 2 else "no second '~' in alias param value")
    host, port = parts[:2]
    proto = value[len(host) + len(port) + 2 :]
    if not proto:
        raise ScriptError("no proto in alias param")
    number = proto[0] - 48
    if number not in TRANSPORTS:
        raise ScriptError("unknown proto in alias param")
    if len(proto) > 1:
        raise ScriptError("invalid alias param value")
    uri = b"sip:%b:%b" % (bracketed(host), port)
    return uri if number == 1 else uri + b";transport=" + TRANSPORTS[number]


def _is_there(uri: Uri, flow: Flow) -> bool:
    """Whether the URI names address, port and transport of the source."""
    if not is_source(uri.host or b"", flow) or (uri.port or 5060) != flow.port:
        return False
    return uri.transport == (b"ws" if flow.socket.proto == "wss" else flow.socket.proto.encode())
