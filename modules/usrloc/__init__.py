# -*- test-case-name: tests.modules.usrloc.test_usrloc -*-
"""usrloc: where users are: location tables, for the registrar and whoever else asks. RFC 3261 §10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.interfaces.keepalive import IPingTargets
from sipapp.interfaces.location import Contact, ILocation, IUsrloc
from sipapp.interfaces.server import IAfterStart
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.module import ConfigError, IServer, modparam, module
from sipapp.modules.usrloc.commands import Commands
from sipapp.modules.usrloc.database import ALONE, BACK, MEMORY, READ, THROUGH
from sipapp.modules.usrloc.location import BY_CALL, Location, Rules
from sipapp.modules.usrloc.pings import Pings
from sipapp.modules.usrloc.stored import StoredLocation
from sipapp.modules.usrloc.writer import Writer

log = Logger()

Told = Callable[[ILocation, bytes, Contact], None]


@implementer(IUsrloc, IPingTargets, IAfterStart)
@module("usrloc", provides=[IUsrloc, IPingTargets])
class Usrloc(Commands, Pings):
    """Its tables."""

    use_domain: int = modparam(default=0, doc="1: users are told apart by user and domain, not by the user part alone")
    matching_mode: int = modparam(
        default=0,
        doc="which contact a registration renews, where it names no instance: 0: the one of the same URI, 1: of the "
        "same URI and Call-ID, 2: of the same URI and Path, 3: of the same Call-ID",
    )
    cseq_delay: int = modparam(
        default=20, unit="s", doc="for so long a registration with the same CSeq is a retransmission, later an error"
    )
    desc_time_order: int = modparam(default=0, doc="1: the newest contact comes first, not the one with the best q")
    nat_bflag: int = modparam(default=-1, maximum=31, doc="the branch flag of contacts behind a NAT; -1: none")
    xavp_contact: bytes = modparam(
        default=b"", doc="the name of a $xavp that save() keeps with each contact, and lookup() brings back"
    )
    preload: list[str] = modparam(default=(), doc="a table that there is before any function names it")
    timer_interval: int = modparam(
        default=60,
        unit="s",
        doc="how often changes are written to the database (`db_mode` 2, and what could not be written at once), rows "
        "whose time is over are removed (`db_mode` 3, `db_timer_clean`), and streams that are lost are looked for "
        "(`handle_lost_tcp`); contacts go in the second in which their time is over",
    )
    handle_lost_tcp: int = modparam(default=0, doc="1: a contact goes with the stream that it has registered by")
    close_expired_tcp: int = modparam(default=0, doc="1: the stream of a contact is closed when its time is over")
    ka_timeout: int = modparam(
        default=0, unit="s", doc="contacts that answer no ping of nathelper's for so long go; 0: they stay"
    )
    hash_size: int = modparam(default=10, doc="Kamailio's table size, a power of two; only ul.dump shows it")
    timer_procs: int = modparam(default=0, doc="processes that look for expired contacts in Kamailio; without effect")
    load_rank: int = modparam(default=1, doc="which process loads the tables in Kamailio; without effect")
    ka_mode: int = modparam(default=0, doc="pings by usrloc itself: nathelper sends them here; only 0 is accepted")
    ka_from: str = modparam(default="sip:server@kamailio.org", doc="see `ka_mode`")
    ka_domain: str = modparam(default="kamailio.org", doc="see `ka_mode`")
    ka_method: str = modparam(default="OPTIONS", doc="see `ka_mode`")
    ka_filter: int = modparam(default=0, doc="see `ka_mode`")
    ka_interval: int = modparam(default=40, unit="s", doc="see `ka_mode`")
    ka_randomize: int = modparam(default=20, unit="s", doc="see `ka_mode`")
    ka_loglevel: int = modparam(default=255, doc="see `ka_mode`")
    ka_logmsg: str = modparam(default=" to-uri: [$tu] remote-addr: [$sas]", doc="see `ka_mode`")
    ka_reply_codes: str = modparam(default="0", doc="see `ka_mode`")

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a parameter is wrong."""
        if not 0 <= self.matching_mode <= BY_CALL:
            raise ConfigError(f'modparam("usrloc", "matching_mode"): 0 to {BY_CALL}, not {self.matching_mode}')
        if self.ka_mode:
            raise ConfigError('modparam("usrloc", "ka_mode"): only 0: nathelper sends pings (natping_interval)')
        self.check_database()
        self.server = server
        self.nat_flag = 1 << self.nat_bflag if self.nat_bflag >= 0 else 0
        self.case_sensitive = False  # the registrar says otherwise
        self.tables: dict[bytes, Location] = {}
        self._told: list[Told] = []
        self._rules = Rules(self.matching_mode, self.cseq_delay, self.desc_time_order != 0)
        self.writer = Writer(self, self.db_mode == THROUGH)
        self._started = False
        self.start_pings(self.ka_timeout)
        self._show("registered_users", lambda: sum(t.users for t in self.tables.values()))
        for name in self.preload:
            self.location(name.encode())
        self._regularly: Any = None

    async def started(self) -> None:
        """Raises ConfigError, SqlError: the database is not there."""
        if self.db_mode != MEMORY:
            await self.connect()
        for table in list(self.tables.values()):
            await self._load(table)
        if self.timer_interval > 0 and (self.handle_lost_tcp or self.db_mode in (THROUGH, BACK, ALONE)):
            self._regularly = self.server.clock.callLater(self.timer_interval, self._tick)
        self._started = True

    async def _load(self, table: Location) -> None:
        """One of those that share the tables has what is in the database, and sees to what is there already."""
        if self.server.worker > 1:
            return
        table.watch()
        if not self.server.begins:
            return
        if self.db_mode == READ or (self.db_mode in (THROUGH, BACK) and self.db_load):
            if self.db_clean_tcp and self.db_mode != READ:
                await self.forget_streams(table.name)
            table.load(await self.read(table.name))

    def _tick(self) -> None:
        self._regularly = self.server.clock.callLater(self.timer_interval, self._tick)
        if self.handle_lost_tcp and self.server.worker == 1:
            self._look_for_lost()
        ensureDeferred(self._tidy())

    async def _tidy(self) -> None:
        """What the database wants from time to time."""
        await self.writer.flush()
        for table in self.tables.values() if self.server.worker == 1 else ():
            if isinstance(table, StoredLocation):
                await table.clean()
            elif self.db_timer_clean and self.db_mode in (THROUGH, BACK):
                await self.clean(table.name)

    async def stop(self) -> None:
        for table in self.tables.values():
            table.stop()
        if self._regularly is not None and self._regularly.active():
            self._regularly.cancel()
        await self.writer.flush()

    # -- what the registrar asks

    def location(self, name: bytes) -> Location:
        found = self.tables.get(name)
        if found is None:
            found = self.tables[name] = self._made(name)
            self._count(found)
            if self._started and self.db_mode != MEMORY:
                ensureDeferred(self._load(found)).addErrback(_failed)
        return found

    def _made(self, name: bytes) -> Location:
        store, clock = self.server.get(IStore), self.server.clock
        if self.db_mode == ALONE:
            return StoredLocation(self, name, store, clock, self._rules, self._is_gone)
        table = Location(name, store, clock, self._rules, self._is_gone)
        if self.db_mode in (THROUGH, BACK):
            table.changed = self.writer.changed
        return table

    def _count(self, table: Location) -> None:
        name = table.name.decode(errors="replace")
        self._show(f"{name}-users", lambda: table.users)
        self._show(f"{name}-contacts", lambda: table.contacts)
        table.expired = self.server.statistics.counter("usrloc", f"{name}-expires")

    def _show(self, name: str, read: Callable[[], int]) -> None:
        """A figure of what all workers share."""
        self.server.statistics.gauge("usrloc", name, read, common=True)

    def on_expired(self, callback: Told) -> None:
        self._told.append(callback)

    # -- contacts that go

    def _is_gone(self, table: ILocation, aor: bytes, contact: Contact) -> None:
        if self.close_expired_tcp and contact.connection >= 0:
            connection = self.server.transport.connections.by_id(contact.connection)
            if connection is not None and contact.server_id == self.server.config.server_id:
                connection.close()
        for tell in self._told:
            tell(table, aor, contact)

    def _look_for_lost(self) -> None:
        """Contacts whose streams are closed go at once; those of other servers have streams there."""
        by_id, here = self.server.transport.connections.by_id, self.server.config.server_id
        for table in self.tables.values():
            for aor, contacts in table.records():
                lost = [
                    c.ruid
                    for c in contacts
                    if c.connection >= 0 and c.server_id == here and by_id(c.connection) is None
                ]
                if lost:
                    table.shorten(aor, lost, 0)


def _failed(failure: Failure) -> None:
    """A table that came up later could not be read."""
    log.error("usrloc: {why}", why=failure.getErrorMessage())
