"""modules/acc/rows.py: records in a database."""

from __future__ import annotations

from typing import Any, cast

from twisted.logger import ILogObserver, formatEvent, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.sql import SqlTime
from sipapp.modules.acc.extras import Extras, Legs
from sipapp.modules.acc.record import Record
from sipapp.modules.acc.rows import Rows
from sipapp.modules.acc.stamp import Stamp
from sipapp.statistics import Statistics
from tests.fake_sql import FakeSql, Row
from tests.modules.stage import context

COLUMNS = (b"method", b"from_tag", b"to_tag", b"callid", b"sip_code", b"sip_reason", b"time")
MADE = Record(b"BYE", b"f", b"t", b"call", b"200", b"OK", 1700000000.5)
ROW: Row = dict(zip(COLUMNS, (b"BYE", b"f", b"t", b"call", b"200", b"OK", 1700000000), strict=True))
NONE = Extras((), ())


class RowsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sql = FakeSql()
        self.failed = Statistics().counter("acc", "failed_inserts")

    def rows(self, extras: Extras = NONE, legs: Legs | None = None, nullable: bool = False, mode: int = 0) -> Rows:
        stamp = Stamp(mode, b"at", b"usec", "%Y")
        return Rows(self.sql, COLUMNS, stamp, extras, legs, nullable, self.failed)

    def written(self, rows: Rows, **avps: Any) -> list[Row]:
        ctx = context()
        ctx.avps.update({name.encode(): values for name, values in avps.items()})
        rows.write(ctx, b"acc", MADE)
        return self.sql.tables.get(b"acc", [])

    def test_a_row_has_the_columns_that_it_is_told(self) -> None:
        self.assertEqual(self.written(self.rows()), [ROW])

    def test_the_time_is_a_date(self) -> None:
        self.assertIs(type(self.written(self.rows())[0][b"time"]), SqlTime)

    def test_more_about_the_time_has_columns_of_its_own(self) -> None:
        self.assertEqual(self.written(self.rows(mode=4)), [{**ROW, b"at": b"2023"}])

    def test_null_is_an_empty_text_unless_the_script_wants_it(self) -> None:
        found = Extras((b"a", b"b"), (lambda ctx: None, lambda ctx: 5))
        self.assertEqual(self.written(self.rows(found)), [{**ROW, b"a": b"", b"b": b"5"}])
        self.sql.tables.clear()
        self.assertEqual(self.written(self.rows(found, nullable=True)), [{**ROW, b"a": None, b"b": b"5"}])

    def test_each_leg_is_a_row_and_they_keep_their_order(self) -> None:
        self.sql.wait = True
        legs = Legs((b"src",), (b"src",))
        self.written(self.rows(legs=legs), src=[b"s1", b"s2"])
        for _ in range(2):
            self.sql.go()
        self.assertEqual([row[b"src"] for row in self.sql.tables[b"acc"]], [b"s2", b"s1"])

    def test_nobody_waits_and_the_end_of_all_can_be_told(self) -> None:
        self.sql.wait = True
        rows = self.rows()
        self.written(rows)
        done = rows.done()
        self.assertNoResult(done)
        self.sql.go()
        self.successResultOf(done)
        self.successResultOf(rows.done())

    def test_what_cannot_be_written_is_in_the_log_and_counted(self) -> None:
        events: list[Any] = []
        observer = cast(ILogObserver, events.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.sql.broken = True
        rows = self.rows(Extras((b"a",), (lambda ctx: None,)), nullable=True)
        self.assertEqual(self.written(rows), [])
        self.assertEqual(self.failed.value, 1)
        self.assertEqual(
            formatEvent(events[-1]),
            "no row in acc: the database is broken: method=BYE;from_tag=f;to_tag=t;callid=call;sip_code=200;"
            "sip_reason=OK;time=1700000000;a=",
        )
