"""SQL statements into AVPs."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine, Rows
from tests.fake_sql import FakeSql
from tests.modules.talk import TalkCase


class QueryTests(TalkCase):
    modules = "avpops"
    head = 'modparam("avpops", "db_url", "fake://db/x") modparam("avpops", "avp_table", "t")'

    def asked(self, rows: Rows, script: str) -> list[str]:
        database = FakeSql()
        database.answers[b"select a, b from t where c='alice'"] = rows
        return self.run_script(script, provide={ISqlEngine: database})

    QUERY = "select a, b from t where c='$fU'"

    def test_columns_go_to_the_avps_in_order_the_first_row_on_top(self) -> None:
        rows = Rows((b"a", b"b"), [(b"x", 1), (b"y", 2)])
        said = self.asked(rows, f'avp_db_query("{self.QUERY}", "$avp(a);$avp(b)"); say("$(avp(a)[*]) $(avp(b)[*])");')
        self.assertEqual(said, ["x, y 1, 2"])

    def test_without_avps_they_are_numbered(self) -> None:
        rows = Rows((b"a", b"b"), [(b"x", 1)])
        said = self.asked(rows, f'avp_db_query("{self.QUERY}"); say("$rc $avp(i:1) $avp(i:2)");')
        self.assertEqual(said, ["1 x 1"])

    def test_null_and_empty_columns_are_left_out(self) -> None:
        rows = Rows((b"a", b"b"), [(None, b""), (2.5, 3.0), (b"x", 2**40)])
        said = self.asked(rows, f'avp_db_query("{self.QUERY}", "$avp(a) $avp(b)"); say("$(avp(a)[*]) $(avp(b)[*])");')
        self.assertEqual(said, ["2.5, x 3, 1099511627776"])

    def test_no_rows_is_minus_two_and_a_failure_minus_one(self) -> None:
        self.assertEqual(self.asked(Rows((b"a",), []), f'avp_db_query("{self.QUERY}"); say("$rc");'), ["-2"])
        database = FakeSql()
        database.broken = True
        said = self.run_script('avp_db_query("x"); say("$rc");', provide={ISqlEngine: database})
        self.assertEqual(said, ["-1"])

    def test_wrong_destinations_are_refused(self) -> None:
        for wrong in ("$var(a)", "a", ";"):
            self.assertRaises(
                ConfigError, self.serve, f'avp_db_query("x", "{wrong}");', provide={ISqlEngine: FakeSql()}
            )
