# -*- test-case-name: tests.modules.nathelper.test_rewriting -*-
"""rewriting: the source address of a message in place of what its sender says of itself."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.interfaces.server import IServer
from sipapp.module import (
    BRANCH,
    LOCAL,
    ONREPLY,
    REQUEST,
    Access,
    ConfigError,
    Context,
    ScriptError,
    modparam,
    script_function,
)
from sipapp.module.bind import bind_variable
from sipapp.modules.nathelper.addresses import source, source_uri
from sipapp.modules.nathelper.contact import Contact, contacts, first_contact, rewrite


class Rewriting:
    """fix_nated_contact(), fix_nated_register(), add_rcv_param()."""

    received_avp: str | None = modparam(
        default=None, doc="the $avp() that fix_nated_register() writes, the same as the registrar's `received_avp`"
    )

    def start_rewriting(self, server: IServer) -> None:
        """Raises ConfigError: `received_avp` is no $avp()."""
        self._received: Access | None = None
        if self.received_avp:
            if not self.received_avp.startswith(("$avp(", "$(avp(")):
                raise ConfigError(f'modparam("nathelper", "received_avp"): not an $avp(): {self.received_avp!r}')
            what = 'modparam("nathelper", "received_avp")'
            self._received = bind_variable(server, what, self.received_avp.encode())

    @script_function(routes=REQUEST | ONREPLY | BRANCH | LOCAL)
    def fix_nated_contact(self, ctx: Context) -> int:
        """Write the address and port that the message came from into its first Contact URI; a maddr goes."""
        contact = first_contact(ctx)
        if contact is None:
            return -1
        if contact.rewritten:
            raise ScriptError("you can't call fix_nated_contact twice, check your config!")
        start, end = contact.host_port
        text = contact.uri.text
        rewrite(ctx, contact, text[:start] + source(ctx.message.flow) + _without_maddr(contact, text[end:]))
        return 1

    @script_function(routes=REQUEST)
    def fix_nated_register(self, ctx: Context) -> int:
        """Tell the registrar, by `received_avp`, where the request came from. Needs that parameter."""
        if self._received is None:
            raise ScriptError(
                "you must set 'received_avp' parameter. Must be same value as parameter 'received_avp' of registrar"
            )
        assert self._received.set is not None
        self._received.set(ctx, source_uri(ctx.message.flow))
        return 1

    @script_function(routes=REQUEST)
    def add_rcv_param(self, ctx: Context, flag: int = 0) -> int:
        """Add where the request came from to each Contact, as the parameter `received`; flag 1: of its URI, which is
        for UDP only."""
        flow = ctx.message.flow
        if flag and flow.socket.proto != "udp":
            raise ScriptError("adding received parameter to Contact URI works only for UDP")
        uri = source_uri(flow)
        text = b";received=" + uri if flag else b';received="%b"' % uri
        try:
            places = list(contacts(ctx.message))
        except ParseError as why:
            raise ScriptError(f"failed to parse Contact: {why.reason}") from None
        for place in places:
            ctx.draft.insert(place.end if flag else place.after, text)
        return 1


def _without_maddr(contact: Contact, tail: bytes) -> bytes:
    """What follows the host, without the parameter that would override it."""
    if b"maddr" not in contact.uri.parameters:
        return tail
    parameters, mark, headers = tail.partition(b"?")
    kept = [p for p in parameters.split(b";") if p.partition(b"=")[0].strip().lower() != b"maddr"]
    return b";".join(kept) + mark + headers
