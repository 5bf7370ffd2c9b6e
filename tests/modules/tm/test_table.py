from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.tm.table import Table
from sipapp.modules.tm.transaction import INVITE, Transaction
from tests.transaction.helpers import request


def transaction(label: int, method: str = "INVITE", call_id: str = "c1", cseq: int = 1) -> Any:
    tm: Any = None
    made = Transaction(tm, request(method, call_id=call_id, cseq=cseq), label)
    made.flags = INVITE if method == "INVITE" else 0
    return made


class TableTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.table = Table()

    def test_a_transaction_is_found_by_both_its_numbers(self) -> None:
        t = transaction(7)
        self.table.add(t)
        self.assertIs(self.table.by_id(t.index, 7), t)
        self.assertIsNone(self.table.by_id(t.index + 1, 7))
        self.assertIsNone(self.table.by_id(t.index, 8))

    def test_an_invite_is_found_by_its_call(self) -> None:
        t = transaction(7, cseq=20)
        self.table.add(t)
        self.table.add(transaction(8, "OPTIONS", cseq=30))
        self.assertIs(self.table.by_call(b"c1", b"20"), t)
        self.assertIs(self.table.by_call(b"c1", b"20 INVITE"), t)
        for call_id, cseq in ((b"c2", b"20"), (b"c1", b"21"), (b"c1", b"30"), (b"c1", b"x")):
            self.assertIsNone(self.table.by_call(call_id, cseq), (call_id, cseq))

    def test_what_is_removed_is_found_no_more(self) -> None:
        t = transaction(7)
        self.table.add(t)
        self.assertEqual((len(self.table), list(self.table)), (1, [t]))
        self.assertTrue(self.table.remove(t))
        self.assertFalse(self.table.remove(t))
        self.assertIsNone(self.table.by_id(t.index, 7))
        self.assertIsNone(self.table.by_call(b"c1", b"1"))
        self.assertEqual(len(self.table), 0)

    def test_a_call_that_came_twice_is_the_later_one(self) -> None:
        first, second = transaction(1), transaction(2)
        self.table.add(first)
        self.table.add(second)
        self.table.remove(first)
        self.assertIs(self.table.by_call(b"c1", b"1"), second)

    def test_labels_are_never_the_same(self) -> None:
        labels = {self.table.next_label() for _ in range(1000)}
        self.assertEqual(len(labels), 1000)
        self.assertTrue(all(0 <= label < 1 << 31 for label in labels))
