# -*- test-case-name: tests.modules.uac.test_account -*-
"""account: one registration that we keep up somewhere else: a row of the table uacreg, and how it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import SqlValue
from sipapp.script.values import integer

DISABLED, ONGOING, ONLINE, AUTHSENT, INIT = 1, 2, 4, 8, 16
"""The bits of `flags`: Kamailio's, RPC shows them."""

TEXTS = (
    "l_uuid",
    "l_username",
    "l_domain",
    "r_username",
    "r_domain",
    "realm",
    "auth_username",
    "auth_password",
    "auth_ha1",
    "auth_proxy",
    "contact_addr",
    "socket",
)
NUMBERS = ("expires", "flags", "reg_delay")
COLUMNS = tuple(name.encode() for name in (*TEXTS, *NUMBERS))

_NEEDED = ("l_uuid", "l_username", "l_domain", "r_username", "r_domain", "auth_username", "auth_proxy")
_hash = re.compile(rb"[0-9a-fA-F]{32}|[0-9a-fA-F]{64}").fullmatch


class Account:
    """`l_...` is the user here, `r_...` the account there; expires, reg_delay and the times are in s."""

    l_uuid: bytes
    l_username: bytes
    l_domain: bytes
    r_username: bytes
    r_domain: bytes
    realm: bytes
    auth_username: bytes
    auth_password: bytes
    auth_ha1: bytes
    auth_proxy: bytes
    contact_addr: bytes
    socket: bytes
    expires: int
    flags: int
    reg_delay: int

    def __init__(self, row: Mapping[str, SqlValue], now: float) -> None:
        """Raises ConfigError: something is missing, or no password is there."""
        for name in TEXTS:
            value = row.get(name)
            setattr(self, name, value if isinstance(value, bytes) else b"" if value is None else str(value).encode())
        for name in NUMBERS:
            number = row.get(name)
            setattr(self, name, int(number) if isinstance(number, (int, float)) else integer(number))
        missing = [name for name in _NEEDED if not getattr(self, name)]
        if not (self.auth_password or self.auth_ha1):
            missing.append("auth_password or auth_ha1")
        if missing:
            raise ConfigError(f"account {self.l_uuid!r}: no {', '.join(missing)}")
        if self.auth_ha1 and not _hash(self.auth_ha1):
            raise ConfigError(f"account {self.l_uuid!r}: auth_ha1 is no hash")
        self.began = now
        self.due = now
        self.call_id = b""
        self.cseq = 0
        self.request: Any = None  # the Deferred of the REGISTER that is on its way

    @property
    def uri(self) -> bytes:
        """Where the REGISTER goes."""
        return b"sip:" + self.r_domain

    @property
    def address_of_record(self) -> bytes:
        return b"sip:%b@%b" % (self.r_username, self.r_domain)

    @property
    def local_uri(self) -> bytes:
        return b"sip:%b@%b" % (self.l_username, self.l_domain)

    def is_set(self, flag: int) -> bool:
        return bool(self.flags & flag)

    def set(self, flag: int, on: bool = True) -> None:
        self.flags = self.flags | flag if on else self.flags & ~flag

    def fields(self, expires: int) -> bytes:
        """Contact and Expires of a REGISTER."""
        return b"Contact: <sip:%b@%b>\r\nExpires: %d\r\n" % (self.l_uuid, self.contact_addr, expires)

    def shown(self, now: float) -> dict[str, Any]:
        """What RPC shows, without the passwords."""
        texts = {name: getattr(self, name).decode(errors="replace") for name in TEXTS if name not in _SECRETS}
        secrets = {name: "***" if getattr(self, name) else "none" for name in _SECRETS}
        return {
            **texts,
            **secrets,
            "expires": self.expires,
            "flags": self.flags,
            "diff_expires": int(self.due - now),
            "timer_expires": int(self.due),
            "reg_init": int(self.began),
            "reg_delay": self.reg_delay,
        }


_SECRETS = ("auth_password", "auth_ha1")
