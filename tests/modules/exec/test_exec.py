"""sipapp.modules.exec, with real commands, in a real server."""

from __future__ import annotations

import time

from tests.modules.talk import TalkCase
from tests.saying import SayingCase
from tests.served import Caller, Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "xlog" loadmodule "exec"
modparam("exec", "time_to_kill", 1)

request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    t_newtran();
    $avp(a) = "before";
    switch ($rU) {
    case "avp":
        $var(rc) = exec_avp("echo one; echo; echo 'two  '; echo three; exit 3", "$avp(a);$avp(b)");
        $var(out) = $(avp(a)[*]) + "/" + $avp(b) + "/" + $(avp(i:3));
        break;
    case "silent":  $var(rc) = exec_avp("true", "$avp(a)"); $var(out) = $avp(a); break;
    case "msg":     $var(rc) = exec_msg("grep -q '^Call-ID'"); $var(out) = "-"; break;
    case "cmd":     $var(rc) = exec_cmd("exit 7"); $var(out) = "-"; break;
    case "dset":
        $var(rc) = exec_dset("printf '%s\\n' sip:c@192.0.2.3 sip:d@192.0.2.4; echo");
        $var(out) = $ru + "/" + $(branch(uri)[0]);
        break;
    case "nobody":  $var(rc) = exec_dset("true"); $var(out) = "-"; break;
    case "env":     $var(rc) = exec_avp("echo $$SIP_USER $$SIP_SRCIP", "$avp(a)"); $var(out) = $avp(a); break;
    case "slow":    $var(rc) = exec_avp("echo one; sleep 20", "$avp(a)"); $var(out) = $avp(a); break;
    case "async":   async(exec("cat; echo b", "a\\n", $avp(o)), DONE);
    case "limit":   async(exec("sleep 20; echo a", , $avp(o)), DONE, 1);
    case "wait":    exec_cmd("sleep 20"); $var(rc) = 0; $var(out) = "-"; break;
    case "launch":  launch(exec("echo $$A >@FILE@", , $avp(o)), REPORT); $var(rc) = 1; $var(out) = "-"; break;
    }
    route(ANSWER);
}
route[DONE] { $var(rc) = $rc; $var(out) = $(avp(o)[*]); route(ANSWER); }
route[REPORT] { xlog("L_WARN", "report $rc\\n"); }
route[ANSWER] {
    append_to_reply("X-Out: $var(rc) $var(out)\\r\\n");
    t_reply("480", "Done");
    exit;
}
"""


class ServedTests(SayingCase):
    holder: Standin
    served: Served | None = None

    def setUp(self) -> None:
        cls = type(self)
        if cls.served is None:
            cls.holder = Standin.until_exit()
            cls.served = Served(cls.holder, SCRIPT, FILE=cls.holder.mktemp())
        self.call(cls.served)

    def test_lines_become_avps_whatever_the_status(self) -> None:
        self.assertEqual(self.say("avp"), "-1 one, before/two/three")

    def test_without_output_the_avps_stay(self) -> None:
        self.assertEqual(self.say("silent"), "1 before")

    def test_the_message_is_the_input(self) -> None:
        self.assertEqual(self.say("msg"), "1 -")

    def test_a_status_that_is_not_0_is_false(self) -> None:
        self.assertEqual(self.say("cmd"), "-1 -")

    def test_lines_become_targets(self) -> None:
        self.assertEqual(self.say("dset"), "1 sip:c@192.0.2.3/sip:d@192.0.2.4")
        self.assertEqual(self.say("nobody"), "-1 -")

    def test_commands_know_the_request(self) -> None:
        self.assertEqual(self.say("env"), "1 env 127.0.0.1")

    def test_time_to_kill_ends_a_command_and_what_it_wrote_is_kept(self) -> None:
        began = time.monotonic()
        self.assertEqual(self.say("slow"), "-1 one")
        self.assertLess(time.monotonic() - began, 4)

    def test_the_log_names_the_line_of_the_script_that_waited_for_what_was_ended(self) -> None:
        self.say("slow")
        number = next(number for number, line in enumerate(SCRIPT.splitlines(), 1) if 'case "slow"' in line)
        self.assertRegex(self.sip.log, rf"modules\.exec \S*app\.cfg:{number}\] command echo one; sleep 20 was ended")

    def test_nobody_else_waits(self) -> None:
        self.alice.send("INVITE", "slow")
        other = Caller(self, self.alice.server[1])
        took, status = other.ask("OPTIONS")
        self.assertEqual(status, 200)
        self.assertLess(took, 0.5)
        self.assertIn("X-Out: -1", self.alice.final()[1])

    def test_async_resumes_with_the_lines_the_last_on_top(self) -> None:
        self.assertEqual(self.say("async"), "1 b, a")

    def test_the_time_limit_of_async_ends_the_command(self) -> None:
        began = time.monotonic()
        self.assertEqual(self.say("limit").split()[0], "-1")
        self.assertLess(time.monotonic() - began, 4)

    def test_a_cancel_ends_the_wait_at_once(self) -> None:
        self.alice.send("INVITE", "wait")
        self.alice.receive()
        self.alice.cancel()
        statuses = sorted(self.alice.final()[1].split()[1] for _ in range(2))
        self.assertEqual(statuses, ["200", "487"])

    def test_launch_reports(self) -> None:
        assert self.served is not None
        self.assertEqual(self.say("launch"), "1 -")
        self.served.wait_for("report 1")


class CheckTests(TalkCase):
    modules = "exec"

    def test_a_list_of_something_else_than_avps_is_a_mistake(self) -> None:
        with self.assertRaises(Exception) as caught:
            self.serve('exec_avp("true", "$var(a)");')
        self.assertIn("a list of AVPs is expected", str(caught.exception))

    def test_variables_come_from_one_avp(self) -> None:
        with self.assertRaises(Exception) as caught:
            self.serve('async(exec("true", "", $avp(o), $avp(e), "$avp(a);$avp(b)"), R);', routes="route[R] { exit; }")
        self.assertIn("one AVP", str(caught.exception))

    def test_a_result_needs_a_variable_that_can_be_written(self) -> None:
        with self.assertRaises(Exception) as caught:
            self.serve('async(exec("true", "", $si), R);', routes="route[R] { exit; }")
        self.assertIn("cannot be written", str(caught.exception))
