# -*- test-case-name: tests.modules.registrar.test_extended -*-
"""extended: $xavp and $avp that say what save() and lookup() shall do, and tell what they have done."""

from __future__ import annotations

import json
from typing import Any

from sipapp.interfaces.location import Contact
from sipapp.module import Access, ConfigError, Context, modparam
from sipapp.module.bind import bind_variable
from sipapp.modules.registrar.tables import Tables
from sipapp.script.avp import XavpList, xavps
from sipapp.script.values import text

NO_RUID, NO_CONTACT, NO_EXPIRES, NO_RECEIVED, NO_PATH = 1, 2, 4, 8, 16
"""`xavp_rcd_mask`."""


class Extended(Tables):
    """Variables on both sides."""

    received_avp: str | None = modparam(
        default=None, doc="the $avp() that says where a contact without `received` is; nathelper writes it"
    )
    xavp_cfg: bytes = modparam(
        default=b"",
        doc="the name of a $xavp whose fields stand for parameters: expires, q, max_contacts, socket; and say for "
        "registered() what to look for (match_callid, match_received, match_contact), for lookup() which branch flags "
        "a contact must have (rlf_bflags)",
    )
    xavp_rcd: bytes = modparam(
        default=b"",
        doc="the name of a $xavp that gets the contacts that were found or listed: fields ruid, received, contact, "
        "expires, path",
    )
    xavp_rcd_mask: int = modparam(
        default=0, doc="which fields `xavp_rcd` has not: 1 ruid, 2 contact, 4 expires, 8 received, 16 path, as a sum"
    )

    def start_extended(self) -> None:
        """Raises ConfigError: `received_avp` is no $avp()."""
        self._received: Access | None = None
        if self.received_avp:
            what = 'modparam("registrar", "received_avp")'
            if not self.received_avp.startswith(("$avp(", "$(avp(")):
                raise ConfigError(f"{what}: not an $avp(): {self.received_avp!r}")
            self._received = bind_variable(self.server, what, self.received_avp.encode())

    def received_of(self, ctx: Context) -> bytes:
        """Where the script says that the client is; empty where it does not."""
        if self._received is None:
            return b""
        value = self._received.get(ctx)
        return text(value)[:255] if value is not None else b""

    # -- what the script wants

    def configured(self, ctx: Context, name: bytes) -> Any:
        """A field of `xavp_cfg`; None where there is none."""
        if not self.xavp_cfg or ctx.xavps is None:
            return None
        fields = xavps(ctx).fields(self.xavp_cfg)
        found = fields.find(name) if fields is not None else None
        return found.value if found is not None else None

    def configured_number(self, ctx: Context, name: bytes, default: int) -> int:
        """The same, where it is a number."""
        if not self.xavp_cfg:
            return default
        value = self.configured(ctx, name)
        return value if isinstance(value, int) else default

    def configured_text(self, ctx: Context, name: bytes) -> bytes:
        """The same, where it is a text; else an empty one."""
        value = self.configured(ctx, name)
        return value if isinstance(value, bytes) else b""

    # -- what it is told

    def remember_contact(self, ctx: Context, contact: Contact) -> None:
        """Put a contact into `xavp_rcd`."""
        if not self.xavp_rcd:
            return
        every = xavps(ctx)
        fields = every.fields(self.xavp_rcd)
        if fields is None:
            fields = XavpList()
            every.add(self.xavp_rcd, fields)
        mask = self.xavp_rcd_mask
        if not mask & NO_RUID:
            fields.add(b"ruid", contact.ruid)
        if not mask & NO_RECEIVED and contact.received:
            fields.add(b"received", contact.received)
        if not mask & NO_CONTACT:
            fields.add(b"contact", contact.uri)
        if not mask & NO_EXPIRES:
            fields.add(b"expires", contact.expires - int(self.server.clock.seconds()))
        if not mask & NO_PATH and contact.path:
            fields.add(b"path", contact.path)

    # -- what a contact keeps

    def pack_xavp(self, ctx: Context) -> bytes:
        """The $xavp that usrloc keeps with contacts, as JSON; empty where there is none."""
        name = self.usrloc.xavp_contact
        if not name or ctx.xavps is None:
            return b""
        fields = xavps(ctx).fields(name)
        if fields is None:
            return b""
        plain = [
            [one.name.decode("latin-1"), one.value if isinstance(one.value, int) else one.value.decode("latin-1")]
            for one in fields
            if isinstance(one.value, (int, bytes))
        ]
        return json.dumps(plain, separators=(",", ":")).encode()

    def unpack_xavp(self, ctx: Context, contact: Contact) -> None:
        """Have it back in this run, before others of its name."""
        if not contact.xavp or not self.usrloc.xavp_contact:
            return
        fields = XavpList()
        for name, value in reversed(json.loads(contact.xavp)):
            fields.add(name.encode("latin-1"), value if isinstance(value, int) else value.encode("latin-1"))
        xavps(ctx).add(self.usrloc.xavp_contact, fields)
