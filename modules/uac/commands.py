# -*- test-case-name: tests.modules.uac.test_commands -*-
"""commands: what scripts and operators ask of the registrations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.errors import ConfigError, ParseError, RpcFault, SqlError
from sipapp.message.uri import Uri
from sipapp.module import (
    BRANCH,
    FAILURE,
    REQUEST,
    Context,
    PvRef,
    ReturnCode,
    ScriptError,
    rpc_command,
    script_function,
    writable,
)
from sipapp.modules.uac.account import DISABLED, NUMBERS, ONGOING, ONLINE, TEXTS, Account
from sipapp.modules.uac.registering import Registering

_FILTERS: dict[str, Callable[[Account], bytes]] = {
    "l_uuid": lambda account: account.l_uuid,
    "l_username": lambda account: account.l_username,
    "r_username": lambda account: account.r_username,
    "auth_username": lambda account: account.auth_username,
}

NOT_ENABLED, NOT_FOUND, BAD_FILTER = -1, -2, -3
UNDER_WAY, IS_DISABLED, NOT_YET = -2, -3, -99
BY_USER, WITH_HASH = 1, 2
"""Bits of uac_reg_request_to()'s mode."""

_ADDED = (*TEXTS[:10], "expires", "flags", "reg_delay", "socket", "contact_addr")
"""The parameters of uac.reg_add, in order."""


