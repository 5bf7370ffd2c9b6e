"""The contract of databases."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.sql import ISql, ISqlEngine
from tests.fake_sql import FakeSql


class SqlTests(SynchronousTestCase):
    def test_the_one_that_tests_use_keeps_it(self) -> None:
        self.assertTrue(verifyObject(ISql, FakeSql()))
        self.assertTrue(verifyObject(ISqlEngine, FakeSql()))
