# -*- test-case-name: tests.modules.registrar.test_sources -*-
"""sources: where users are, for scripts that send or judge requests themselves: lookup_xavp(), reg_from_user()."""

from __future__ import annotations

from ipaddress import ip_address

from sipapp.errors import ParseError
from sipapp.interfaces.location import Contact
from sipapp.interfaces.transport import Flow
from sipapp.message.uri import Uri
from sipapp.module import ANY, Context, ScriptError, script_function
from sipapp.modules.registrar.tables import Tables
from sipapp.script.avp import XavpList, xavps

WITH_PORT, WITH_PROTOCOL = 1, 2
"""The modes of reg_from_user()."""


class Sources(Tables):
    """Functions of Kamailio 5.7."""

    @script_function(routes=ANY, suspends=True, asynchronous=False)
    async def lookup_xavp(self, ctx: Context, ultable: bytes, uri: bytes, rxname: bytes, cxname: bytes) -> int:
        """Have the contacts of the user `uri` in the location table `ultable` in $xavp(cxname), the best as [0], each
        with the fields uri, dsturi and socket (see xavp_push_dst()); $xavp(rxname) gets the fields aor and count. False
        where there are none."""
        aor, contacts = await self._of(ultable, uri)
        if not contacts:
            return -1
        every = xavps(ctx)
        record = XavpList()
        record.add(b"count", len(contacts))
        record.add(b"aor", aor)
        every.add(rxname, record)
        for contact in reversed(contacts):
            fields = XavpList()
            if contact.received:
                fields.add(b"dsturi", contact.received)
            if contact.socket:
                fields.add(b"socket", contact.socket)
            fields.add(b"uri", contact.uri)
            every.add(cxname, fields)
        return 1

    @script_function(routes=ANY, suspends=True, asynchronous=False)
    async def reg_from_user(self, ctx: Context, ultable: bytes, uri: bytes, mode: int = 0) -> int:
        """Whether the message comes from where the user `uri` has a contact: from its address (`received`, else the
        host of its URI, an IP address); mode: the sum of 1 (from its port, too), 2 (by its protocol)."""
        _, contacts = await self._of(ultable, uri)
        flow = ctx.message.flow
        return 1 if any(_is_from(contact, flow, mode) for contact in contacts) else -1

    async def _of(self, table: bytes, uri: bytes) -> tuple[bytes, list[Contact]]:
        """(address of record, contacts). Raises ScriptError."""
        if not table:
            raise ScriptError("empty table name")
        aor = self.address(uri)
        return aor, await self.contacts(self.location(table), aor)


def _is_from(contact: Contact, flow: Flow, mode: int) -> bool:
    try:
        uri = Uri.parse(contact.received or contact.uri)
        address = ip_address((uri.host_address or b"").decode("latin-1"))
    except (ParseError, ValueError):
        return False
    if address != ip_address(flow.host):
        return False
    if mode & WITH_PORT and (uri.port or 5060) != flow.port:
        return False
    return not mode & WITH_PROTOCOL or (uri.transport or b"udp").decode("latin-1") == flow.socket.proto
