from __future__ import annotations

from sipapp.errors import LocalError
from tests.modules.usrloc.test_database import A, B, DatabaseCase


class ThroughTests(DatabaseCase):
    """`db_mode` 1."""

    def test_what_changes_is_written_before_it_is_answered(self) -> None:
        self.use(1)
        self.sql.wait = True
        self.tell("REGISTER", "bob", f"Contact: {A}")
        self.assertEqual(self.phone.messages, [])
        self.sql.go()
        self.sip.advance(0)
        self.assertEqual((self.phone.statuses, self.rows), ([200], [(b"bob", b"sip:a@192.0.2.1")]))

    def test_contacts_are_added_renewed_and_removed(self) -> None:
        self.use(1)
        self.register(A, B)
        self.register(f"{A};q=0.5")
        self.assertEqual([row[b"q"] for row in self.sql.tables[b"location"]], [-1.0, 0.5])
        self.register(f"{A};expires=0")
        self.assertEqual(self.rows, [(b"bob", b"sip:b@192.0.2.2")])
        self.register("*", lines=("Expires: 0",))
        self.assertEqual(self.rows, [])

    def test_one_whose_time_is_over_goes(self) -> None:
        self.use(1)
        self.register(f"{A};expires=60")
        self.sip.advance(60)
        self.assertEqual(self.rows, [])

    def test_one_for_the_memory_alone_is_not_written(self) -> None:
        self.use(1, save='save("location", "1"); exit;')
        self.register(A)
        self.register("*", lines=("Expires: 0",))
        self.assertEqual(self.rows, [])

    def test_a_database_that_is_gone_keeps_nobody_from_registering(self) -> None:
        self.use(1)
        self.sql.broken = True
        self.assertEqual(self.register(A).status, 200)
        self.assertTrue(any("1 contacts are not written yet" in line for line in self.sip.lines()))
        self.assertRaises(LocalError, self.sip.rpc, "ul.flush")
        self.register(A)
        self.sql.broken = False
        self.sip.advance(60)
        self.assertEqual(self.rows, [(b"bob", b"sip:a@192.0.2.1")])


class BackTests(DatabaseCase):
    """`db_mode` 2."""

    def test_changes_are_written_together(self) -> None:
        self.use(2)
        self.register(A)
        self.register(B, user="carol")
        self.register("*", user="carol", lines=("Expires: 0",))
        self.assertEqual(self.rows, [])
        self.sip.advance(60)
        self.assertEqual(self.rows, [(b"bob", b"sip:a@192.0.2.1")])

    def test_or_when_an_operator_says_so(self) -> None:
        self.use(2)
        self.register(A)
        self.sip.rpc("ul.flush")
        self.assertEqual(len(self.rows), 1)
        self.register(f"{A};expires=0")
        self.sip.rpc("ul.flush")
        self.assertEqual(self.rows, [])

    def test_and_when_the_server_stops(self) -> None:
        self.use(2)
        self.register(A)
        self.sip.close()
        self.assertEqual(self.rows, [(b"bob", b"sip:a@192.0.2.1")])

    def test_a_server_that_starts_again_knows_them(self) -> None:
        self.use(2)
        self.register(A)
        self.sip.close()
        self.serve_again(2)
        self.assertEqual(self.look(), ["1 sip:a@192.0.2.1"])
