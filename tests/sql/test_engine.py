"""sipapp.sql.engine."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError, SqlUnavailable
from sipapp.interfaces.sql import ISqlEngine
from sipapp.module import module
from sipapp.sql.engine import Engine
from sipapp.sql.pool import Lane, Pool
from sipapp.sql.url import Url
from tests.modules.stage import Server, made


class Nothing:
    """A Lane that never answers."""

    used = False

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def run(self, statement: object, values: object) -> Deferred[Any]:
        return Deferred()

    def close(self) -> None:
        self.pool.lost(self)


@module("db_nothing")
class DbNothing(Engine):
    """For URLs `nothing:`."""

    schemes = ("nothing",)

    def open_lane(self, url: Url, server: Any, pool: Pool) -> Lane:
        return Nothing(pool)


class EngineTests(SynchronousTestCase):
    def make(self, *backends: str, **parameters: Any) -> Any:
        self.engine = made(DbNothing, **parameters)
        for definition in backends:
            self.engine.set_parameter("backend", definition)
        self.server = Server()
        return self.engine

    def database(self, url: str = "nothing://h/x") -> Any:
        return self.engine.database(url, self.server)

    def test_it_keeps_the_contract(self) -> None:
        self.assertTrue(verifyObject(ISqlEngine, self.make()))

    def test_whoever_asks_for_a_url_shares_its_database(self) -> None:
        self.make()
        self.assertIs(self.database(), self.database())
        self.assertIsNot(self.database(), self.database("nothing://h/y"))

    def test_a_wrong_url_is_refused(self) -> None:
        self.make()
        self.assertRaises(ConfigError, self.database, "nothing:h")

    def test_there_are_no_more_connections_than_pool_size(self) -> None:
        self.make(pool_size=2)
        for _ in range(5):
            self.database().execute(b"x")
        self.assertEqual(self.database().connections, 2)

    def test_a_database_may_have_limits_of_its_own(self) -> None:
        self.make("x=>in_flight=1;queue=1", pool_size=2)
        for _ in range(2):
            self.database().execute(b"x")
        self.assertEqual(self.database().connections, 1)
        self.failureResultOf(self.database().execute(b"x"), SqlUnavailable)

    def test_pool_size_is_the_most_of_any_limit(self) -> None:
        self.make("*=>in_flight=50", pool_size=2)
        for _ in range(5):
            self.database().execute(b"x")
        self.assertEqual(self.database().connections, 2)

    def test_a_wrong_limit_is_refused(self) -> None:
        self.assertRaises(ConfigError, self.make, "x=>in_flight=many")

    def test_the_statistics_know_how_many_statements_run(self) -> None:
        self.make("x=>in_flight=1;queue=1")
        self.database().execute(b"x")
        found = self.server.statistics.find("x_in_flight", "db_nothing")
        self.assertEqual(found.value, 1)

    def test_query_timeout_ends_a_statement(self) -> None:
        self.make(query_timeout=3.0)
        asked = self.database().execute(b"x")
        self.server.clock.advance(3)
        self.assertEqual(self.failureResultOf(asked).getErrorMessage(), "nothing://h/x: no answer within 3 s")

    def test_stopped_it_has_no_connections(self) -> None:
        self.make()
        self.database().execute(b"x")
        ensureDeferred(self.engine.stop())
        self.assertEqual(self.database().connections, 0)
