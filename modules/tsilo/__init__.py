# -*- test-case-name: tests.modules.tsilo.test_tsilo -*-
"""tsilo: calls for users who are not there yet: stored when they come in, sent on when the user registers."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sipapp.errors import LocalError, ParseError
from sipapp.interfaces.registrar import IRegistrar
from sipapp.interfaces.server import IAfterStart
from sipapp.interfaces.tm import ITm
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import (
    FAILURE,
    REQUEST,
    ConfigError,
    Context,
    IServer,
    RouteType,
    ScriptError,
    Text,
    modparam,
    module,
    rpc_command,
    script_function,
)
from sipapp.module.hashes import kamailio_hash
from sipapp.modules.tsilo.others import Others
from sipapp.modules.tsilo.table import Stored, Table

log = Logger()

_ROUTES = REQUEST | FAILURE

UNKNOWN, CANCELLED, ANSWERED, NOWHERE = -1, -2, -3, -4
"""Why nothing was added to a call: there is no such one, it is cancelled, it has its answer, the user is not there."""


def table_name(text: bytes) -> bytes:
    """Raises ConfigError: empty."""
    if text in (b"", b"0"):
        raise ConfigError("empty table name")
    return text


@implementer(IAfterStart)
@module("tsilo")
class Tsilo:
    """Calls that wait for a registration."""

    hash_size: int = modparam(default=2048, doc="Kamailio's table size, a power of two; only ts.dump shows it")
    use_domain: int = modparam(default=0, doc="1: users are told apart by their whole URI, not by the user part alone")

    def start(self, server: IServer) -> None:
        self.server = server
        self.table = Table(self.hash_size)
        self.others = Others(server) if server.workers > 1 else None
        statistics = server.statistics
        statistics.gauge("tsilo", "stored_ruris", lambda: len(self.table))
        statistics.gauge("tsilo", "stored_transactions", lambda: self.table.transactions)
        self.total_ruris = statistics.counter("tsilo", "total_ruris")
        self.total_transactions = statistics.counter("tsilo", "total_transactions")
        self.added_branches = statistics.counter("tsilo", "added_branches")

    def started(self) -> None:
        """Raises ConfigError: tm or registrar is not loaded."""
        for interface, name in ((ITm, "tm"), (IRegistrar, "registrar")):
            if self.server.find(interface) is None:
                raise ConfigError(f"tsilo: the module {name} must be loaded")
        self.tm: ITm = self.server.get(ITm)
        self.registrar: IRegistrar = self.server.get(IRegistrar)
        self.tm.on_event(self)

    def _address(self, uri: bytes) -> bytes:
        """What a user is known by. Raises ScriptError: the URI is none, or has no user."""
        try:
            user = Uri.parse(uri).user
        except ParseError:
            raise ScriptError(f"bad uri {uri.decode(errors='replace')!r}") from None
        address = uri if self.use_domain else user
        if not address:
            raise ScriptError(f"malformed aor from uri {uri.decode(errors='replace')!r}")
        return address

    # -- storing

    @script_function(routes=_ROUTES)
    def ts_store(self, ctx: Context, uri: bytes = b"") -> int:
        """Store the transaction of this request under the Request-URI, or `uri`, until it is over."""
        message = ctx.message
        assert isinstance(message, Request)
        address = self._address(uri or ctx.draft.request_uri or message.uri)
        found = self.tm.transaction(ctx)
        if found is None:
            raise ScriptError(f"no transaction defined for {address.decode(errors='replace')}")
        if not self.table.get(address):
            self.total_ruris.value += 1
        if self.table.add(address, Stored(found.index, found.label)):
            self.total_transactions.value += 1
        if self.others is not None:
            self.others.wait(address)
        return 1

    # -- sending on

    @script_function(routes=_ROUTES, suspends=True, asynchronous=False, parse={"domain": table_name})
    async def ts_append(self, ctx: Context, domain: Text, ruri: bytes) -> int:
        """Send the calls that are stored under `ruri` to its contacts in the location table `domain`; false where none
        is stored."""
        return await self._append(ctx, domain, ruri, b"")

    @script_function(
        "ts_append_by_contact", routes=_ROUTES, suspends=True, asynchronous=False, parse={"domain": table_name}
    )
    async def ts_append_by_contact(self, ctx: Context, domain: Text, ruri: bytes, contact: bytes | None = None) -> int:
        """As ts_append(), only to the contacts whose URI has `contact` in it; without it, the first Contact of this
        request."""
        if contact is None:
            try:
                contacts = ctx.message.contacts
                contact = contacts[0].uri if contacts else b""
            except ParseError:
                contact = b""
        self._check(contact)
        return await self._append(ctx, domain, ruri, contact)

    @script_function(routes=_ROUTES, suspends=True, asynchronous=False, parse={"domain": table_name})
    async def ts_append_to(self, ctx: Context, tindex: int, tlabel: int, domain: Text, uri: bytes = b"") -> int:
        """Send one call, by its $T(id_index) and $T(id_label), to the contacts of `uri`, or of its own Request-URI, in
        the location table `domain`: to how many; -1 no such call, -2 it is cancelled, -3 it has its answer, -4 no
        contacts."""
        if uri:
            self._check(uri)
        if self.others is not None and (worker := self.others.owner(tlabel)):
            return await self.others.ask(worker, "ts.append_to", tindex, tlabel, domain, uri) or UNKNOWN
        return await self._append_to(Stored(tindex, tlabel), domain, uri, b"")

    @script_function(routes=_ROUTES, suspends=True, asynchronous=False)
    async def ts_append_branches(self, ctx: Context, uri: bytes) -> int:
        """Send the calls that are stored under `uri` to the branches of this request; -2 where none is stored."""
        stored = self.table.get(self._address(uri))
        targets, ctx.draft.targets = ctx.draft.targets, []
        if not stored:
            return -2
        for one in stored:
            found = self._open(one)
            if isinstance(found, int):
                continue
            ctx.draft.targets = [target.copy() for target in targets]
            self._count(await self.tm.append_branches(found, ctx))
        ctx.draft.targets = []
        return 1

    def _check(self, uri: bytes) -> None:
        """Raises ScriptError: no URI."""
        try:
            Uri.parse(uri)
        except ParseError:
            raise ScriptError(f"bad uri {uri.decode(errors='replace')!r}") from None

    async def _append(self, ctx: Context, domain: bytes, ruri: bytes, contact: bytes) -> int:
        self._check(ruri)
        address = self._address(ruri)
        elsewhere = self.others.waiting(address) if self.others is not None else []
        if not self.table.get(address) and not elsewhere:
            log.debug("failed to retrieve record for {uri}", uri=ruri.decode(errors="replace"))
            return -1
        await self._append_here(address, domain, ruri, contact)
        for worker in elsewhere:
            assert self.others is not None
            await self.others.ask(worker, "ts.append", domain, ruri, contact)
        return 1

    async def _append_here(self, address: bytes, domain: bytes, ruri: bytes, contact: bytes) -> int:
        """To how many contacts the calls of this process go on."""
        total = 0
        for one in self.table.get(address):
            added = max(await self._append_to(one, domain, ruri, contact), 0)
            self._count(added)
            total += added
        return total

    async def _append_to(self, stored: Stored, domain: bytes, uri: bytes, contact: bytes) -> int:
        found = self._open(stored)
        if isinstance(found, int):
            return found
        run = Context(self.server, found.request, Draft(), RouteType.REQUEST)
        code = self.registrar.add_targets(run, domain, uri or None)
        if isinstance(code, Deferred):
            code = await code
        if code != 1:
            log.error("transaction {stored}: error updating dset ({code})", stored=stored, code=code)
            return NOWHERE
        return await self.tm.append_branches(found, run, contact)

    def _open(self, stored: Stored) -> Any:
        """The transaction, if its request can be sent on; else why not."""
        found = self.tm.find(*stored)
        if found is None:
            log.error("transaction [{stored.tindex}:{stored.tlabel}] not found", stored=stored)
            return UNKNOWN
        if found.is_canceled:
            return CANCELLED
        return ANSWERED if found.status >= 200 else found

    def _count(self, added: int) -> None:
        if added > 0:
            self.added_branches.value += added

    # -- the end of a call

    def transaction_ended(self, transaction: Any, request: Request) -> None:
        """Told by tm."""
        for address in self.table.remove(Stored(transaction.index, transaction.label)):
            if self.others is not None:
                self.others.forget(address)

    # -- RPC

    @rpc_command("ts.dump")
    def rpc_dump(self, mode: str = "") -> dict[str, Any]:
        """All that is stored; `brief`: the numbers alone."""
        answer: dict[str, Any] = {"Size": self.table.size}
        if mode != "brief":
            answer["R-URIs"] = [
                {
                    "R-URI": address.decode(errors="replace"),
                    "Hash": kamailio_hash(address),
                    "Transactions": _listed(stored),
                }
                for address, stored in self.table
            ]
        answer["Stats"] = {
            "RURIs": len(self.table),
            "Max-Slots": self.table.longest,
            "Transactions": self.table.transactions,
        }
        return answer

    @rpc_command("ts.append")
    async def rpc_append(self, table: str, ruri: str, contact: str = "") -> int:
        """Send the calls that are stored under a URI to its contacts in a location table, or to the one whose URI has
        `contact` in it: to how many. What ts_append() asks of other workers."""
        uri = ruri.encode("utf-8", "surrogateescape")
        found = contact.encode("utf-8", "surrogateescape")
        return await self._append_here(self._address(uri), table.encode(), uri, found)

    @rpc_command("ts.append_to")
    async def rpc_append_to(self, tindex: int, tlabel: int, table: str, uri: str = "") -> int:
        """What ts_append_to() does, and its return code."""
        given = uri.encode("utf-8", "surrogateescape")
        code = await self._append_to(Stored(tindex, tlabel), table.encode(), given, b"")
        if code == UNKNOWN:
            raise LocalError("Transaction not found")
        return code

    @rpc_command("ts.lookup")
    def rpc_lookup(self, ruri: str) -> list[dict[str, int]]:
        """The transactions that are stored under a user part, or a URI with `use_domain`."""
        stored = self.table.get(ruri.encode())
        if not stored:
            raise LocalError("RURI not found in tsilo table")
        return _listed(stored)


def _listed(stored: list[Stored]) -> list[dict[str, int]]:
    return [{"Tindex": one.tindex, "Tlabel": one.tlabel} for one in stored]
