# -*- test-case-name: tests.modules.uac.test_registering -*-
"""registering: accounts registered with other servers, and again before they expire. RFC 3261 §10.2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.python.failure import Failure

from sipapp.errors import ConfigError, ParseError, SqlError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql
from sipapp.interfaces.tm import Answered, ITm
from sipapp.interfaces.transport import Socket
from sipapp.log import Logger
from sipapp.message.response import Response
from sipapp.module import ScriptError, modparam
from sipapp.module.hashes import kamailio_hash
from sipapp.module.sockets import named_socket
from sipapp.module.sql import database
from sipapp.modules.uac.account import AUTHSENT, COLUMNS, DISABLED, INIT, ONGOING, ONLINE, Account
from sipapp.modules.uac.credentials import challenges
from sipapp.modules.uac.digest import Asked, Credential, authorization

log = Logger()

EARLY = 3
"""How long before the round that would be too late a registration is renewed (s)."""


class Registering:
    """The accounts and their REGISTER requests."""

    reg_db_url: str = modparam(default="", doc="the database with the accounts; without it there are none")
    reg_db_table: bytes = modparam(default=b"uacreg", doc="their table")
    reg_contact_addr: bytes = modparam(default=b"", doc="host:port of Contact, for accounts without contact_addr")
    reg_timer_interval: int = modparam(default=90, minimum=1, unit="s", doc="how often accounts are looked at")
    reg_retry_interval: int = modparam(
        default=0, unit="s", doc="when an account that was refused tries again; 0: never, it is disabled"
    )
    reg_keep_callid: int = modparam(default=0, doc="1: renew a registration with the Call-ID that it began with")
    reg_random_delay: int = modparam(
        default=0, unit="s", doc="up to so long accounts without reg_delay wait before their first REGISTER"
    )
    reg_active: int = modparam(default=1, doc="0: no REGISTER is sent until uac.reg_active says so")
    reg_gc_interval: int = modparam(default=150, doc="when Kamailio frees accounts that were reloaded; no effect here")
    reg_hash_size: int = modparam(default=4, doc="size of Kamailio's table of accounts; no effect here")
    reg_use_domain: int = modparam(default=0, doc="1: users are looked up with their domain")
    reload_delta: int = modparam(default=30, unit="s", doc="uac.reg_reload is refused so soon after the last")

    server: IServer
    tm: ITm
    socket: Socket | None

    async def start_registering(self, server: IServer) -> None:
        """Raises ConfigError: no Contact, no database module."""
        self.accounts: dict[bytes, Account] = {}  # by l_uuid
        self.round: Any = None
        self.reg_database: ISql | None = None
        self.active = bool(self.reg_active)
        for name in ("regtotal", "regactive", "regdisabled"):
            read = self._counter(name) if server.worker == 1 else lambda: 0  # it alone registers
            server.statistics.gauge("uac", name, read)
        if not self.reg_db_url:
            return
        if not self.reg_contact_addr:
            raise ConfigError('modparam("uac", "reg_contact_addr") is missing: reg_db_url is given')
        self.reg_database = database(server, self.reg_db_url, 'modparam("uac", "reg_db_url")')
        self.accounts = await self.load()
        if server.worker == 1:
            self.round = server.clock.callLater(0, self.look)

    def stop_registering(self) -> None:
        if self.round is not None:
            self.round.cancel()
            self.round = None
        for account in self.accounts.values():
            if account.request is not None:
                account.request.cancel()

    def _counter(self, name: str) -> Any:
        bits = {"regactive": ONLINE, "regdisabled": DISABLED}.get(name)
        if bits is None:
            return lambda: len(self.accounts)
        return lambda: sum(account.is_set(bits) for account in self.accounts.values())

    # -- the table

    async def load(self, uuid: bytes | None = None) -> dict[bytes, Account]:
        """The accounts of the database, or the one with this l_uuid. Raises SqlError."""
        if self.reg_database is None:
            raise SqlError("no reg_db_url")
        where = None if uuid is None else {b"l_uuid": uuid}
        rows = (await self.reg_database.select(self.reg_db_table, COLUMNS, where)).rows
        found = {}
        for row in rows:
            try:
                account = self.account(dict(zip((c.decode() for c in COLUMNS), row, strict=True)))
            except ConfigError as why:
                log.error("uac: {why}", why=str(why))
                continue
            found[account.l_uuid] = account
        return found

    def account(self, row: dict[str, Any]) -> Account:
        """Raises ConfigError."""
        account = Account(row, self.server.clock.seconds())
        account.contact_addr = account.contact_addr or self.reg_contact_addr
        if not account.reg_delay and self.reg_random_delay > 0:
            # the same at each start, and spread evenly: what it is for
            account.reg_delay = 1 + kamailio_hash(account.l_uuid) % self.reg_random_delay
        return account

    # -- time passes

    def look(self) -> None:
        """Register whatever is due."""
        self.round = self.server.clock.callLater(self.reg_timer_interval, self.look)
        self.look_at(list(self.accounts.values()))

    def look_at(self, accounts: Iterable[Account]) -> None:
        now = self.server.clock.seconds()
        for account in accounts:
            if self._is_due(account, now):
                self.register(account)

    def _is_due(self, account: Account, now: float) -> bool:
        if not account.expires or not self.active or account.is_set(DISABLED) or account.request is not None:
            return False
        if not account.is_set(INIT):
            if now < account.began + account.reg_delay:
                return False
            account.set(INIT)
        return account.due <= now + self.reg_timer_interval + EARLY

    def register(self, account: Account, expires: int | None = None) -> None:
        """Send a REGISTER. expires: 0 takes the registration away."""
        account.due = self.server.clock.seconds()
        account.set(ONGOING)
        wanted = account.expires if expires is None else expires
        account.request = ensureDeferred(self._register(account, wanted))
        account.request.addBoth(self._over, account)

    def _over(self, result: Any, account: Account) -> None:
        account.request = None
        account.set(ONGOING | AUTHSENT, False)
        if isinstance(result, Failure) and not self._stopped():
            log.error("uac: account {uuid}: {why}", uuid=account.l_uuid.decode(), why=result.getErrorMessage())
            self._refused(account)

    def _stopped(self) -> bool:
        return self.round is None

    async def _register(self, account: Account, expires: int) -> None:
        """Raises ScriptError: it was not sent, or cannot be answered."""
        call_id, cseq = None, None
        if self.reg_keep_callid and account.is_set(ONLINE) and account.call_id:
            call_id, cseq = account.call_id, account.cseq + 1
        account.set(ONLINE, False)
        answer = await self._register_once(account, expires, b"", call_id, cseq, account.address_of_record)
        if answer.status in (401, 407) and answer.response is not None:
            account.set(AUTHSENT)
            first = answer.response
            line = self._answer_to(account, answer.status, first)
            number = first.cseq.number + 1 if first.cseq is not None else None
            from_ = bytes(first.from_) if first.from_ is not None else account.address_of_record
            answer = await self._register_once(account, expires, line, first.call_id, number, from_)
        self._registered(account, answer, expires)

    def _register_once(
        self,
        account: Account,
        expires: int,
        more: bytes,
        call_id: bytes | None,
        cseq: int | None,
        from_: bytes,
    ) -> Deferred[Answered]:
        socket = named_socket(self.server.transport, account.socket) if account.socket else self.socket
        return self.tm.request(
            b"REGISTER",
            account.uri,
            from_,
            account.address_of_record,
            account.fields(expires) + more,
            next_hop=account.auth_proxy or None,
            socket=socket,
            call_id=call_id,
            cseq=cseq,
        )

    def _answer_to(self, account: Account, status: int, response: Response) -> bytes:
        """Raises ScriptError: another realm than the account's, or a challenge that cannot be answered."""
        for challenge in challenges(response, status):
            if account.realm in (b"", challenge.realm):
                hashed = bool(account.auth_ha1)
                secret = account.auth_ha1 if hashed else account.auth_password
                credential = Credential(challenge.realm or b"", account.auth_username, secret, hashed)
                return authorization(status, challenge, credential, Asked(b"REGISTER", account.uri))
        raise ScriptError(f"no challenge is for the realm {account.realm.decode(errors='replace')!r}")

    # -- what came back

    def _registered(self, account: Account, answer: Answered, expires: int) -> None:
        """Raises ScriptError: it is not registered."""
        response = answer.response
        if answer.status == 200 and response is not None:
            granted = self._granted(account, response)
            account.call_id, account.cseq = response.call_id, response.cseq.number if response.cseq else 0
            account.due = self.server.clock.seconds() + granted
            account.set(ONLINE, granted > 0)
        elif answer.status == 423 and response is not None:
            least = response.first(b"min-expires")
            account.expires = int(least) if least is not None and least.isdigit() else account.expires * 2
        else:
            raise ScriptError(f"REGISTER was answered {answer.status} {answer.reason.decode(errors='replace')}")

    def _granted(self, account: Account, response: Response) -> int:
        """How long the registration lasts (s); 0: it is none of ours."""
        try:
            contacts = response.contacts if response.first(b"contact") != b"*" else []
            for contact in contacts:
                if contact.parsed_uri.user == account.l_uuid:
                    value = contact.parameters.get(b"expires") or response.first(b"expires") or b"0"
                    return int(value) if value.isdigit() else 0
        except ParseError as why:
            raise ScriptError(str(why)) from None
        return 0

    def _refused(self, account: Account) -> None:
        account.call_id, account.cseq = b"", 0
        if self.reg_retry_interval:
            account.due = self.server.clock.seconds() + self.reg_retry_interval
        else:
            account.set(DISABLED)
