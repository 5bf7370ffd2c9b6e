"""sqlops: the functions, from a script's side."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.sqlops.asking import AskingCase


class QueryTests(AskingCase):
    def code(self, call: str) -> str:
        return self.run_script(f'$var(r) = {call}; say("$var(r) $rc");')[0]

    def test_rows_are_1(self) -> None:
        self.assertEqual(self.code('sql_query("ca", "two", "ra")'), "1 1")

    def test_no_rows_are_2_and_true(self) -> None:
        self.assertEqual(self.code('sql_query("ca", "none", "ra")'), "2 2")
        self.assertEqual(self.run_script('if (sql_query("ca", "none")) say("true");'), ["true"])

    def test_a_change_is_2(self) -> None:
        self.assertEqual(self.code('sql_query("ca", "changed")'), "2 2")

    def test_rows_that_nobody_keeps_are_3(self) -> None:
        self.assertEqual(self.code('sql_query("ca", "two")'), "3 3")

    def test_an_error_is_minus_1_and_empties_the_result(self) -> None:
        self.serve(
            'sql_query("ca", "two", "ra"); $var(r) = sql_query("ca", "two", "ra"); say("$var(r) $dbr(ra=>rows)");'
        )
        self.sql.broken = True
        self.assertEqual(self.ask(), ["-1 0"])
        self.assertTrue(self.logged("cannot do the query [two]: the database is broken"))

    def test_a_statement_in_a_variable(self) -> None:
        self.assertEqual(
            self.run_script('$var(q) = "two"; $var(r) = sql_query("ca", $var(q), "ra"); say("$var(r)");'), ["1"]
        )
        self.assertEqual(self.sql.statements, [b"two"])

    def test_only_so_much_of_a_statement_is_logged(self) -> None:
        self.serve('sql_query("ca", "two or more");', 'modparam("sqlops", "log_buf_size", 5)')
        self.sql.broken = True
        self.ask()
        self.assertTrue(self.logged("cannot do the query [two o]"))

    def test_the_route_waits_and_others_do_not(self) -> None:
        self.serve('if ($rm == "OPTIONS") { sql_query("ca", "one", "ra"); say("$dbr(ra=>[0,0])"); }')
        self.sql.wait = True
        self.assertEqual(self.ask(), [])
        self.assertEqual(self.ask("PUBLISH"), [])
        self.assertEqual([status for _, status in self.alice.received], [200])
        self.sql.go()
        self.sip.advance(0)
        self.assertEqual([status for _, status in self.alice.received], [200, 200])

    def test_a_connection_that_is_not_known_is_refused_at_load(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, 'sql_query("cb", "select 1", "ra");')
        self.assertIn("sql_query(): no connection 'cb'", str(why))

    def test_async_resumes_a_route_with_the_result(self) -> None:
        self.serve(
            'async(sql_query("ca", "two", "ra"), resume);',
            routes='route[resume] { say("$rc $dbr(ra=>rows)"); sl_send_reply(200, "OK"); }',
        )
        self.assertEqual(self.ask(), ["1 2"])

    def test_a_time_limit_stops_the_statement(self) -> None:
        self.serve(
            'async(sql_query("ca", "two", "ra"), resume, 2);',
            routes='route[resume] { say("$rc"); sl_send_reply(200, "OK"); }',
        )
        self.sql.wait = True
        self.ask()
        self.sip.advance(2)
        self.assertEqual(self.alice.messages[-1].values(b"x-said"), [b"-1"])
        self.assertEqual(self.sql.cancelled, 1)


class XqueryTests(AskingCase):
    def test_each_row_is_an_extended_avp(self) -> None:
        said = self.run_script(
            '$var(r) = sql_xquery("ca", "two", "x"); '
            'say("$var(r) $xavp(x=>a) $xavp(x=>b) $xavp(x[1]=>a) $xavp(x[1]=>b)");'
        )
        self.assertEqual(said, ["1 1 one 2 <null>"])

    def test_new_rows_stand_before_those_that_are_there(self) -> None:
        said = self.run_script(
            'sql_xquery("ca", "two", "x"); sql_xquery("ca", "one", "x"); say("$xavp(x[0]=>a) $xavp(x[1]=>a)");'
        )
        self.assertEqual(said, ["5 1"])

    def test_the_name_may_be_a_variable(self) -> None:
        self.assertEqual(self.run_script('sql_xquery("ca", "one", "x$rm"); say("$xavp(xOPTIONS=>a)");'), ["5"])

    def test_no_rows_leave_it_alone(self) -> None:
        said = self.run_script(
            'sql_xquery("ca", "one", "x"); $var(r) = sql_xquery("ca", "none", "x"); say("$var(r) $xavp(x=>a)");'
        )
        self.assertEqual(said, ["2 5"])

    def test_numbers_of_64_bits_and_fractions_are_texts(self) -> None:
        self.assertEqual(
            self.run_script(
                'sql_xquery("ca", "kinds", "x"); say("$xavp(x=>i) $xavp(x=>big) $xavp(x=>f) [$xavp(x=>e)]");'
            ),
            ["-7 5 1.5 []"],
        )


class PvqueryTests(AskingCase):
    def test_columns_go_to_variables_and_avps_have_every_row(self) -> None:
        said = self.run_script(
            '$avp(b) = "old"; $var(r) = sql_pvquery("ca", "two", "$var(a);$avp(b)"); '
            'say("$var(r) $var(a) $(avp(b)[*])");'
        )
        self.assertEqual(said, ["1 1 one, old"])

    def test_no_rows_leave_the_variables_alone(self) -> None:
        self.assertEqual(
            self.run_script('$var(a) = "old"; $var(r) = sql_pvquery("ca", "none", "$var(a)"); say("$var(r) $var(a)");'),
            ["2 old"],
        )

    def test_more_columns_than_variables_fail_when_those_are_written(self) -> None:
        self.assertEqual(
            self.run_script('$var(r) = sql_pvquery("ca", "two", "$var(a)"); say("$var(r) $var(a)");'), ["-1 2"]
        )
        self.assertTrue(self.logged("Missing pv spec for column 2"))

    def test_small_numbers_of_64_bits_are_numbers(self) -> None:
        self.assertEqual(
            self.run_script(
                'sql_pvquery("ca", "kinds", "$var(i);$var(b);$var(f);$var(e)"); $var(b) = $var(b) + 1; say("$var(b)");'
            ),
            ["6"],
        )

    def test_a_variable_that_cannot_be_written_is_refused_at_load(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, 'sql_pvquery("ca", "one", "$rm");')
        self.assertIn("$rm cannot be written", str(why))


class OtherTests(AskingCase):
    def test_sql_query_async_does_not_wait(self) -> None:
        self.serve('$var(r) = sql_query_async("ca", "changed"); say("$var(r)");')
        self.sql.wait = True
        self.assertEqual(self.ask(), ["1"])
        self.assertEqual(self.sql.statements, [b"changed"])

    def test_sql_query_async_logs_what_goes_wrong(self) -> None:
        self.serve('sql_query_async("ca", "changed");')
        self.sql.broken = True
        self.ask()
        self.assertTrue(self.logged("sql_query_async: cannot do the query [changed]"))

    def test_sql_result_free(self) -> None:
        self.assertEqual(
            self.run_script(
                'sql_query("ca", "two", "ra"); $var(r) = sql_result_free("ra"); say("$var(r) $dbr(ra=>rows)");'
            ),
            ["1 0"],
        )

    def test_sqlrows(self) -> None:
        self.assertEqual(self.run_script('sql_query("ca", "changed"); say("$sqlrows(ca)");'), ["3"])
        self.assertRaises(ConfigError, self.serve, 'say("$sqlrows(cb)");')

    def test_sql_val(self) -> None:
        self.assertEqual(
            self.run_script(
                '$var(s) = "O\'Brien"; say("$(var(s){sql.val}) $(var(s){sql.val.str}) $(var(s){sql.val.int})");'
            ),
            ["'O\\'Brien' 'O\\'Brien' 'O\\'Brien'"],
        )
        self.assertEqual(self.run_script('$var(i) = 5; say("$(var(i){sql.val}) $(var(i){sql.val.str})");'), ["5 5"])
        self.assertEqual(
            self.run_script('say("$(avp(n){sql.val}) $(avp(n){sql.val.int}) $(avp(n){sql.val.str})");'), ["NULL 0 ''"]
        )
