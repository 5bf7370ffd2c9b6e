"""One hash table."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.htable.definition import Definition
from sipapp.modules.htable.table import HashTable
from sipapp.script.values import TextWithNumber
from sipapp.store.memory import MemoryStore


def table(text: str = "a=>size=4;") -> HashTable:
    """A table with its items."""
    made = HashTable(Definition.parse(text))
    made.open(MemoryStore(Clock()))
    return made


class TableTests(SynchronousTestCase):
    def test_an_item_that_is_not_there_is_the_initial_value(self) -> None:
        self.assertIsNone(table().get(b"k"))
        self.assertEqual(table("a=>initval=-3").get(b"k"), -3)

    def test_items_come_in_kamailios_order(self) -> None:
        # recorded from Kamailio 5.6.3, with size=4
        keys = b"Bob init q4 alice@example.com zz q2 x q3 q1 gr OPTIONS".split()
        shown = table()
        for key in sorted(keys):
            shown.put(key, 1)
        self.assertEqual([key for key, _ in shown.ordered()], keys)
        self.assertEqual([shown.slot(key) for key in keys], [3, 3, 4, 5, 6, 6, 7, 7, 9, 12, 13])

    def test_tables_without_autoexpire_take_no_lifetimes(self) -> None:
        stays = table()
        stays.put(b"k", 1, 5)
        stays.expire(b"k", 5)
        self.assertEqual(stays.items.lifetime(b"k"), 0)

    def test_lifetimes(self) -> None:
        expiring = table("a=>autoexpire=60")
        for key, seconds in ((b"own", 5), (b"tables", 0), (b"too", -1)):
            expiring.put(key, 1, seconds)
        expiring.put(b"never", 1)
        expiring.expire(b"never", 0)
        self.assertEqual([expiring.items.lifetime(k) for k in (b"own", b"tables", b"too", b"never")], [5, 60, 60, 0])

    def test_a_text_with_a_number_is_kept_as_a_text(self) -> None:
        kept = table()
        kept.put(b"k", TextWithNumber(b"INVITE", 1))
        self.assertIs(type(kept.get(b"k")), bytes)
