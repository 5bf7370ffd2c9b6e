"""asking: scripts that ask a database of dicts."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.sql import ISqlEngine, Rows, SqlBigInt
from sipapp.testing.harness import Harness
from tests.fake_sql import FakeSql
from tests.modules.talk import TalkCase

ANSWERS = {
    b"two": Rows((b"a", b"b"), [(1, b"one"), (2, None)]),
    b"one": Rows((b"a",), [(5,)]),
    b"none": Rows((b"a",), []),
    b"changed": Rows((), (), 3),
    b"kinds": Rows((b"i", b"big", b"f", b"e"), [(-7, SqlBigInt(5), 1.5, b"")]),
}


class AskingCase(TalkCase):
    """The connection `ca` answers ANSWERS."""

    modules = "sqlops"
    head = 'modparam("sqlops", "sqlcon", "ca=>fake:")'
    sql: FakeSql

    def setUp(self) -> None:
        self.sql = FakeSql()
        self.sql.answers = dict(ANSWERS)

    def serve(self, body: str, head: str = "", routes: str = "", **facts: Any) -> Harness:
        return super().serve(body, head, routes, provide={ISqlEngine: self.sql}, **facts)
