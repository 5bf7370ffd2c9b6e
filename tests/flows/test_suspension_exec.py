"""Scripts that wait for commands, in a real server."""

from __future__ import annotations

import re
from functools import cache

from twisted.trial.unittest import SynchronousTestCase

from tests.served import Caller, Served, Standin

SCRIPT = r"""
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "xlog" loadmodule "exec"
@PARAMETERS@
request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    t_newtran();
    $avp(o) = "old";
    switch ($rU) {
        case "fails":    $var(rc) = exec_avp("echo one; exit 3", "$avp(o)"); break;
        case "true":     $var(rc) = exec_avp("true", "$avp(o)"); break;
        case "cmd":      $var(rc) = exec_cmd("exit 7"); break;
        case "async":    async(exec("echo a; echo b", , $avp(o)), r);
        case "noout":    async(exec("sleep 1; exit 3"), r);
        case "launch":   launch(exec("sleep 1"), report, "x"); $var(rc) = $rc; break;
        case "slow":     async(exec("sleep 4", , $avp(o)), r, 1);
    }
    route(ANSWER);
}
route[report] { xlog("L_WARN", "reported $rc $param(1)\n"); }
route[r] { $var(rc) = $rc; route(ANSWER); }
route[ANSWER] { append_to_reply("X-Said: $var(rc) $(avp(o)[*])\r\n"); t_reply("404", "x"); exit; }
"""


@cache
def shared(parameters: str) -> Served:
    return Served(Standin.until_exit(), SCRIPT, PARAMETERS=parameters)


class ExecTests(SynchronousTestCase):
    def say(self, user: str, parameters: str = "") -> str:
        caller = Caller(self, shared(parameters).port)
        caller.send("OPTIONS", user)
        self.at, message = caller.final()
        found = re.search(r"^X-Said: (.*?)\r?$", message, re.MULTILINE)
        assert found, message
        return found[1]

    def test_a_failure_is_minus_1_and_its_output_is_there(self) -> None:
        """G-66."""
        self.assertEqual(self.say("fails"), "-1 one, old")

    def test_success_is_1(self) -> None:
        """G-66."""
        self.assertEqual(self.say("true"), "1 old")

    def test_exec_cmd_fails_as_well(self) -> None:
        """G-66."""
        self.assertEqual(self.say("cmd"), "-1 old")

    def test_async_has_all_lines_the_last_on_top(self) -> None:
        """G-70."""
        self.assertEqual(self.say("async"), "1 b, a, old")

    def test_without_output_nothing_is_waited_for(self) -> None:
        """G-70."""
        self.assertEqual(self.say("noout"), "2 old")
        self.assertLess(self.at, 1.0)

    def test_the_exit_status_is_waited_for_where_it_is_wanted(self) -> None:
        wanted = 'modparam("exec", "exit_status", 1)'
        self.assertEqual(self.say("noout", wanted), "-3 old")
        self.assertGreater(self.at, 1.0)
        self.assertEqual(self.say("async", wanted), "1 b, a, old")

    def test_launch_reports_the_same(self) -> None:
        """G-70 by launch(), improved: the report route runs."""
        self.assertEqual(self.say("launch"), "1 old")
        shared("").wait_for("reported 2 x")

    def test_a_limit_ends_it(self) -> None:
        """G-70, improved: the limit of async() holds for commands too."""
        self.assertRegex(self.say("slow"), r"^-\d+ old$")
        self.assertTrue(1.0 <= self.at < 2.0, self.at)
