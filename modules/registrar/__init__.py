# -*- test-case-name: tests.modules.registrar.test_registrar -*-
"""registrar: REGISTER requests become contacts, contacts the targets of requests. RFC 3261 §10."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from zope.interface import implementer

from sipapp.errors import SqlError
from sipapp.interfaces.location import Contact, ILocation, IUsrloc
from sipapp.interfaces.registrar import IRegistrar
from sipapp.interfaces.reply import IReplySender
from sipapp.interfaces.server import IAfterStart
from sipapp.log import Logger
from sipapp.module import (
    ANY,
    REQUEST,
    ConfigError,
    Context,
    IServer,
    RouteType,
    ScriptError,
    Text,
    modparam,
    module,
    script_function,
)
from sipapp.modules.registrar.address import AddressRules
from sipapp.modules.registrar.fetched import EXPIRED, Fetch, Fetched, keep
from sipapp.modules.registrar.finding import Find
from sipapp.modules.registrar.saving import Save
from sipapp.modules.registrar.sources import Sources

log = Logger()

_EVENT = "usrloc:contact-expired"


@implementer(IRegistrar, IAfterStart)
@module("registrar", provides=[IRegistrar], needs=[IUsrloc, IReplySender])
class Registrar(Save, Find, Fetch, Sources):
    """Its parts."""

    event_routes = {
        _EVENT: "The time of a contact is over, and it is gone; $ulc(exp=>aor), $ulc(exp=>addr), ... say what it was."
    }

    case_sensitive: int = modparam(default=0, doc="1: users are told apart by the case of their letters, too")
    realm_prefix: bytes = modparam(
        default=b"", doc="what is cut off a domain in front: `sip.` makes sip.example.com example.com"
    )
    event_callback: str | None = modparam(
        default=None, doc="for scripts in other languages; ours have event_route[usrloc:contact-expired]"
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a parameter is wrong."""
        self.server = server
        self.usrloc: IUsrloc = server.get(IUsrloc)
        self.replies: IReplySender = server.get(IReplySender)
        if self.flow_timer and not self.outbound_mode:
            raise ConfigError('modparam("registrar", "flow_timer"): needs `outbound_mode`')
        self.usrloc.case_sensitive = self.case_sensitive != 0
        self.addresses = AddressRules(self.usrloc.use_domain != 0, self.case_sensitive != 0, self.realm_prefix)
        self.start_tables()
        self.start_saving()
        self.start_extended()
        for name in ("max_expires", "max_contacts", "default_expires_range", "expires_range"):
            self._show(name, name)
        self._show("default_expire", "default_expires")
        self._route = server.event_route(_EVENT)

    def _show(self, name: str, parameter: str) -> None:
        self.server.statistics.gauge("registrar", name, lambda: getattr(self, parameter), common=True)

    def started(self) -> None:
        if self._route is not None:
            self.usrloc.on_expired(self._is_gone)

    def add_targets(self, ctx: Context, table: bytes, uri: bytes | None = None) -> Deferred[int]:
        return ensureDeferred(self.target(ctx, self.location(table), uri, False))

    # -- what else the script asks

    @script_function(routes=ANY, suspends=True, asynchronous=False, parse={"domain": "table_name"})
    async def unregister(self, ctx: Context, domain: Text, uri: bytes, ruid: bytes | None = None) -> int:
        """Remove the contacts of the user `uri` from the location table `domain`, or the one with the unique id `ruid`:
        1; -1 that is no user, -2 it could not be done, -3 there is no such contact. With usrloc's `db_mode` 3 an id
        needs no user (an empty text)."""
        if not uri:
            return await self._unregister(self.location(domain), ruid or b"")
        aor = self.address(uri)
        table = self.location(domain)
        holding = table.hold(aor, ctx)
        if holding is not None:
            await holding
        try:
            contacts = await self.contacts(table, aor)
            kept = [c for c in contacts if c.ruid != ruid] if ruid else []
            if ruid and len(kept) == len(contacts):
                return -3
            writing = table.put(aor, kept)
            if writing is not None:
                await writing
        finally:
            table.release(aor)
        return 1

    async def _unregister(self, table: ILocation, ruid: bytes) -> int:
        removing = table.remove_ruid(ruid)
        if removing is None:
            log.error("unregister(): ruid without a user: {ruid}", ruid=ruid.decode(errors="replace"))
            return -2
        try:
            return 1 if await removing else -3
        except SqlError as why:
            log.error("unregister(): {why}", why=str(why))
            return -2

    @script_function(routes=REQUEST)
    def add_sock_hdr(self, ctx: Context, hdr_name: bytes) -> int:
        """Add a header field with this name that says which socket of ours the request came in on:
        udp:192.0.2.1:5060."""
        if not hdr_name:
            raise ScriptError("the header field needs a name")
        ctx.draft.append_field(ctx.message, b"%b: %b\r\n" % (hdr_name, ctx.message.flow.socket.text))
        return 1

    # -- contacts whose time is over

    def _is_gone(self, table: ILocation, aor: bytes, contact: Contact) -> None:
        ctx = self.server.background()
        ctx.route_type = RouteType.REQUEST
        keep(ctx, EXPIRED, Fetched(table.name, aor, [contact]))
        route: Any = self._route
        self.server.execute(route, ctx)
