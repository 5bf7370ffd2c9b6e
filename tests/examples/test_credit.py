"""etc/examples/credit: calls that are paid for in advance."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness
from tests.modules.stage import new_path
from tests.served import TOP

FOLDER = TOP / "etc" / "examples" / "credit"

INVITE = """\
INVITE sip:bob@192.0.2.2 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1
Max-Forwards: 70
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 INVITE
Contact: <sip:caller@192.0.2.1>
Content-Length: 0

"""


class CreditTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = new_path(self)
        with closing(sqlite3.connect(self.path)) as database:
            database.executescript((FOLDER / "accounts.sql").read_text(encoding="utf-8"))
        text = (FOLDER / "credit.cfg").read_text(encoding="utf-8")
        self.sip = Harness(text.replace("accounts.db", self.path).replace("listen=", "#"))
        self.addCleanup(self.sip.close)
        self.bob = self.sip.peer("udp:192.0.2.2:5060")
        self.bob.answers = lambda request: [(0, 200)]

    def call(self, user: str) -> list[Any]:
        """What a caller hears."""
        caller = self.sip.peer("udp:192.0.2.1:5060")
        caller.send_raw(INVITE.replace("alice", user).replace("\n", "\r\n").encode())
        self.sip.advance(0)
        return [status for _, status in caller.received if status != 100]

    def rows(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(statement).fetchall()

    def test_who_can_pay_calls_and_has_paid(self) -> None:
        self.assertEqual(self.call("alice"), [200])
        self.assertEqual(self.rows("select cents from accounts where user='alice'"), [(480,)])
        self.assertEqual(self.rows("select user, target from calls"), [("alice", "bob")])

    def test_who_cannot_pay_does_not(self) -> None:
        self.assertEqual(self.call("bob"), [402])
        self.assertEqual(self.rows("select cents from accounts where user='bob'"), [(10,)])
        self.assertEqual(self.bob.received, [])

    def test_who_has_no_account_does_not(self) -> None:
        self.assertEqual(self.call("carol"), [403])

    def test_a_name_is_no_way_into_the_statement(self) -> None:
        self.assertEqual(self.call("x'or'1'='1"), [403])
        self.assertEqual(len(self.rows("select * from accounts")), 2)

    def test_without_the_database_nobody_does(self) -> None:
        with closing(sqlite3.connect(self.path)) as database:
            database.execute("drop table accounts")
        self.assertEqual(self.call("alice"), [503])
