"""sqlcase: what every database must do for scripts, whatever happens to it; statements.cfg is the script."""

from __future__ import annotations

import json
import re
import socket
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.process import Database
from tests.served import Caller, Served, Standin, run

SCRIPT = Path(__file__).with_name("statements.cfg").read_text(encoding="utf-8")

QUERY_TIMEOUT = 2.0  # s

CONNECT_TIMEOUT = 2.0  # s

AT_ONCE = 1.2
"""s within which others are answered: far less than what is waited for."""


FUNCTIONS = ("query", "keepless", "xquery", "pvquery", "opensips", "one", "avp query")

UNREACHABLE = {
    "query": "-2",
    "xquery": "-2",
    "pvquery": "-2",
    "later": "1",
    "opensips": "-1",
    "one": "-1",
    "select": "-1",
    "insert": "-1",
    "avps": "-1",
}
"""Functions and their codes where a database has never been reached."""


_thousands = count(1000, 1000)


class Said(NamedTuple):
    """An answer: after how long (s), the status, the script's code, what it found."""

    at: float
    status: int
    code: str
    out: list[str]
    rows: str


class Place:
    """A database server, and a sipapp that asks it."""

    def __init__(
        self, holder: Standin, server: Database | None, module: str, parameters: str, *, url: str, dead: str, hangs: str
    ) -> None:
        self.holder = holder
        self.server = server
        self.url = url
        self.sip = Served(
            holder,
            SCRIPT,
            MODULE=module,
            PARAMETERS=f'modparam("{module}", "query_timeout", "{QUERY_TIMEOUT}")\n{parameters}',
            URL=url,
            DEAD=dead,
            HANGS=hangs,
        )

    def prepare(self, statement: str) -> None:
        """Have the database do something, in its own time."""
        assert self.server is not None
        self.server.ask(statement)


def hanging_port(holder: Standin) -> int:
    """A port that connections are made to, and nothing comes back."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(50)
    holder.addCleanup(listener.close)
    return int(listener.getsockname()[1])


def said(answer: tuple[float, str]) -> Said:
    at, message = answer
    out = re.findall(r"^X-Out: (.*?)\r$", message, re.MULTILINE)
    code = re.search(r"^X-Code: (.*?)\r$", message, re.MULTILINE)
    rows = re.search(r"^X-Rows: (.*?)\r$", message, re.MULTILINE)
    status = int(message.split()[1]) if message else 0
    return Said(at, status, code[1] if code else "", out, rows[1] if rows else "")


class AskingCase:
    """The tests; a class of tests has `place` too."""

    place: Place

    def caller(self: Any) -> Caller:
        """Another one each time. The system may give it the port of one before, whose transactions are still there:
        its requests have numbers that no other's have."""
        made = Caller(self, self.place.sip.port)
        made._count = next(_thousands)
        return made

    def send(self: Any, how: str, statement: str, method: str = "OPTIONS", text: str = "-") -> Caller:
        """Have a request under way."""
        caller: Caller = self.caller()
        caller.send(method, "bob", f"X-Do: {how}", f"X-Sql: {statement}", f"X-Text: {text}")
        return caller

    def ask(self: Any, how: str, statement: str, text: str = "-") -> Said:
        return said(self.send(how, statement, text=text).final(10))

    def others_are_served(self: Any) -> None:
        """Somebody who asks nothing of a database is answered at once."""
        at, status = self.caller().ask("OPTIONS")
        self.assertEqual(status, 200)
        self.assertLess(at, AT_ONCE)


