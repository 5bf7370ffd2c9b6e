"""Scripts that wait for a database of memory; real ones are in tests/integration."""

from __future__ import annotations

from sipapp.interfaces.sql import ISqlEngine, Rows
from tests.fake_sql import FakeSql
from tests.flows.waiting import TIMERS, WaitingTestCase

CONNECTION = TIMERS + 'modparam("sqlops", "sqlcon", "ca=>fake:")\n'
URL = TIMERS + 'modparam("sqlops", "db_url", "fake:")\n'


class SqlTests(WaitingTestCase):
    def setUp(self) -> None:
        self.sql = FakeSql()
        self.sql.answers = {
            b"select a,b from t": Rows((b"a", b"b"), [(1, b"one"), (2, None)]),
            b"select b from t where a=1": Rows((b"b",), [(b"one",)]),
            b"select a from t where a=99": Rows((b"a",), []),
            b"insert into t values (3)": Rows((), (), 1),
        }

    def ask(self, statements: str, head: str = CONNECTION, rest: str = "", **facts: bool) -> list[str]:
        """What a script says. facts: what the database is once the server has started: `broken`, `wait`."""
        self.play(
            f'request_route {{ {statements} t_newtran(); t_reply("404","x"); }} {rest}',
            head,
            modules=("sqlops",),
            provide={ISqlEngine: self.sql},
        )
        for name, value in facts.items():
            setattr(self.sql, name, value)
        self.options(0)
        return self.said()

    def test_rows_are_1_and_null_is_null(self) -> None:
        """G-65."""
        said = self.ask(
            """$var(rc) = sql_query("ca","select a,b from t","ra");
            xlog("$var(rc) $dbr(ra=>rows) $dbr(ra=>[0,1]) $dbr(ra=>[1,1])\\n");"""
        )
        self.assertEqual(said, ["1 2 one <null>"])

    def test_no_rows_are_2(self) -> None:
        """G-65."""
        said = self.ask(
            """$var(rc) = sql_query("ca","select a from t where a=99","ra"); xlog("$var(rc) $dbr(ra=>rows)\\n");
            $var(rc) = sql_query("ca","insert into t values (3)","rb"); xlog("$var(rc)\\n");"""
        )
        self.assertEqual(said, ["2 0", "2"])

    def test_rows_that_go_nowhere_are_3(self) -> None:
        """G-65."""
        self.assertEqual(self.ask('$var(rc) = sql_query("ca","select a,b from t"); xlog("$var(rc)\\n");'), ["3"])

    def test_an_error_is_minus_1(self) -> None:
        """G-65."""
        said = self.ask('$var(rc) = sql_query("ca","nonsense","ra"); xlog("$var(rc)\\n");', broken=True)
        self.assertEqual(said, ["-1"])

    def test_rows_of_a_second_query_come_before_those_of_the_first(self) -> None:
        """G-65."""
        said = self.ask(
            """sql_xquery("ca","select a,b from t","ra"); sql_xquery("ca","select b from t where a=1","ra");
            xlog("$xavp(ra=>b) $xavp(ra[1]=>a) $xavp(ra[2]=>a)\\n");"""
        )
        self.assertEqual(said, ["one 1 2"])

    def test_without_rows_variables_stay(self) -> None:
        """G-65."""
        said = self.ask(
            """$var(a) = "old"; $var(rc) = sql_pvquery("ca","select a from t where a=99","$var(a)");
            xlog("$var(rc) $var(a)\\n");"""
        )
        self.assertEqual(said, ["2 old"])

    def test_the_script_waits_where_it_stands(self) -> None:
        """G-65, improved: nobody is held up."""
        self.ask(
            '$var(v) = "kept"; $var(rc) = sql_query("ca","select a,b from t","ra"); xlog("$var(rc) $var(v)\\n");',
            wait=True,
        )
        self.assertEqual((self.said(), self.waiting), ([], 1))
        self.sql.go()
        self.assertEqual((self.said(), self.waiting), (["1 kept"], 0))

    def resumed(self, statement: str, broken: bool = False) -> list[str]:
        return self.ask(
            f'$avp(r)="old"; async(sql_query("{statement}","$avp(r)"),r);',
            URL,
            'route[r] { xlog("$rc $avp(r)\\n"); t_reply("404","x"); }',
            broken=broken,
        )

    def test_async_tells_its_route_of_no_rows_rows_and_errors(self) -> None:
        """G-68."""
        self.assertEqual(self.resumed("select a from t where a=99"), ["-2 old"])
        self.assertEqual(self.resumed("select b from t where a=1"), ["1 one"])
        self.assertEqual(self.resumed("select nonsense", broken=True), ["-1 old"])
