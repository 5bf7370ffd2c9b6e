# -*- test-case-name: tests.modules.tm.test_table -*-
"""table: all transactions of tm, by the names that scripts and operators have for them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from secrets import randbits

from sipapp.message.request import Request
from sipapp.modules.tm.transaction import INVITE, Transaction


class Table:
    """Transactions by label, and those of INVITE by Call-ID and CSeq number."""

    __slots__ = ("_by_call", "_by_label", "next_label")

    def __init__(self, worker: int = 1, workers: int = 1) -> None:
        """A label tells whose it is: divided by the number of workers, it leaves this worker's."""
        self._by_label: dict[int, Transaction] = {}
        self._by_call: dict[tuple[bytes, int], Transaction] = {}
        first = randbits(29) // workers * workers + worker - 1
        self.next_label = count(first, workers).__next__  # positive for years in a script's 32 signed bits

    def add(self, transaction: Transaction) -> None:
        self._by_label[transaction.label] = transaction
        if transaction.flags & INVITE:
            request = transaction.request
            transaction.call = key = request.head.call or _call(request)
            self._by_call[key] = transaction

    def remove(self, transaction: Transaction) -> bool:
        """Whether it was there."""
        if self._by_label.pop(transaction.label, None) is None:
            return False
        key = transaction.call
        if key is not None and self._by_call.get(key) is transaction:
            del self._by_call[key]
        return True

    def by_id(self, index: int, label: int) -> Transaction | None:
        """By $T(id_index) and $T(id_label)."""
        found = self._by_label.get(label)
        return found if found is not None and found.index == index else None

    def by_call(self, call_id: bytes, cseq: bytes) -> Transaction | None:
        """The INVITE with this Call-ID and CSeq: `1`, or `1 INVITE`."""
        number = cseq.split(b" ", 1)[0].strip()
        return self.invite(call_id, int(number)) if number.isdigit() else None

    def invite(self, call_id: bytes, cseq: int) -> Transaction | None:
        """The same by the number itself."""
        return self._by_call.get((call_id, cseq))

    def __len__(self) -> int:
        return len(self._by_label)

    def __iter__(self) -> Iterator[Transaction]:
        return iter(list(self._by_label.values()))


def _call(request: Request) -> tuple[bytes, int]:
    cseq = request.cseq
    return request.call_id, cseq.number if cseq is not None else 0