class StatementTests(AskingCase):
    """What the functions answer."""

    def setUp(self: Any) -> None:
        self.place.prepare("create table if not exists t(a int, b varchar(40))")
        self.place.prepare("delete from t")
        self.place.prepare("insert into t values(1,'one'),(2,NULL)")

    def test_rows(self: Any) -> None:
        found = self.ask("query", "select a, b from t order by a")
        self.assertEqual((found.code, found.out), ("1", ["1|one|<null>|<null>", "2|<null>|<null>|<null>"]))

    def test_no_rows(self: Any) -> None:
        found = self.ask("query", "select a, b from t where a=9")
        self.assertEqual((found.code, found.out), ("2", []))

    def test_rows_that_nobody_keeps(self: Any) -> None:
        self.assertEqual(self.ask("keepless", "select a from t").code, "3")

    def test_a_change(self: Any) -> None:
        found = self.ask("query", "update t set b='new'")
        self.assertEqual((found.code, found.rows), ("2", "2"))
        self.assertEqual(self.ask("query", "delete from t").rows, "2")

    def test_a_wrong_statement(self: Any) -> None:
        for how in FUNCTIONS:
            self.assertEqual(self.ask(how, "selec a from t").code, "-1", how)
        self.assertIn("cannot do the query [selec a from t]", self.place.sip.log)

    def test_xquery(self: Any) -> None:
        found = self.ask("xquery", "select a, b from t order by a")
        self.assertEqual((found.code, found.out), ("1", ["1 one 2"]))
        self.assertEqual(self.ask("xquery", "select a from t where a=9").code, "2")

    def test_pvquery(self: Any) -> None:
        found = self.ask("pvquery", "select a, b from t where a=1")
        self.assertEqual((found.code, found.out), ("1", ["1 one"]))
        self.assertEqual(self.ask("pvquery", "select a from t where a=9").code, "2")

    def test_a_statement_that_nobody_waits_for(self: Any) -> None:
        self.assertEqual(self.ask("later", "insert into t values(7,'later')").code, "1")
        end = time.monotonic() + 10
        while (out := self.ask("query", "select b from t where a=7").out) == [] and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(out, ["later|<null>|<null>|<null>"])

    def test_opensips(self: Any) -> None:
        found = self.ask("opensips", "select a, b from t order by a")
        self.assertEqual((found.code, found.out), ("1", ["1, 2, old one"]))
        found = self.ask("opensips", "select a, b from t where a=9")
        self.assertEqual((found.code, found.out), ("-2", ["old <null>"]))
        found = self.ask("one", "select a, b from t order by a")
        self.assertEqual((found.code, found.out), ("1", ["1 one"]))
        self.assertEqual(self.ask("one", "select a, b from t where a=9").code, "-2")

    def test_rows_by_a_filter(self: Any) -> None:
        for where, code, out in (
            ("", "1", "1, 2, old one, <null>"),
            ('[{"a": 2}]', "1", "2, old <null>"),
            ('[{"a": {"<": 2}}, {"b": "one"}]', "1", "1, old one"),
            ('[{"b": null}]', "1", "2, old <null>"),
            ('[{"b": {"!=": null}}]', "1", "1, old one"),
            ('[{"b": {"like": "o%"}}]', "1", "1, old one"),
            ('[{"a": {">": 2}}]', "-2", "old <null>"),
            ("[1]", "-1", "old <null>"),
            ('[{"none": 1}]', "-1", "old <null>"),
        ):
            found = self.ask("select", where)
            self.assertEqual((found.code, found.out), (code, [out]), where)

    def test_rows_that_are_added_changed_and_removed(self: Any) -> None:
        text = "O'B\\n\"x"
        self.assertEqual(self.ask("insert", "7", text).code, "1")
        found = self.ask("select one", "-", text)
        self.assertEqual((found.code, found.out), ("1", [f"7 {text}"]))
        self.assertEqual(self.ask("update", "7", "'}]; --").code, "1")
        self.assertEqual(self.ask("select one", "-", "'}]; --").out, ["7 '}]; --"])
        self.assertEqual(self.ask("update", "8", "x").code, "1")
        self.assertEqual(self.ask("select one", "-", "x").code, "-2")
        self.assertEqual(self.ask("delete", '[{"a": {">": 1}}]').code, "1")
        self.assertEqual(self.ask("select", "").out, ["1, old one"])

    replaces = True

    def test_a_row_in_place_of_another(self: Any) -> None:
        self.place.prepare("drop table if exists r")
        self.place.prepare("create table r(k int primary key, b varchar(40))")
        codes = [self.ask("replace", "1", text).code for text in ("old", "new")]
        self.assertEqual(codes, ["1", "1"] if self.replaces else ["-1", "-1"])
        if self.replaces:
            self.assertEqual(self.ask("query", "select k, b from r").out, ["1|new|<null>|<null>"])

    def test_avps_are_stored_loaded_and_deleted(self: Any) -> None:
        columns = ("uuid", "username", "domain", "attribute", "value")
        table = ", ".join(f"{column} varchar(64) not null default ''" for column in columns)
        self.place.prepare("drop table if exists usr_preferences")
        self.place.prepare(f"create table usr_preferences ({table}, type int not null default 0)")
        for _ in range(2):  # nothing is left of the first
            found = self.ask("avps", "O'B")
            self.assertEqual((found.code, found.out), ("1", ["one, 2", "it's"]))

    def test_escapes_make_a_text_of_anything(self: Any) -> None:
        for text in ("O'B\\n\"x", "' or 1=1 -- ", "\\' or 1=1 -- ", "é\\\\'"):
            found = self.ask("escape", text.strip())
            self.assertEqual((found.code, found.out), ("2", [f"1 {text.strip()}"]), text)
            self.ask("query", "delete from t where a=9")

    def test_what_modules_are_promised(self: Any) -> None:
        done = run([sys.executable, "-m", "tests.integration.contract", self.place.url])
        found = json.loads(done.output.splitlines()[-1])
        self.assertEqual(
            found,
            {
                "row": [["a'b\\c\"?%s", 5, 1.5, 1795392000, 1 << 40]],
                "null": [["é"]],
                "columns": ["k", "n", "f", "at", "big"],
                "updated": 1,
                "replaced": [["a'b\\c\"?%s", 6], ["é", 7], ["new", 8]],
                "marks": [["é"], ["new"]],
                "deleted": [1, 2],
                "refused": "SqlError",
            },
        )

    def test_async(self: Any) -> None:
        self.assertEqual(self.ask("async", "select a from t").code, "1")
        self.assertEqual(self.ask("async", "select a from t where a=9").code, "2")
        self.assertEqual(self.ask("async", "selec").code, "-1")


