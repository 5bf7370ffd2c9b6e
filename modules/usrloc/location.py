# -*- test-case-name: tests.modules.usrloc.test_location -*-
"""location: one location table: contacts by address of record, in a table of the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sipapp.interfaces.location import Contact, ILocation, RepeatedRegistration, StaleRegistration, bare
from sipapp.interfaces.store import IStore, Stored
from sipapp.log import Logger
from sipapp.modules.usrloc.record import count, pack, unpack
from sipapp.modules.usrloc.schedule import Schedule
from sipapp.statistics import Counter

log = Logger()

BY_CONTACT, BY_CONTACT_AND_CALL, BY_CONTACT_AND_PATH, BY_CALL = range(4)
"""`matching_mode`: by what a registration that names no instance finds the contact that it renews."""


class Rules(NamedTuple):
    """What the parameters say of every table."""

    matching_mode: int = BY_CONTACT
    cseq_delay: int = 20  # s
    newest_first: bool = False  # desc_time_order


Gone = Callable[["Location", bytes, Contact], None]

Changed = Callable[[bytes, bytes, list[Contact], list[Contact]], "Deferred[None] | None"]
"""Told of (table, address of record, contacts before, contacts now)."""


@implementer(ILocation)
class Location:
    """A location table."""

    def __init__(self, name: bytes, store: IStore, clock: Any, rules: Rules, gone: Gone) -> None:
        self.name = name
        self.rules = rules
        self.expired = Counter("usrloc", "expires")
        self.changed: Changed | None = None
        self._clock = clock
        self._gone = gone
        self._table = store.table(b"usrloc:" + name)
        self._ruids = store.table(b"usrloc:" + name + b":ruid")
        self._schedule = Schedule(clock, self._look)
        self._table.on_expired(self._left)

    # -- what the registrar asks

    def get(self, aor: bytes) -> list[Contact]:
        value = self._table.get(aor)
        if value is None or value.__class__ is not bytes:
            return []
        now = self._clock.seconds()
        contacts = unpack(value)
        for contact in contacts:
            if contact.is_over(now):
                return [c for c in contacts if not c.is_over(now)]
        return contacts

    def put(self, aor: bytes, contacts: list[Contact]) -> Deferred[None] | None:
        if self.changed is None:
            self._keep(aor, contacts)
            return None
        value = self._table.get(aor)
        self._keep(aor, contacts)
        return self.changed(self.name, aor, unpack(value) if isinstance(value, bytes) else [], contacts)

    def load(self, rows: Iterable[tuple[bytes, Contact]]) -> None:
        """Have what the database has of addresses that nobody has registered since."""
        read: dict[bytes, list[Contact]] = {}
        now = self._clock.seconds()
        for aor, contact in rows:
            if not contact.is_over(now):
                self.place(read.setdefault(aor, []), contact)
        for aor, contacts in read.items():
            if self._table.get(aor) is None:
                self._keep(aor, contacts)

    def _keep(self, aor: bytes, contacts: list[Contact]) -> None:
        if not contacts:
            self._table.delete(aor)
            return
        first = last = 0
        forever = False
        for contact in contacts:
            expires = contact.expires
            if not expires:
                forever = True
            else:
                if not first or expires < first:
                    first = expires
                if expires > last:
                    last = expires
        lifetime = 0 if forever else max(last - int(self._clock.seconds()), 1)
        self._table.put(aor, pack(contacts), lifetime)
        if first:
            self._schedule.at(first, aor)

    def hold(self, aor: bytes, holder: Any) -> Deferred[None] | None:
        return self._table.lock(aor, holder)

    def release(self, aor: bytes) -> None:
        self._table.unlock(aor)

    def find(self, contacts: list[Contact], wanted: Contact) -> Contact | None:
        if wanted.instance:
            instance = bare(wanted.instance)
            for contact in contacts:
                if contact.instance and contact.reg_id == wanted.reg_id and bare(contact.instance) == instance:
                    return contact
            return None
        found = self._match(contacts, wanted)
        if found is None:
            return None
        if self.rules.matching_mode == BY_CONTACT_AND_CALL or found.call_id == wanted.call_id:
            self._check_order(found, wanted)
        return found

    def _match(self, contacts: list[Contact], wanted: Contact) -> Contact | None:
        mode = self.rules.matching_mode
        for contact in contacts:
            if mode != BY_CALL and contact.uri != wanted.uri:
                continue
            if mode in (BY_CONTACT_AND_CALL, BY_CALL) and contact.call_id != wanted.call_id:
                continue
            if mode == BY_CONTACT_AND_PATH and wanted.path and contact.path != wanted.path:
                continue
            return contact
        return None

    def _check_order(self, found: Contact, wanted: Contact) -> None:
        if wanted.cseq > found.cseq:
            return
        if wanted.cseq == found.cseq and found.modified + self.rules.cseq_delay > int(self._clock.seconds()):
            raise RepeatedRegistration(f"{wanted!r} has registered with CSeq {wanted.cseq} already")
        raise StaleRegistration(f"{wanted!r} has registered with CSeq {found.cseq} already")

    def place(self, contacts: list[Contact], contact: Contact) -> None:
        if contact in contacts:
            at = contacts.index(contact)
            before, behind = contacts[at - 1] if at else None, contacts[at + 1] if at + 1 < len(contacts) else None
            if not self.rules.newest_first and (
                (before is None or before.q >= contact.q) and (behind is None or behind.q <= contact.q)
            ):
                return
            del contacts[at]
        if self.rules.newest_first:
            contacts.insert(0, contact)
            return
        for at, other in enumerate(contacts):
            if other.q < contact.q:
                contacts.insert(at, contact)
                return
        contacts.append(contact)

    def remove_ruid(self, ruid: bytes) -> Deferred[bool] | None:
        return None

    def name_ruid(self, ruid: bytes, aor: bytes, lifetime: int) -> None:
        self._ruids.put(ruid, aor, max(lifetime, 1))

    def of_ruid(self, ruid: bytes) -> bytes | None:
        aor = self._ruids.get(ruid)
        return aor if isinstance(aor, bytes) else None

    # -- what operators ask

    @property
    def users(self) -> int:
        """How many addresses have contacts."""
        return len(self._table)

    @property
    def contacts(self) -> int:
        """How many contacts there are."""
        return sum(count(value) for _, value in self._table.items() if isinstance(value, bytes))

    def addresses(self) -> list[bytes]:
        """Every address that has contacts."""
        return [aor for aor, _ in self._table.items()]

    def records(self) -> Iterator[tuple[bytes, list[Contact]]]:
        """Every address with its contacts."""
        for aor, value in self._table.items():
            if isinstance(value, bytes):
                yield aor, unpack(value)

    def watch(self) -> None:
        """Look after the contacts that are there already: those of a server that is gone."""
        for aor, contacts in self.records():
            self._await(aor, contacts)

    def shorten(self, aor: bytes, ruids: Collection[bytes], seconds: int) -> None:
        """Let these contacts of an address live no longer than so long."""
        self._in_hold(aor, partial(self._shorten, aor, ruids, seconds))

    def _in_hold(self, aor: bytes, change: Callable[[], None]) -> None:
        """Do this once nobody else changes the address; it releases it."""
        waiting = self.hold(aor, change)
        if waiting is not None:
            waiting.addCallback(lambda _: change())
        else:
            change()

    def _shorten(self, aor: bytes, ruids: Collection[bytes], seconds: int) -> None:
        try:
            contacts = self.get(aor)
            end = int(self._clock.seconds()) + seconds
            for contact in contacts:
                if contact.ruid in ruids and (not contact.expires or contact.expires > end):
                    contact.expires = end
            self.put(aor, contacts)
        finally:
            self.release(aor)

    def stop(self) -> None:
        self._schedule.stop()

    # -- time

    def _await(self, aor: bytes, contacts: list[Contact]) -> None:
        """Look at this address when the time of the first of its contacts is over."""
        if times := [c.expires for c in contacts if c.expires]:
            self._schedule.at(min(times), aor)

    def _look(self, aor: bytes) -> None:
        """The second of some contact of this address has come."""
        self._in_hold(aor, partial(self._sweep, aor))

    def _sweep(self, aor: bytes) -> None:
        """Take away what is over, in the hold of the address; tell of it when that is done."""
        try:
            value = self._table.get(aor)
            now = self._clock.seconds()
            every = unpack(value) if isinstance(value, bytes) else []
            over = [c for c in every if c.is_over(now)]
            if over:
                self.put(aor, [c for c in every if not c.is_over(now)])
            else:
                self._await(aor, every)
        finally:
            self.release(aor)
        self._tell(aor, over)

    def _left(self, aor: bytes, value: Stored) -> None:
        """Nobody has looked after an address in time: whoever wrote it is gone. All of its contacts are over."""
        over = unpack(value) if isinstance(value, bytes) else []
        if self.changed is not None:
            self.changed(self.name, aor, over, [])
        self._tell(aor, over)

    def _tell(self, aor: bytes, over: list[Contact]) -> None:
        self.expired.value += len(over)
        for contact in over:
            self._gone(self, aor, contact)
