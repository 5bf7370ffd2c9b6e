from __future__ import annotations

from tests.modules.usrloc.test_database import A, B, DatabaseCase, row


class StoredTests(DatabaseCase):
    """`db_mode` 3."""

    def test_the_database_is_asked_each_time(self) -> None:
        self.use(3)
        self.sql.tables[b"location"].append(row(q=100))
        self.sql.tables[b"location"].append(row(uri=b"sip:best@192.0.2.2", q=900, ruid=b"2"))
        self.assertEqual(self.look(), ["1 sip:best@192.0.2.2"])
        self.sql.tables[b"location"].clear()
        self.assertEqual(self.look(), ["-1 sip:bob@example.com"])

    def test_registrations_are_rows(self) -> None:
        self.use(3)
        self.assertEqual(self.listed(self.register(A, B)), [f"{A};expires=3600", f"{B};expires=3600"])
        self.register(f"{A};q=0.5")
        self.register(f"{B};expires=0")
        self.assertEqual(self.rows, [(b"bob", b"sip:a@192.0.2.1")])
        self.assertEqual(self.listed(self.register()), [f"{A};q=0.5;expires=3600"])
        self.assertEqual(self.said(), ["1", "2", "3", "4"])

    def test_the_script_waits_for_them_and_nobody_else_does(self) -> None:
        self.use(3)
        self.sql.tables[b"location"].append(row())
        self.sql.wait = True
        self.tell("MESSAGE", "bob")
        self.tell("MESSAGE", "carol")
        self.assertEqual(self.said(), [])
        self.sql.go()
        self.sip.advance(0)
        self.assertEqual(self.said(), ["1 sip:bob@192.0.2.1", "-1 sip:carol@example.com"])

    def test_one_whose_time_is_over_is_not_found_and_its_row_goes_later(self) -> None:
        self.use(
            3,
            head='modparam("usrloc", "rm_expired_delay", 20)',
            routes='event_route[usrloc:contact-expired] { xlog("$ulc(exp=>aor) is gone\\n"); }',
        )
        self.register(f"{A};expires=60")
        self.sip.advance(60)
        self.assertEqual((self.look(), len(self.rows)), (["-1 sip:bob@example.com"], 1))
        self.sip.advance(60)
        self.assertEqual((self.said()[-1], self.rows), ("bob is gone", []))
        self.assertEqual(self.statistic("usrloc", "location-expires"), 1)

    def test_a_database_that_is_gone_is_500_and_no_target(self) -> None:
        self.use(3, body='lookup("location"); xlog("$rc\\n"); registered("location"); xlog("$rc\\n");')
        self.sql.broken = True
        self.assertEqual(self.status(self.register(A)), (500, "usrloc_record_get failed"))
        self.assertEqual(self.look(), ["-3", "-1"])
        self.sip.advance(60)
        self.assertTrue(any("rows whose time is over stay" in line for line in self.sip.lines()))

    def test_a_contact_can_be_removed_by_its_id_alone(self) -> None:
        self.use(3, row(ruid=b"uloc-7"), body='unregister("location", "", "uloc-7"); xlog("$rc\\n");')
        self.assertEqual((self.look(), self.rows, self.look()), (["1"], [], ["-3"]))
        self.sql.broken = True
        self.assertEqual(self.look(), ["-2"])

    def test_operators_ask_the_database_too(self) -> None:
        self.use(3)
        self.register(A)
        self.assertEqual(self.sip.rpc("ul.lookup", "location", "bob")["AoR"], "bob")
        self.sip.rpc("ul.rm", "location", "bob")
        self.assertEqual(self.rows, [])
        self.assertEqual(self.sip.rpc("ul.dump")["Domains"][0]["Domain"]["AoRs"], [])
