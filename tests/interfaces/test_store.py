"""The contract of shared tables."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass

from sipapp.interfaces.store import IStore, ITable
from sipapp.store.memory import MemoryStore, MemoryTable


class StoreTests(SynchronousTestCase):
    def test_the_tables_of_one_process_keep_it(self) -> None:
        self.assertTrue(verifyClass(IStore, MemoryStore))
        self.assertTrue(verifyClass(ITable, MemoryTable, tentative=True))
