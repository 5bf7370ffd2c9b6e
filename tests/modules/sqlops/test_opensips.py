"""sqlops: the forms of OpenSIPS."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import Rows
from tests.modules.sqlops.asking import AskingCase


class OpenSipsTests(AskingCase):
    head = 'modparam("sqlops", "db_url", "fake:")'

    def setUp(self) -> None:
        super().setUp()
        for name, rows in list(self.sql.answers.items()):
            self.sql.answers[b"select " + name] = rows

    def test_rows_go_to_avps_the_first_on_top(self) -> None:
        said = self.run_script(
            '$var(r) = sql_query("select two", "$avp(a);$avp(b)"); say("$var(r) $(avp(a)[*]) $(avp(b)[*])");'
        )
        self.assertEqual(said, ["1 1, 2 one, <null>"])

    def test_without_avps_they_go_to_those_by_number(self) -> None:
        self.assertEqual(self.run_script('sql_query("select two"); say("$(avp(i:1)[*]) $avp(i:2)");'), ["1, 2 one"])

    def test_no_rows_are_minus_2_and_leave_the_avps_alone(self) -> None:
        self.assertEqual(
            self.run_script('$avp(a) = "old"; $var(r) = sql_query("select none", "$avp(a)"); say("$var(r) $avp(a)");'),
            ["-2 old"],
        )

    def test_an_error_is_minus_1_and_leaves_the_avps_alone(self) -> None:
        self.serve('$avp(a) = "old"; $var(r) = sql_query("select two", "$avp(a)"); say("$var(r) $avp(a)");')
        self.sql.broken = True
        self.assertEqual(self.ask(), ["-1 old"])

    def test_a_database_by_number(self) -> None:
        self.assertEqual(
            self.run_script(
                '$var(r) = sql_query("select one", "$avp(a)", 2); $var(s) = sql_query("select one", "$avp(a)", "0"); '
                'say("$var(r) $var(s)");',
                head='modparam("sqlops", "db_url", "2 fake:")',
            ),
            ["1 1"],
        )

    def test_a_number_that_is_not_known_is_an_error(self) -> None:
        self.assertEqual(self.run_script('$var(r) = sql_query("select one", "$avp(a)", 3); say("$var(r)");'), ["-1"])
        self.assertRaises(ConfigError, self.serve, 'sql_query_one("select one", "$var(a)", 3);')

    def test_async_resumes_with_the_code(self) -> None:
        self.serve(
            'async(sql_query("select none", "$avp(a)"), resume);',
            routes='route[resume] { say("$rc"); sl_send_reply(200, "OK"); }',
        )
        self.assertEqual(self.ask(), ["-2"])

    def test_one_row_goes_to_variables_of_any_kind(self) -> None:
        said = self.run_script(
            '$avp(b) = "old"; $var(r) = sql_query_one("select two", "$var(a);$avp(b)"); say("$var(r) $var(a) $avp(b)");'
        )
        self.assertEqual(said, ["1 1 one"])

    def test_one_row_without_variables(self) -> None:
        self.assertEqual(self.run_script('sql_query_one("select two"); say("$(avp(i:1)[*]) $avp(i:2)");'), ["1 one"])

    def test_as_many_variables_as_columns_are_wanted(self) -> None:
        self.assertEqual(
            self.run_script(
                '$var(a) = "old"; $var(r) = sql_query_one("select two", "$var(a)"); say("$var(r) $var(a)");'
            ),
            ["-1 old"],
        )

    def test_no_row_is_minus_2(self) -> None:
        self.assertEqual(self.run_script('$var(r) = sql_query_one("select none", "$var(a)"); say("$var(r)");'), ["-2"])

    def test_null_is_null(self) -> None:
        self.sql.answers[b"select null"] = Rows((b"a",), [(None,)])
        self.assertEqual(self.run_script('sql_query_one("select null", "$avp(a)"); say("$avp(a)");'), ["<null>"])
