from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.tsilo.table import Stored, Table

ONE, TWO = Stored(1, 100), Stored(2, 200)


class TableTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.table = Table(2048)
        self.table.add(b"bob", ONE)
        self.table.add(b"bob", TWO)
        self.table.add(b"carol", ONE)

    def test_an_address_has_its_transactions_in_order(self) -> None:
        self.assertEqual(self.table.get(b"bob"), [ONE, TWO])
        self.assertEqual(self.table.get(b"dave"), [])
        self.assertEqual(list(self.table), [(b"bob", [ONE, TWO]), (b"carol", [ONE])])

    def test_one_is_stored_once_under_an_address(self) -> None:
        self.assertFalse(self.table.add(b"bob", ONE))
        self.assertTrue(self.table.add(b"dave", ONE))

    def test_one_that_is_over_is_gone_everywhere(self) -> None:
        self.table.remove(ONE)
        self.assertEqual(list(self.table), [(b"bob", [TWO])])
        self.table.remove(ONE)
        self.table.remove(TWO)
        self.assertEqual(len(self.table), 0)

    def test_it_is_counted(self) -> None:
        self.assertEqual((len(self.table), self.table.transactions, self.table.longest), (2, 3, 1))
        self.assertEqual(Table(16).longest, 0)

    def test_its_size_is_a_power_of_two(self) -> None:
        self.assertEqual([Table(size).size for size in (-1, 0, 1, 3, 2048, 2049)], [1, 1, 1, 2, 2048, 2048])
