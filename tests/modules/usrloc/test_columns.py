from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.location import Contact
from sipapp.interfaces.sql import SqlTime
from sipapp.modules.usrloc import Usrloc
from tests.modules.stage import made
from tests.modules.usrloc.test_record import contact, facts

FULL: dict[str, Any] = {
    "expires": 1700000000,
    "q": 500,
    "call_id": b"call",
    "cseq": 7,
    "branch_flags": 64,
    "user_agent": b"phone",
    "received": b"sip:192.0.2.9",
    "path": b"<sip:192.0.2.8;lr>",
    "socket": b"udp:192.0.2.100:5060",
    "methods": 9,
    "ruid": b"uloc-1",
    "instance": b"<urn:x>",
    "reg_id": 2,
    "server_id": 3,
    "connection": 4,
    "modified": 1600000000,
}


class ColumnTests(SynchronousTestCase):
    def test_a_contact_comes_back_from_its_row_as_it_was(self) -> None:
        for one in (contact(**FULL), contact(ruid=b"uloc-2")):
            columns = made(Usrloc)
            aor, back = columns.contact_of(columns.row_of(b"bob", one))
            self.assertEqual((aor, facts(back)), (b"bob", facts(one)))

    def test_it_is_a_row_as_kamailio_writes_it(self) -> None:
        columns = made(Usrloc)
        columns.nat_flag = 64
        row = columns.row_of(b"bob", contact(**FULL))
        self.assertEqual((row[b"username"], row[b"q"], row[b"methods"], row[b"keepalive"]), (b"bob", 0.5, 9, 1))
        self.assertIsInstance(row[b"expires"], SqlTime)
        self.assertNotIn(b"domain", row)
        bare = columns.row_of(b"bob", Contact(b"sip:bob@192.0.2.1"))
        empty = {name for name, value in bare.items() if value is None}
        self.assertEqual(empty, {b"received", b"path", b"socket", b"methods", b"instance"})
        self.assertEqual((bare[b"q"], bare[b"connection_id"]), (-1.0, -1))

    def test_domains_have_a_column(self) -> None:
        columns = made(Usrloc, use_domain=1)
        for aor, user, domain in ((b"bob@example.com", b"bob", b"example.com"), (b"example.com", b"", b"example.com")):
            row = columns.row_of(aor, contact())
            self.assertEqual((row[b"username"], row[b"domain"]), (user, domain))
            self.assertEqual(columns.contact_of(row)[0], aor)

    def test_times_may_be_numbers(self) -> None:
        row = made(Usrloc, expires_type=1).row_of(b"bob", contact(**FULL))
        self.assertNotIsInstance(row[b"expires"], SqlTime)

    def test_names_are_the_scripts_to_choose(self) -> None:
        columns = made(Usrloc, user_column=b"who", ruid_column=b"id")
        self.assertIn(b"who", columns.row_of(b"bob", contact()))
        self.assertEqual(columns.columns()[:2], [b"who", b"id"])

    def test_rows_of_others_may_have_texts_for_numbers_and_the_other_way_round(self) -> None:
        columns = made(Usrloc)
        row = {**columns.row_of(b"bob", contact()), b"username": 1001, b"q": b"0.70", b"cseq": b"5", b"methods": -1}
        aor, found = columns.contact_of(row)
        self.assertEqual((aor, found.q, found.cseq, found.methods), (b"1001", 700, 5, 0xFFFFFFFF))
