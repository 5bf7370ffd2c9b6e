# -*- test-case-name: tests.modules.registrar.test_fetched -*-
"""fetched: reg_fetch_contacts() and $ulc: the contacts of a user, one by one, for the script."""

from __future__ import annotations

from typing import Any, NamedTuple

from sipapp.interfaces.location import Contact
from sipapp.module import (
    FAILURE,
    REQUEST,
    ConfigError,
    Context,
    Text,
    Value,
    pseudo_variable,
    script_function,
)
from sipapp.module.hashes import kamailio_hash
from sipapp.modules.registrar.tables import Tables

_PROFILES = "registrar.fetched"
"""In `ctx.extra`: profile -> Fetched."""

EXPIRED = b"exp"
"""The profile of event_route[usrloc:contact-expired]."""


class Fetched(NamedTuple):
    """The contacts of one user."""

    table: bytes
    aor: bytes
    contacts: list[Contact]


_READERS: dict[bytes, Any] = {
    b"aor": lambda f, c: f.aor,
    b"domain": lambda f, c: f.table,
    b"aorhash": lambda f, c: kamailio_hash(f.aor),
    b"addr": lambda f, c: c.uri,
    b"path": lambda f, c: c.path,
    b"received": lambda f, c: c.received,
    b"expires": lambda f, c: c.expires,
    b"callid": lambda f, c: c.call_id,
    b"q": lambda f, c: c.q,
    b"cseq": lambda f, c: c.cseq,
    b"flags": lambda f, c: c.flags,
    b"cflags": lambda f, c: c.branch_flags,
    b"user_agent": lambda f, c: c.user_agent,
    b"socket": lambda f, c: c.socket or None,
    b"modified": lambda f, c: c.modified,
    b"methods": lambda f, c: c.methods,
    b"count": lambda f, c: len(f.contacts),
    b"ruid": lambda f, c: c.ruid,
    b"regid": lambda f, c: c.reg_id,
    b"instance": lambda f, c: c.instance or None,
    b"conid": lambda f, c: c.connection if c.connection >= 0 else None,
    b"server_id": lambda f, c: c.server_id,
}


def attribute(text: bytes) -> tuple[bytes, Any]:
    """Profile and reader of `profile=>attribute`. Raises ConfigError."""
    profile, arrow, name = text.partition(b"=>")
    read = _READERS.get(name)
    if not profile or not arrow or read is None:
        raise ConfigError("$ulc: needs a profile and an attribute: $ulc(profile=>addr)")
    return profile, read


class Fetch(Tables):
    """reg_fetch_contacts(), reg_free_contacts(), $ulc."""

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False, parse={"domain": "table_name"})
    async def reg_fetch_contacts(self, ctx: Context, domain: Text, uri: bytes, profile: Text) -> int:
        """Have the contacts of the user `uri` in the location table `domain` in $ulc(profile=>...), for the rest of
        this run; false where there are none."""
        table = self.location(domain)
        aor = self.address(uri)
        contacts = await self.contacts(table, aor)
        keep(ctx, profile, Fetched(table.name, aor, contacts))
        return 1 if contacts else -1

    @script_function(routes=REQUEST | FAILURE)
    def reg_free_contacts(self, ctx: Context, profile: Text) -> int:
        """Forget them."""
        ctx.extra.get(_PROFILES, {}).pop(profile, None)
        return 1

    @pseudo_variable("ulc", parse=attribute)
    def pv_ulc(self, ctx: Context, inner: Any, index: Any) -> Value:
        """$ulc(profile=>attribute), $(ulc(profile=>attribute)[1]): of a contact that reg_fetch_contacts() has brought,
        of the first where no index is given: aor, domain, aorhash, addr, path, received, expires (s since 1970),
        callid, q (0 to 1000; -1 for none), cseq, flags, cflags, user_agent, socket, modified, methods, count (how many
        there are), ruid, regid, instance, conid, server_id. In event_route[usrloc:contact-expired] the profile is
        `exp`. Writing it has no effect."""
        profile, read = inner
        fetched = ctx.extra.get(_PROFILES, {}).get(profile)
        if fetched is None:
            return None
        at = index if isinstance(index, int) and index > 0 else 0
        contacts = fetched.contacts
        return read(fetched, contacts[at]) if at < len(contacts) else None

    @pv_ulc.setter
    def set_ulc(self, ctx: Context, inner: Any, index: Any, value: Value) -> None:
        """As in Kamailio."""


def keep(ctx: Context, profile: bytes, fetched: Fetched) -> None:
    """Let $ulc have them."""
    ctx.extra.setdefault(_PROFILES, {})[profile] = fetched
