from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.location import Contact, RepeatedRegistration, StaleRegistration
from sipapp.modules.usrloc.location import BY_CALL, BY_CONTACT_AND_CALL, BY_CONTACT_AND_PATH, Location, Rules
from sipapp.store.memory import MemoryStore
from tests.modules.usrloc.test_record import contact


class LocationCase(SynchronousTestCase):
    def table(self, *rules: Any) -> Location:
        self.clock = Clock()
        self.gone: list[tuple[float, bytes, bytes]] = []
        self.store = MemoryStore(self.clock)
        table = Location(b"location", self.store, self.clock, Rules(*rules), self._gone)
        self.addCleanup(table.stop)
        return table

    def _gone(self, table: Location, aor: bytes, contact: Contact) -> None:
        self.gone.append((self.clock.seconds(), aor, contact.uri))


class TimeTests(LocationCase):
    def test_contacts_are_there_until_their_second_and_each_goes_alone(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(b"sip:a", expires=10), contact(b"sip:b", expires=20), contact(b"sip:c")])
        self.clock.advance(9.9)
        self.assertEqual([c.uri for c in table.get(b"bob")], [b"sip:a", b"sip:b", b"sip:c"])
        self.clock.advance(0.1)
        self.assertEqual([c.uri for c in table.get(b"bob")], [b"sip:b", b"sip:c"])
        self.clock.advance(60)
        self.assertEqual(self.gone, [(10.0, b"bob", b"sip:a"), (70.0, b"bob", b"sip:b")])
        self.assertEqual([c.uri for c in table.get(b"bob")], [b"sip:c"])
        self.assertEqual(table.expired.value, 2)

    def test_a_renewed_one_stays_and_then_goes_in_its_new_second(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(expires=10)])
        self.clock.advance(5)
        table.put(b"bob", [contact(expires=15)])
        self.clock.advance(9)
        self.assertEqual((len(table.get(b"bob")), self.gone), (1, []))
        self.clock.advance(1)
        self.assertEqual((table.get(b"bob"), self.gone), ([], [(15.0, b"bob", b"sip:bob@192.0.2.1")]))
        self.assertEqual(table.users, 0)

    def test_one_that_was_removed_is_not_said_to_expire(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(expires=10)])
        table.put(b"bob", [])
        self.clock.advance(20)
        self.assertEqual(self.gone, [])

    def test_one_that_is_over_is_not_there_before_it_is_swept(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(expires=10), contact(b"sip:b", expires=20)])
        table.stop()
        self.clock.advance(10)
        self.assertEqual([c.uri for c in table.get(b"bob")], [b"sip:b"])

    def test_a_table_that_others_share_forgets_by_itself(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(expires=10)])
        table.stop()  # as if this server had gone down
        self.clock.advance(12)
        self.assertEqual(len(self.store.table(b"usrloc:location")), 0)
        self.assertEqual((self.gone, table.expired.value), ([(12.0, b"bob", b"sip:bob@192.0.2.1")], 1))

    def test_a_server_that_takes_over_looks_after_what_is_there(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(expires=10), contact(b"sip:b")])
        table.stop()
        other = Location(b"location", self.store, self.clock, Rules(), self._gone)
        self.addCleanup(other.stop)
        other.watch()
        self.clock.advance(10)
        self.assertEqual(self.gone, [(10.0, b"bob", b"sip:bob@192.0.2.1")])

    def test_one_that_nobody_has_looked_after_goes_from_the_database_too(self) -> None:
        table = self.table()
        changes: list[tuple[bytes, int, int]] = []
        table.put(b"bob", [contact(expires=10), contact(b"sip:b", expires=20)])
        table.changed = lambda name, aor, before, now: changes.append((aor, len(before), len(now)))
        table.stop()
        self.clock.advance(30)
        self.assertEqual(changes, [(b"bob", 2, 0)])

    def test_two_servers_of_one_table_tell_of_a_contact_once(self) -> None:
        table = self.table()
        other = Location(b"location", self.store, self.clock, Rules(), self._gone)
        self.addCleanup(other.stop)
        table.put(b"bob", [contact(expires=10)])
        other.put(b"bob", [contact(expires=10)])
        self.clock.advance(10)
        self.assertEqual(self.gone, [(10.0, b"bob", b"sip:bob@192.0.2.1")])

    def test_one_who_holds_the_address_is_waited_for(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(expires=10)])
        self.assertIsNone(table.hold(b"bob", self))
        self.clock.advance(10)
        self.assertEqual(self.gone, [])
        table.release(b"bob")
        self.clock.advance(0)
        self.assertEqual(self.gone, [(10.0, b"bob", b"sip:bob@192.0.2.1")])

    def test_one_can_be_given_less_time(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(b"sip:a", ruid=b"1"), contact(b"sip:b", ruid=b"2", expires=90)])
        table.shorten(b"bob", [b"1"], 10)
        self.clock.advance(10)
        self.assertEqual([c.uri for c in table.get(b"bob")], [b"sip:b"])
        self.assertIsNone(table.hold(b"bob", self))
        table.shorten(b"bob", [b"2"], 5)
        table.release(b"bob")
        self.clock.pump([0, 5])
        self.assertEqual(table.get(b"bob"), [])


