"""Accounts."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.uac.account import DISABLED, ONLINE, Account

ROW: dict[str, Any] = {
    "l_uuid": b"id1",
    "l_username": b"al",
    "l_domain": b"here.example",
    "r_username": b"account",
    "r_domain": b"there.example",
    "realm": b"",
    "auth_username": b"auth",
    "auth_password": b"secret",
    "auth_ha1": b"",
    "auth_proxy": b"sip:192.0.2.2:5060",
    "contact_addr": b"192.0.2.100:5060",
    "socket": None,
    "expires": 360,
    "flags": b"0",
    "reg_delay": None,
}


class AccountTests(SynchronousTestCase):
    def test_a_row_becomes_an_account(self) -> None:
        account = Account(ROW, 5.0)
        self.assertEqual((account.uri, account.address_of_record), (b"sip:there.example", b"sip:account@there.example"))
        self.assertEqual((account.local_uri, account.expires, account.flags), (b"sip:al@here.example", 360, 0))
        self.assertEqual(account.fields(0), b"Contact: <sip:id1@192.0.2.100:5060>\r\nExpires: 0\r\n")

    def test_flags_are_bits(self) -> None:
        account = Account({**ROW, "flags": DISABLED}, 0)
        account.set(ONLINE)
        account.set(DISABLED, False)
        self.assertEqual((account.flags, account.is_set(ONLINE), account.is_set(DISABLED)), (ONLINE, True, False))

    def test_what_shows_has_no_password(self) -> None:
        shown = Account(ROW, 0).shown(0)
        self.assertEqual((shown["auth_password"], shown["auth_ha1"], shown["l_uuid"]), ("***", "none", "id1"))
        self.assertNotIn("secret", str(shown))

    def test_what_is_needed_must_be_there(self) -> None:
        for wrong in ({"l_uuid": b""}, {"auth_proxy": None}, {"auth_password": b""}, {"auth_ha1": b"xyz"}):
            self.assertRaises(ConfigError, Account, {**ROW, **wrong}, 0)