class Commands(Registering):
    """uac_reg_...() and uac.reg_..."""

    held: list[Any]

    # -- in scripts

    @script_function(parse={"dst": writable})
    def uac_reg_lookup(self, ctx: Context, uuid: bytes, dst: PvRef) -> int:
        """The local user of an account: `sip:l_username@l_domain` of the one with this l_uuid goes to `dst`. For the
        calls that come to its Contact."""
        account = self.accounts.get(uuid)
        if account is None:
            return -1
        assert dst.set is not None
        dst.set(ctx, account.local_uri)
        return 1

    @script_function(parse={"dst": writable})
    def uac_reg_lookup_uri(self, ctx: Context, uri: bytes, dst: PvRef) -> int:
        """The l_uuid of the account of a local user goes to `dst`. -2: this is no URI."""
        try:
            parsed = Uri.parse(uri)
        except ParseError:
            return -2
        account = self._of_user(parsed.user or b"", parsed.host)
        if account is None:
            return -1
        assert dst.set is not None
        dst.set(ctx, account.l_uuid)
        return 1

    @script_function()
    def uac_reg_status(self, uuid: bytes) -> int:
        """How the account with this l_uuid stands: 1 registered, -2 a REGISTER is on its way, -3 disabled, -99 none of
        these yet, -1 no such account."""
        account = self.accounts.get(uuid)
        if account is None:
            return -1
        if account.is_set(ONLINE) and account.due > self.server.clock.seconds():
            return 1
        return UNDER_WAY if account.is_set(ONGOING) else IS_DISABLED if account.is_set(DISABLED) else NOT_YET

    @script_function(routes=REQUEST | FAILURE | BRANCH)
    def uac_reg_request_to(self, ctx: Context, user: bytes, mode: int) -> int:
        """Send this request by way of an account: $ru and $du are set for it, and the `auth_..._avp` for uac_auth().

        `user`: its l_uuid; with mode 1 a local user (with reg_use_domain: a URI). mode 2 more: the hash is the
        password, for uac_auth(1). -2: this is no URI.
        """
        if mode & ~(BY_USER | WITH_HASH):
            return -1
        account = self.accounts.get(user)
        if mode & BY_USER:
            domain = None
            if self.reg_use_domain:
                try:
                    parsed = Uri.parse(user)
                except ParseError:
                    return -2
                user, domain = parsed.user or b"", parsed.host
            account = self._of_user(user, domain)
        if account is None:
            return -1
        if not self.held:
            raise ScriptError("uac_reg_request_to() wants auth_username_avp, auth_realm_avp and auth_password_avp")
        ctx.draft.request_uri = account.address_of_record
        ctx.draft.next_hop = account.auth_proxy
        password = account.auth_ha1 if mode & WITH_HASH else account.auth_password
        for variable, value in zip(self.held, (account.realm, account.auth_username, password), strict=True):
            variable.set(ctx, value)
        return 1

    @script_function()
    def uac_reg_enable(self, attr: str, val: str) -> int:
        """Enable the account whose l_uuid, l_username, r_username or auth_username (`attr`) is `val`: it registers
        soon. -2: there is none, -3: no such attribute."""
        return self._enable(attr, val, True)

    @script_function()
    def uac_reg_disable(self, attr: str, val: str) -> int:
        """Disable an account: it registers no more."""
        return self._enable(attr, val, False)

    @script_function()
    async def uac_reg_refresh(self, luuid: str) -> bool:
        """Read the account with this l_uuid from the database again. The route waits for the database."""
        try:
            return await self._refresh(luuid)
        except SqlError as why:
            raise ScriptError(str(why)) from why

    @script_function()
    def uac_reg_send_register(self, atttr: str, value: str) -> int | ReturnCode:
        """Send a REGISTER for an account now."""
        return self._send(atttr, value, None)

    @script_function()
    def uac_reg_send_unregister(self, atttr: str, value: str) -> int | ReturnCode:
        """Take an account's registration away now; it comes back at the next round unless it is disabled."""
        return self._send(atttr, value, 0)

    def _of_user(self, user: bytes, domain: bytes | None) -> Account | None:
        for account in self.accounts.values():
            if account.l_username == user and (not self.reg_use_domain or account.l_domain == domain):
                return account
        return None

    def _filtered(self, attribute: str, value: str) -> Account | None:
        """Raises KeyError: no such attribute."""
        read = _FILTERS[attribute]
        wanted = value.encode()
        return next((account for account in self.accounts.values() if read(account) == wanted), None)

    def _enable(self, attribute: str, value: str, on: bool) -> int:
        if self.round is None or not attribute or not value:
            return NOT_ENABLED
        try:
            account = self._filtered(attribute, value)
        except KeyError:
            return BAD_FILTER
        if account is None:
            return NOT_FOUND
        account.set(DISABLED, not on)
        account.due = self.server.clock.seconds() + 1
        return 1

    def _send(self, attribute: str, value: str, expires: int | None) -> int:
        try:
            account = self._filtered(attribute, value)
        except KeyError:
            return -1
        if account is None or account.request is not None:
            return -1
        self.register(account, expires)
        return 1

    async def _refresh(self, uuid: str) -> bool:
        """Raises SqlError."""
        found = await self.load(uuid.encode())
        for key, account in found.items():
            self._drop(key)
            self.accounts[key] = account
        return bool(found)

    def _drop(self, uuid: bytes) -> None:
        old = self.accounts.pop(uuid, None)
        if old is not None and old.request is not None:
            old.request.cancel()

    # -- for operators

    @rpc_command("uac.reg_dump")
    def rpc_dump(self) -> list[dict[str, Any]]:
        """uac.reg_dump: every account and how it stands; passwords are not shown."""
        now = self.server.clock.seconds()
        return [account.shown(now) for account in self.accounts.values()]

    @rpc_command("uac.reg_info")
    def rpc_info(self, attr: str, value: str) -> dict[str, Any]:
        """uac.reg_info ATTRIBUTE VALUE: one account, by l_uuid, l_username, r_username or auth_username."""
        return self._asked_for(attr, value).shown(self.server.clock.seconds())

    @rpc_command("uac.reg_enable")
    def rpc_enable(self, attr: str, value: str) -> None:
        """uac.reg_enable ATTRIBUTE VALUE: register an account again."""
        self._asked_for(attr, value)
        self._enable(attr, value, True)

    @rpc_command("uac.reg_disable")
    def rpc_disable(self, attr: str, value: str) -> None:
        """uac.reg_disable ATTRIBUTE VALUE: register an account no more."""
        self._asked_for(attr, value)
        self._enable(attr, value, False)

    @rpc_command("uac.reg_reload")
    async def rpc_reload(self) -> None:
        """uac.reg_reload: all accounts from the database again; those that it has no more are forgotten."""
        now = self.server.clock.seconds()
        if now < self.reloaded + self.reload_delta:
            raise RpcFault("Ongoing reload")
        self.reloaded = now
        try:
            found = await self.load()
        except SqlError as why:
            raise RpcFault(str(why)) from why
        for uuid in list(self.accounts):
            self._drop(uuid)
        self.accounts = found

    @rpc_command("uac.reg_refresh")
    async def rpc_refresh(self, l_uuid: str) -> None:
        """uac.reg_refresh L_UUID: one account from the database again."""
        try:
            if not await self._refresh(l_uuid):
                raise RpcFault("Record not found", 404)
        except SqlError as why:
            raise RpcFault(str(why)) from why

    @rpc_command("uac.reg_remove")
    def rpc_remove(self, l_uuid: str) -> None:
        """uac.reg_remove L_UUID: forget an account, until the next reload."""
        if l_uuid.encode() not in self.accounts:
            raise RpcFault("Record not found", 404)
        self._drop(l_uuid.encode())

    @rpc_command("uac.reg_add")
    def rpc_add(self, *values: Any) -> None:
        """uac.reg_add L_UUID L_USERNAME L_DOMAIN R_USERNAME R_DOMAIN REALM AUTH_USERNAME AUTH_PASSWORD AUTH_HA1
        AUTH_PROXY EXPIRES FLAGS REG_DELAY SOCKET CONTACT_ADDR: an account that is in no database; `.` for no value."""
        if len(values) < len(_ADDED) - 2:
            raise RpcFault("Invalid Parameters", 400)
        given = {name: _given(name, value) for name, value in zip(_ADDED, values, strict=False)}
        try:
            account = self.account(given)
        except ConfigError as why:
            raise RpcFault(str(why)) from None
        if account.l_uuid in self.accounts:
            raise RpcFault("uuid already exists", 409)
        self.accounts[account.l_uuid] = account

    @rpc_command("uac.reg_active")
    def rpc_active(self, mode: int) -> dict[str, int]:
        """uac.reg_active MODE: 0: send no REGISTER for any account; 1: go on."""
        old, self.active = self.active, bool(mode)
        return {"omode": int(old), "nmode": int(self.active)}

    @rpc_command("uac.reg_register")
    def rpc_register(self, attr: str, value: str) -> None:
        """uac.reg_register ATTRIBUTE VALUE: send a REGISTER now."""
        self._asked_for(attr, value)
        self._send(attr, value, None)

    @rpc_command("uac.reg_unregister")
    def rpc_unregister(self, attr: str, value: str) -> None:
        """uac.reg_unregister ATTRIBUTE VALUE: take a registration away now."""
        self._asked_for(attr, value)
        self._send(attr, value, 0)

    def _asked_for(self, attribute: str, value: str) -> Account:
        """Raises RpcFault."""
        try:
            account = self._filtered(attribute, value)
        except KeyError:
            raise RpcFault("Unsupported filter attribute", 400) from None
        if account is None:
            raise RpcFault("Record not found", 404)
        return account

    reloaded = float("-inf")  # s of the clock


def _given(name: str, value: Any) -> Any:
    if name in TEXTS:
        return b"" if value == "." else str(value).encode()
    assert name in NUMBERS
    return int(value)