class FindTests(LocationCase):
    def found(self, table: Location, **facts: Any) -> bytes | None:
        known = [
            contact(b"sip:a", call_id=b"1", cseq=5, path=b"<p>"),
            contact(b"sip:b", call_id=b"2", cseq=5, instance=b"<urn:x>", reg_id=1),
        ]
        found = table.find(known, contact(**{"call_id": b"9", "cseq": 9, **facts}))
        return None if found is None else found.uri

    def test_by_the_uri(self) -> None:
        table = self.table()
        self.assertEqual(self.found(table, uri=b"sip:a"), b"sip:a")
        self.assertIsNone(self.found(table, uri=b"sip:A"))

    def test_by_uri_and_call(self) -> None:
        table = self.table(BY_CONTACT_AND_CALL)
        self.assertIsNone(self.found(table, uri=b"sip:a"))
        self.assertEqual(self.found(table, uri=b"sip:a", call_id=b"1"), b"sip:a")

    def test_by_uri_and_path_where_there_is_a_path(self) -> None:
        table = self.table(BY_CONTACT_AND_PATH)
        self.assertIsNone(self.found(table, uri=b"sip:a", path=b"<q>"))
        self.assertEqual(self.found(table, uri=b"sip:a", path=b"<p>"), b"sip:a")
        self.assertEqual(self.found(table, uri=b"sip:a"), b"sip:a")

    def test_by_the_call_alone(self) -> None:
        table = self.table(BY_CALL)
        self.assertEqual(self.found(table, uri=b"sip:new", call_id=b"2"), b"sip:b")

    def test_one_with_an_instance_by_that_and_reg_id(self) -> None:
        table = self.table()
        self.assertEqual(self.found(table, uri=b"sip:new", instance=b"urn:x", reg_id=1), b"sip:b")
        self.assertIsNone(self.found(table, uri=b"sip:b", instance=b"<urn:x>", reg_id=2))
        self.assertIsNone(self.found(table, uri=b"sip:a", instance=b"<urn:y>"))

    def test_a_cseq_must_be_higher_within_a_call(self) -> None:
        table = self.table()
        self.assertRaises(RepeatedRegistration, self.found, table, uri=b"sip:a", call_id=b"1", cseq=5)
        why = self.assertRaises(StaleRegistration, self.found, table, uri=b"sip:a", call_id=b"1", cseq=4)
        self.assertNotIsInstance(why, RepeatedRegistration)
        self.clock.advance(20)
        why = self.assertRaises(StaleRegistration, self.found, table, uri=b"sip:a", call_id=b"1", cseq=5)
        self.assertNotIsInstance(why, RepeatedRegistration)


class PlaceTests(LocationCase):
    def test_the_best_comes_first_and_of_equal_ones_the_oldest(self) -> None:
        table = self.table()
        contacts: list[Contact] = []
        for uri, q in ((b"a", -1), (b"b", 500), (b"c", 700), (b"d", 500)):
            table.place(contacts, contact(uri, q=q))
        self.assertEqual([c.uri for c in contacts], [b"c", b"b", b"d", b"a"])

    def test_one_that_is_there_moves_where_it_must(self) -> None:
        table = self.table()
        contacts = [contact(b"a", q=500), contact(b"b", q=500), contact(b"c", q=100)]
        table.place(contacts, contacts[0])
        self.assertEqual([c.uri for c in contacts], [b"a", b"b", b"c"])
        contacts[2].q = 1000
        table.place(contacts, contacts[2])
        self.assertEqual([c.uri for c in contacts], [b"c", b"a", b"b"])
        contacts[0].q = 0
        table.place(contacts, contacts[0])
        self.assertEqual([c.uri for c in contacts], [b"a", b"b", b"c"])

    def test_or_the_newest_comes_first(self) -> None:
        table = self.table(0, 20, True)
        contacts = [contact(b"a", q=500), contact(b"b", q=100)]
        table.place(contacts, contact(b"c", q=0))
        table.place(contacts, contacts[2])
        self.assertEqual([c.uri for c in contacts], [b"b", b"c", b"a"])


class TableTests(LocationCase):
    def test_users_and_contacts_are_counted(self) -> None:
        table = self.table()
        table.put(b"bob", [contact(), contact(b"sip:b")])
        table.put(b"carol", [contact()])
        self.assertEqual((table.users, table.contacts), (2, 3))
        self.assertEqual([(aor, len(c)) for aor, c in table.records()], [(b"bob", 2), (b"carol", 1)])
        self.assertEqual(table.addresses(), [b"bob", b"carol"])

    def test_what_somebody_else_has_put_there_is_nobody(self) -> None:
        table = self.table()
        self.store.table(b"usrloc:location").put(b"bob", 5)
        self.assertEqual((table.get(b"bob"), list(table.records()), table.contacts), ([], [], 0))

    def test_a_unique_id_leads_to_its_address_for_a_while(self) -> None:
        table = self.table()
        table.name_ruid(b"uloc-1", b"bob", 10)
        self.assertEqual((table.of_ruid(b"uloc-1"), table.of_ruid(b"uloc-2")), (b"bob", None))
        self.clock.advance(12)
        self.assertIsNone(table.of_ruid(b"uloc-1"))