class TroubleTests(AskingCase):
    """What becomes of calls when a database does not answer."""

    sleep = "select sleep(%s)"

    def test_nobody_there(self: Any) -> None:
        for how, code in UNREACHABLE.items():
            found = self.ask(f"dead {how}", "select 1")
            self.assertEqual(found.code, code, how)
            self.assertLess(found.at, AT_ONCE, how)

    def test_a_server_that_hangs_while_it_is_connected_to(self: Any) -> None:
        waiting = {how: self.send(f"hangs {how}", "select 1") for how in UNREACHABLE}
        self.others_are_served()
        for how, caller in waiting.items():
            found = said(caller.final())
            self.assertEqual(found.code, UNREACHABLE[how], how)
            self.assertLess(found.at, CONNECT_TIMEOUT + AT_ONCE, how)

    def test_a_statement_that_is_late_is_stopped_in_the_database(self: Any) -> None:
        statement = self.sleep % 30.25
        waiting = {how: self.send(how, statement) for how in FUNCTIONS}
        self.others_are_served()
        for how, caller in waiting.items():
            found = said(caller.final())
            self.assertEqual(found.code, "-1", how)
            self.assertLess(QUERY_TIMEOUT - 0.05, found.at)
            self.assertLess(found.at, QUERY_TIMEOUT + AT_ONCE)
        self.gone("30.25")
        for _ in range(6):  # and its connection is used again
            self.assertEqual(self.ask("query", "select 1").code, "1")

    def test_the_limit_of_async_stops_the_statement(self: Any) -> None:
        waiting = self.send("async", self.sleep % 20.625)
        self.others_are_served()
        found = said(waiting.final())
        self.assertEqual(found.code, "-1")
        self.assertLess(found.at, 1 + AT_ONCE)
        self.gone("20.625")

    def test_cancel_stops_the_statement_in_the_database(self: Any) -> None:
        server = self.place.server
        for how in FUNCTIONS:
            caller = self.send(how, self.sleep % 20.125, "INVITE")
            server.wait_for(lambda: server.running("20.125") == 1, QUERY_TIMEOUT)
            caller.cancel()
            statuses = sorted(int(caller.final()[1].split()[1]) for _ in range(2))
            self.assertEqual(statuses, [200, 487], how)
            self.gone("20.125")

    def test_each_gets_its_own_answer(self: Any) -> None:
        """Also with calls in between that are given up, before and while the database is asked for them."""
        asked = {}
        for number in range(1, 41):
            if number % 4:
                asked[number] = self.send("query", f"select {number}")
            else:
                self.send("query", self.sleep % 20.75, "INVITE").cancel()
        for number, caller in asked.items():
            found = said(caller.final())
            self.assertEqual((found.code, found.out), ("1", [f"{number}|<null>|<null>|<null>"]))
        self.gone("20.75")

    def test_a_server_that_was_started_again_is_connected_to_again(self: Any) -> None:
        self.assertEqual(self.ask("query", "select 1, 2").code, "1")
        self.place.server.stop()
        self.place.server.start()
        for how in FUNCTIONS:
            self.assertEqual(self.ask(how, "select 1, 2").code, "3" if how == "keepless" else "1", how)

    def test_while_the_server_is_down_statements_fail_at_once(self: Any) -> None:
        self.assertEqual(self.ask("query", "select 1").code, "1")
        self.place.server.stop()
        for how in FUNCTIONS:
            found = self.ask(how, "select 1")
            self.assertEqual(found.code, "-1", how)
            self.assertLess(found.at, AT_ONCE)
        self.others_are_served()
        self.place.server.start()
        self.place.server.wait_for(lambda: self.ask("query", "select 1").code == "1", 10)

    def test_a_server_that_dies_under_a_statement(self: Any) -> None:
        waiting = self.send("query", self.sleep % 30.75)
        server = self.place.server
        server.wait_for(lambda: server.running("30.75") == 1, QUERY_TIMEOUT)
        server.stop()
        self.assertEqual(said(waiting.final()).code, "-1")
        server.start()
        server.wait_for(lambda: self.ask("query", "select 1").code == "1", 10)

    def test_a_server_that_hangs_under_a_statement(self: Any) -> None:
        """It does not even hear that it is to stop."""
        waiting = self.send("query", self.sleep % 30.375)
        server = self.place.server
        server.wait_for(lambda: server.running("30.375") == 1, QUERY_TIMEOUT)
        with server.frozen():
            self.others_are_served()
            found = said(waiting.final())
            self.assertEqual(found.code, "-1")
            self.assertLess(found.at, QUERY_TIMEOUT + AT_ONCE)
        server.wait_for(lambda: self.ask("query", "select 1").code == "1", 10)
        self.gone("30.375")

    def gone(self: Any, text: str) -> None:
        """No such statement is under way in the database."""
        server = self.place.server
        server.wait_for(lambda: server.running(text) == 0, 5)


class SqlCase(SynchronousTestCase):
    """The base of those that use the classes above."""
