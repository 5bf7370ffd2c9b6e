"""modules/acc: what a script sees of it."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError, SqlError
from sipapp.interfaces.sql import ISqlEngine
from sipapp.testing.harness import Harness
from tests.fake_sql import FakeSql
from tests.modules.acc.calling import RELAY, AccCase, parameters
from tests.modules.tm.scene import SceneTestCase

F, T = "from-5060", "peer-5060"
DATABASE = {"db_url": "fake:x", "db_flag": 1, "db_missed_flag": 2}


class LoadTests(SceneTestCase):
    def refused(self, head: str, modules: tuple[str, ...] = ("acc",)) -> str:
        return str(self.assertRaises(ConfigError, self.play, "request_route { exit; }", head, modules))

    def test_it_needs_tm(self) -> None:
        why = self.assertRaises(ConfigError, Harness, 'loadmodule "acc" request_route { exit; }')
        self.assertIn("tm", str(why))

    def test_call_detail_records_are_not_there(self) -> None:
        self.assertIn("the module dialog", self.refused(parameters({"cdr_enable": 1})))

    def test_their_other_parameters_are_taken(self) -> None:
        given = {"cdr_start_on_confirmed": 1, "cdr_facility": "LOG_LOCAL1", "cdrs_table": "acc_cdrs", "cdr_enable": 0}
        self.play("request_route { exit; }", parameters(given), ("acc",))

    def test_the_direction_is_rr_s(self) -> None:
        self.play("request_route { exit; }", parameters({"detect_direction": 1}), ("acc",))
        head = 'modparam("rr", "append_fromtag", 0)\n' + parameters({"detect_direction": 1})
        self.assertIn("append_fromtag", self.refused(head))

    def test_wrong_texts_name_their_parameters(self) -> None:
        for name in ("log_extra", "multi_leg_info"):
            self.assertIn(f'modparam("acc", "{name}")', self.refused(parameters({name: "x"})))

    def test_a_database_wants_its_module(self) -> None:
        self.assertIn("no database module", self.refused(parameters({"db_url": "sqlite:///:memory:"})))

    def test_a_database_that_is_not_there_keeps_the_server_from_starting(self) -> None:
        sql = FakeSql()
        sql.broken = True
        head = parameters(DATABASE)
        self.assertRaises(SqlError, self.play, "request_route { exit; }", head, ("acc",), provide={ISqlEngine: sql})

    def test_without_a_database_its_flags_mean_nothing(self) -> None:
        self.play("request_route { exit; }", parameters({"db_flag": 1, "db_missed_flag": 2}), ("acc",))
        self.assertEqual(self.tm.listeners, [])


class FunctionTests(AccCase):
    def test_a_line_says_what_the_script_says(self) -> None:
        self.account(
            """acc_log_request("404 Not here"); acc_log_request("no number"); $var(c) = "486 " + $rm;
            acc_log_request("$var(c)!"); acc_log_request("200 $rm"); acc_log_request($var(c)); xlog("$rc");""",
            log_extra="u=$rU",
        )
        self.options()
        start = f"request accounted: OPTIONS {F} "
        said = ("404 Not here", " no number", "486 OPTIONS!", "200 OPTIONS", "486 OPTIONS")
        self.assertEqual((self.records, self.said()), ([f"{start} {what} bob" for what in said], ["1"]))

    def test_an_empty_comment_is_a_mistake(self) -> None:
        why = self.assertRaises(ConfigError, self.account, 'acc_log_request("");')
        self.assertIn("the comment is empty", str(why))

    def test_a_line_needs_no_transaction_and_has_the_tag_of_to(self) -> None:
        self.account('acc_log_request("200 OK");')
        self.options(to_tag="there")
        self.assertEqual(self.records, [f"request accounted: OPTIONS {F} there 200 OK"])

    def test_responses_can_be_accounted_too(self) -> None:
        self.account(RELAY, 'onreply_route { acc_log_request("$rs $rr"); }')
        self.bob.answers = lambda request: [404]
        self.options()
        self.assertEqual(self.records, [f"request accounted: OPTIONS {F} {T} 404 Status 404"])

    def test_without_a_database_there_are_no_rows(self) -> None:
        self.account('acc_db_request("200 OK", "acc"); xlog("$rc"); acc_request("200 OK", "acc"); xlog("$rc");')
        self.options()
        self.assertEqual((self.said(), len(self.records)), (["-1", "1"], 1))
        self.assertTrue(any("there is no db_url" in line for line in self.sip.lines()))

    def test_an_empty_comment_of_acc_request_fails(self) -> None:
        self.account('$var(c) = ""; acc_request("$var(c)", "acc"); xlog("$rc");')
        self.options()
        self.assertEqual((self.said(), self.records), (["-1"], []))


class DatabaseTests(AccCase):
    def serve(self, body: str, routes: str = "", **given: Any) -> Harness:
        self.sql = FakeSql()
        return self.account(body, routes, {"provide": {ISqlEngine: self.sql}}, **{**DATABASE, **given})

    def rows(self, table: bytes) -> list[Any]:
        shown = (b"method", b"to_tag", b"callid", b"sip_code", b"sip_reason", b"u")
        return [tuple(row.get(name) for name in shown) for row in self.sql.tables.get(table, [])]

    def test_answers_and_missed_calls_have_tables_of_their_own(self) -> None:
        self.serve(f"setflag(1); setflag(2); {RELAY}", db_extra="u=$rU", log_flag=-1, log_missed_flag=-1)
        for answers in ([200], [486]):
            self.rings(self.bob, *answers)
            self.invite(1, call_id=f"call-{answers[0]}")
        self.assertEqual(self.rows(b"acc"), [(b"INVITE", T.encode(), b"call-200", b"200", b"Status 200", b"bob")])
        self.assertEqual(
            self.rows(b"missed_calls"), [(b"INVITE", T.encode(), b"call-486", b"486", b"Status 486", b"bob")]
        )
        self.assertEqual(self.records, [])

    def test_names_are_the_script_s(self) -> None:
        self.serve(f"setflag(1); {RELAY}", db_table_acc="acc_$rm", acc_callid_column="call", acc_time_column="at")
        self.rings(self.bob, 200)
        self.invite(1, call_id="c")
        row = self.sql.tables[b"acc_INVITE"][0]
        self.assertEqual((row[b"call"], row[b"at"], b"callid" in row), (b"c", 0, False))

    def test_functions_write_where_they_are_told(self) -> None:
        self.serve('acc_db_request("404 Nobody", "one"); acc_request("486 Busy", "two_$rm"); xlog("$rc");')
        self.options(call_id="c")
        self.assertEqual(self.rows(b"one"), [(b"OPTIONS", b"", b"c", b"404", b"Nobody", None)])
        self.assertEqual(self.rows(b"two_OPTIONS"), [(b"OPTIONS", b"", b"c", b"486", b"Busy", None)])
        self.assertEqual((len(self.records), self.said()), (1, ["1"]))

    def test_a_database_that_does_not_answer_holds_nobody_up(self) -> None:
        self.serve(f'acc_db_request("200 OK", "one"); setflag(1); {RELAY}')
        self.sql.wait = True
        self.rings(self.bob, 200)
        self.invite(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 200)])
        self.sql.go()

    def test_one_that_is_broken_does_neither(self) -> None:
        self.serve(f"setflag(1); {RELAY}")
        self.sql.broken = True
        self.rings(self.bob, 200)
        self.invite(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 200)])
        self.assertTrue(any(line.startswith("no row in acc: ") for line in self.sip.lines()))
        self.assertEqual(len(self.records), 1)

    def test_the_server_stops_when_all_is_written(self) -> None:
        sip = self.serve('acc_db_request("200 OK", "one");')
        self.sql.wait = True
        self.options()
        self.sip.clock.callLater(0, self.sql.go)
        sip.close()
        self.assertEqual(len(self.rows(b"one")), 1)


class DefaultScriptTests(SceneTestCase):
    """A script of the shape of the one that Debian installs."""

    SCRIPT = """
    #!define FLT_ACC 1
    #!define FLT_ACCMISSED 2
    #!define FLT_ACCFAILED 3
    loadmodule "maxfwd.so"
    loadmodule "usrloc.so"
    loadmodule "registrar.so"
    loadmodule "acc.so"
    modparam("acc", "early_media", 0)
    modparam("acc", "report_ack", 0)
    modparam("acc", "report_cancels", 0)
    modparam("acc", "detect_direction", 0)
    modparam("acc", "log_flag", FLT_ACC)
    modparam("acc", "log_missed_flag", FLT_ACCMISSED)
    modparam("acc", "log_extra",
        "src_user=$fU;src_domain=$fd;src_ip=$si;"
        "dst_ouser=$tU;dst_user=$rU;dst_domain=$rd")
    modparam("acc", "failed_transaction_flag", FLT_ACCFAILED)
    #!ifdef WITH_ACCDB
    modparam("acc", "db_flag", FLT_ACC)
    #!endif
    request_route {
        if (is_method("REGISTER")) { save("location"); exit; }
        if (has_totag()) {
            if (loose_route()) {
                if (is_method("BYE")) { setflag(FLT_ACC); setflag(FLT_ACCFAILED); }
                t_relay();
                exit;
            }
            if (is_method("ACK")) { t_check_trans(); exit; }
        }
        if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
        record_route();
        if (is_method("INVITE")) setflag(FLT_ACC);
        if (!lookup("location")) { send_reply("404", "Not Found"); exit; }
        setflag(FLT_ACCMISSED);
        t_on_failure("MANAGE_FAILURE");
        t_relay();
    }
    failure_route[MANAGE_FAILURE] { if (t_is_canceled()) exit; }
    """

    def lines(self) -> list[str]:
        return [line.partition("dst_ouser")[0] for line in self.sip.lines() if line.startswith("ACC: ")]

    def test_a_call_between_two_users_and_its_end_are_accounted(self) -> None:
        self.play("debug=2" + self.SCRIPT.replace("\n    ", "\n"))
        self.bob.send("REGISTER", "sip:192.0.2.100", ["Contact: <sip:bob@192.0.2.2:5060>"])
        self.sip.advance(0)
        self.rings(self.bob, 180, 200)
        self.invite(1, call_id="call")
        route = [f"Route: {self.last().first(b'record-route').decode()}"]
        self.alice.send("ACK", "sip:bob@192.0.2.2:5060", route, call_id="call", cseq=1, to_tag=T)
        self.alice.send("BYE", "sip:bob@192.0.2.2:5060", route, call_id="call", cseq=2, to_tag=T)
        self.sip.advance(1)
        facts = f"from_tag={F};to_tag={T};call_id=call;code=200;reason=Status 200;"
        extra = "src_user=alice;src_domain=example.com;src_ip=192.0.2.1;"
        self.assertEqual(
            self.lines(),
            [
                f"ACC: transaction answered: timestamp=0;method=INVITE;{facts}{extra}",
                f"ACC: transaction answered: timestamp=1;method=BYE;{facts}{extra}",
            ],
        )
