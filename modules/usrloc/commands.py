# -*- test-case-name: tests.modules.usrloc.test_commands -*-
"""commands: RPC: the location tables listed, asked and changed by operators. As Kamailio's, in names and shapes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import LocalError
from sipapp.interfaces.location import Contact, StaleRegistration
from sipapp.interfaces.server import IServer
from sipapp.module import rpc_command
from sipapp.module.hashes import kamailio_hash
from sipapp.modules.usrloc.database import Database
from sipapp.modules.usrloc.location import Location
from sipapp.modules.usrloc.writer import Writer

_CALL_ID = b"dfjrewr12386fd6-343@sipapp.rpc"
_CSEQ = 1
"""What a contact that an operator has added has registered with."""

_UNSET = "[not set]"


class Commands(Database):
    """ul.*"""

    hash_size: int
    case_sensitive: bool
    server: IServer
    writer: Writer
    tables: dict[bytes, Location]

    def new_ruid(self) -> bytes:
        """A unique id for a contact."""
        tag: bytes = self.server.ids.tag()
        return b"uloc-" + tag

    def _location(self, table: str) -> Location:
        """Raises LocalError: there is none."""
        found = self.tables.get(table.encode())
        if found is None:
            raise LocalError("Domain table not found")
        return found

    def _address(self, aor: str) -> bytes:
        """Raises LocalError: it has no domain, and needs one."""
        user, at, _ = aor.partition("@")
        if self.use_domain and not at:
            raise LocalError("Domain missing in AOR")
        text = aor if self.use_domain else user
        return (text if self.case_sensitive else text.lower()).encode("utf-8", "surrogateescape")

    @rpc_command("ul.dump")
    def rpc_dump(self, mode: str = "") -> dict[str, Any]:
        """All tables with all contacts; `brief`: the addresses of record alone."""
        return {"Domains": [{"Domain": self._dumped(table, mode == "brief")} for table in self.tables.values()]}

    def _dumped(self, table: Location, brief: bool) -> dict[str, Any]:
        size = 1 << self.hash_size if self.hash_size > 1 else 512
        slots: Counter[int] = Counter()
        listed: list[Any] = []
        for aor, contacts in table.records():
            hash_id = kamailio_hash(aor)
            slots[hash_id % size] += 1
            name = _text(aor)
            if brief:
                listed.append({"AoR": name})
            else:
                listed.append({"Info": {"AoR": name, "HashID": hash_id, "Contacts": self._contacts(contacts)}})
        stats = {"Records": len(listed), "Max-Slots": max(slots.values(), default=0)}
        return {"Domain": _text(table.name), "Size": size, "AoRs": listed, "Stats": stats}

    def _contacts(self, contacts: list[Contact]) -> list[dict[str, Any]]:
        now = int(self.server.clock.seconds())
        return [{"Contact": _shown(contact, now)} for contact in contacts]

    @rpc_command("ul.lookup")
    async def rpc_lookup(self, table: str, aor: str) -> dict[str, Any]:
        """The contacts of one address of record."""
        address = self._address(aor)
        contacts = await _settled(self._location(table).get(address))
        if not contacts:
            raise LocalError("AOR not found in location table")
        return {"AoR": _text(address), "Contacts": self._contacts(contacts)}

    @rpc_command("ul.rm")
    async def rpc_remove(self, table: str, aor: str) -> None:
        """Remove an address of record with all its contacts."""
        location, address = self._location(table), self._address(aor)
        await self._change(location, address, lambda contacts: contacts.clear())

    @rpc_command("ul.rm_contact")
    async def rpc_remove_contact(self, table: str, aor: str, contact: str) -> None:
        """Remove one contact, by its URI, of an address of record."""
        location, address, uri = self._location(table), self._address(aor), contact.encode()

        def remove(contacts: list[Contact]) -> None:
            if not contacts:
                raise LocalError("AOR not found")
            for found in contacts:
                if found.uri == uri:
                    contacts.remove(found)
                    return
            raise LocalError("Contact not found")

        await self._change(location, address, remove)

    @rpc_command("ul.add")
    async def rpc_add(
        self,
        table: str,
        aor: str,
        contact: str,
        expires: int,
        q: float,
        path: str,
        flags: int,
        cflags: int,
        methods: int,
        received: str = "",
        socket: str = "",
    ) -> None:
        """Add a contact: its lifetime in s (0: for ever), q from 0 to 1, Path (`0` or `.` for none), flags, branch
        flags, methods as bits; where it is received from, and our socket (`udp:192.0.2.1:5060`)."""
        location, address = self._location(table), self._address(aor)
        new = Contact(contact.encode())
        now = int(self.server.clock.seconds())
        new.expires = now + expires if expires else 0
        new.q = round(q * 1000)
        new.path, new.received, new.socket = _given(path), _given(received), _given(socket)
        new.flags, new.branch_flags, new.methods = flags, cflags, methods
        new.call_id, new.cseq, new.modified = _CALL_ID, _CSEQ, now
        new.user_agent = b"sipapp RPC"
        new.ruid, new.server_id = self.new_ruid(), self.server.config.server_id

        def add(contacts: list[Contact]) -> None:
            asked = Contact(new.uri)
            asked.call_id, asked.cseq, asked.path = _CALL_ID, _CSEQ + 1, new.path
            try:
                old = location.find(contacts, asked)
            except StaleRegistration as why:
                raise LocalError("Can't get record") from why
            if old is not None:
                contacts.remove(old)
                new.ruid = old.ruid
            location.place(contacts, new)

        await self._change(location, address, add)

    @rpc_command("ul.flush")
    async def rpc_flush(self) -> None:
        """Write to the database what is not there yet; without one, nothing is to be done."""
        await self.writer.flush()
        if len(self.writer):
            raise LocalError("Operation failed")

    @rpc_command("ul.db_users")
    async def rpc_db_users(self, table: str) -> int:
        """How many users have contacts in the database."""
        rows, now = await self._rows(table), self.server.clock.seconds()
        return len({aor for aor, c in rows if not c.is_over(now)})

    @rpc_command("ul.db_contacts")
    async def rpc_db_contacts(self, table: str) -> int:
        """How many contacts there are in the database."""
        rows, now = await self._rows(table), self.server.clock.seconds()
        return sum(not c.is_over(now) for _, c in rows)

    @rpc_command("ul.db_expired_contacts")
    async def rpc_db_expired_contacts(self, table: str) -> int:
        """How many rows there are in the database whose time is over."""
        rows, now = await self._rows(table), self.server.clock.seconds()
        return sum(c.is_over(now) for _, c in rows)

    async def _rows(self, table: str) -> list[tuple[bytes, Contact]]:
        if not self.db_mode:
            raise LocalError("Command is not supported in db_mode=0")
        return await self.read(table.encode())

    async def _change(self, location: Location, aor: bytes, change: Any) -> None:
        waiting = location.hold(aor, change)
        if waiting is not None:
            await waiting
        try:
            contacts = await _settled(location.get(aor))
            change(contacts)
            await _settled(location.put(aor, contacts))
        finally:
            location.release(aor)


async def _settled(answer: Any) -> Any:
    """What there is at once, or comes of a Deferred."""
    return await answer if isinstance(answer, Deferred) else answer


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _given(value: str) -> bytes:
    """Empty where an operator has written that there is none."""
    return b"" if value in (".", "0") else value.encode()


def _shown(c: Contact, now: int) -> dict[str, Any]:
    def text(value: bytes) -> str:
        return _text(value) or _UNSET

    if not c.expires:
        expires: Any = "permanent"
    else:
        expires = c.expires - now if c.expires >= now else "expired"
    return {
        "Address": _text(c.uri),
        "Expires": expires,
        "Q": c.q / 1000 if c.q >= 0 else -1.0,
        "Call-ID": _text(c.call_id),
        "CSeq": c.cseq,
        "User-Agent": text(c.user_agent),
        "Received": text(c.received),
        "Path": text(c.path),
        "State": "CS_NEW",
        "Flags": c.flags,
        "CFlags": c.branch_flags,
        "Socket": text(c.socket),
        "Methods": c.methods,
        "Ruid": text(c.ruid),
        "Instance": text(c.instance),
        "Reg-Id": c.reg_id,
        "Server-Id": c.server_id,
        "Tcpconn-Id": c.connection,
        "Keepalive": 0,
        "Last-Keepalive": c.modified,
        "KA-Roundtrip": 0,
        "Last-Modified": c.modified,
    }
