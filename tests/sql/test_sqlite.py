"""sipapp.sql.sqlite."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.sql.sqlite import SqliteConnection


class InterruptTests(SynchronousTestCase):
    def test_what_was_never_opened_or_is_closed_cannot_be_interrupted_and_that_is_no_error(self) -> None:
        connection = SqliteConnection(self.mktemp())
        connection.interrupt()
        connection.open()
        connection.interrupt()
        self.assertEqual(connection.run(b"select 1", ()).rows, [(1,)])
        connection.close()
        connection.interrupt()
        connection.abort()
