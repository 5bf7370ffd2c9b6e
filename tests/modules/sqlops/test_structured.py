"""sqlops: the functions that make the statement."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.sqlops.asking import AskingCase


class StructuredTests(AskingCase):
    head = 'modparam("sqlops", "db_url", "fake:")'

    def setUp(self) -> None:
        super().setUp()
        self.sql.tables[b"t"] = [{b"a": 1, b"b": b"one"}, {b"a": 2, b"b": None}]

    def test_rows_go_to_avps_the_first_on_top(self) -> None:
        said = self.run_script(
            """$var(r) = sql_select('["a","b"]', "t", "", "a", "$avp(a);$avp(b)");
            say("$var(r) $(avp(a)[*]) $avp(b)");"""
        )
        self.assertEqual(said, ["1 1, 2 one"])

    def test_without_columns_all_are_taken_without_avps_they_are_numbered(self) -> None:
        self.assertEqual(self.run_script('sql_select("", "t"); say("$(avp(i:1)[*]) $(avp(i:2)[1])");'), ["1, 2 <null>"])

    def test_no_rows_are_minus_2(self) -> None:
        for function, to in (("sql_select", "$avp(a)"), ("sql_select_one", "$var(a)")):
            body = f"""$var(r) = {function}('["a"]', "t", '[{{"a": 5}}]', "", "{to}"); say("$var(r)");"""
            self.assertEqual(self.run_script(body), ["-2"])

    def test_one_row_goes_to_variables_and_null_is_null(self) -> None:
        body = """$var(r) = sql_select_one("", "t", '[{"a": 2}]', "", "$var(a);$avp(b)");
            say("$var(r) $var(a) $avp(b)");"""
        self.assertEqual(self.run_script(body), ["1 2 <null>"])

    def test_variables_are_values_whatever_is_in_them(self) -> None:
        text = """x"}, {"a": 1}, {"b": "\\\\'"""
        written = text.replace("\\", "\\\\").replace('"', '\\"')
        body = f"""
            $var(x) = "{written}"; $var(n) = 7; $avp(none) = $null;
            sql_insert("t", '[{{"a": $var(n)}}, {{"b": "<$var(x)>"}}, {{"c": $var(x)}}, {{"d": $avp(none)}}]');
            sql_insert("t", '[{{"a": 8}}, {{"b": "$(var(x){{s.escape.common}})"}}]');
        """
        self.run_script(body)
        self.assertEqual(
            self.sql.tables[b"t"][2:],
            [
                {b"a": 7, b"b": f"<{text}>".encode(), b"c": text.encode(), b"d": None},
                {b"a": 8, b"b": text.encode()},
            ],
        )

    def test_the_whole_of_an_argument_may_be_a_variable(self) -> None:
        body = """$var(f) = '[{"a": {">": 1}}]'; $var(c) = '["a"]'; $avp(t) = "t";
            sql_select("$var(c)", "$avp(t)", $var(f), "", "$avp(a)"); say("$(avp(a)[*])");"""
        self.assertEqual(self.run_script(body), ["2"])

    def test_rows_are_changed_and_removed(self) -> None:
        body = """$var(r) = sql_update('[{"b": "new"}]', "t", '[{"a": {">": 1}}]');
            $var(s) = sql_delete("t", '[{"a": 1}]');
            say("$var(r) $var(s)");"""
        self.assertEqual(self.run_script(body), ["1 1"])
        self.assertEqual(self.sql.tables[b"t"], [{b"a": 2, b"b": b"new"}])

    def test_a_row_is_replaced(self) -> None:
        self.assertEqual(self.run_script("""sql_replace("t", '[{"a": 1}]'); say("$rc");"""), ["1"])

    def test_an_error_is_minus_1(self) -> None:
        for body in (
            """sql_select('["a"]', "t");""",
            """sql_insert("t", '[{"a": 1}]');""",
            """sql_delete("t");""",
            """sql_update('[{"a": 1}]', "t");""",
        ):
            self.serve(f'{body} say("$rc");')
            self.sql.broken = True
            self.assertEqual(self.ask(), ["-1"])
            self.sql.broken = False

    def test_a_database_that_is_not_known_is_minus_1(self) -> None:
        self.assertEqual(self.run_script('$var(n) = 9; sql_delete("t", "", $var(n)); say("$rc");'), ["-1"])
        self.assertRaises(ConfigError, self.serve, 'sql_delete("t", "", 9);')

    def test_what_is_wrong_when_it_runs_is_minus_1(self) -> None:
        for body in (
            'sql_delete("t", "$var(f)");',
            'sql_delete("$var(f)");',
            'sql_select("", "t", "", "$var(f)");',
            """sql_insert("t", '[{"$var(f)": 1}]');""",
            'sql_insert("t", $avp(none));',
        ):
            self.assertEqual(self.run_script(f'$var(f) = "a; drop"; {body} say("$rc");'), ["-1"], body)
        self.assertEqual(len(self.sql.tables[b"t"]), 2)

    def test_what_is_wrong_as_it_stands_is_a_mistake_of_the_script(self) -> None:
        for body in (
            """sql_select('["a"', "t");""",
            """sql_select('["a b"]', "t");""",
            """sql_delete("t", '{"a": 1}');""",
            """sql_insert("t", '[]');""",
            """sql_insert("t", '[{"a": $var(x]');""",
        ):
            self.assertRaises(ConfigError, self.serve, body)

    def test_numbers_of_64_bits(self) -> None:
        body = (
            'sql_query_one("select kinds", "$var(i);$var(b);$var(f);$var(e)"); $var(n) = $var(b) + 1; say("$var(n)");'
        )
        self.sql.answers[b"select kinds"] = self.sql.answers[b"kinds"]
        self.assertEqual(self.run_script(body), ["6"])
        self.assertEqual(self.run_script(body, head='modparam("sqlops", "bigint_to_str", 1)'), ["51"])
