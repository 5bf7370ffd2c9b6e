"""Statements in the log."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.modules.debugger.tracing import level
from tests.modules.talk import TalkCase

ON = 'modparam("debugger", "cfgtrace", 1)'


class TracingTests(TalkCase):
    modules = "debugger"

    def traced(self, head: str) -> list[str]:
        self.run_script("$var(x) = 5;\nroute(A);", head=head, routes="route[A] { return; }")
        return [line for line in self.sip.lines() if line.startswith("*** cfgtrace:")]

    def test_each_statement_is_a_line(self) -> None:
        self.assertEqual(
            self.traced(ON),
            [
                "*** cfgtrace: request_route=[DEFAULT_ROUTE] c=[app.cfg] l=9 n=assign",
                "*** cfgtrace: request_route=[DEFAULT_ROUTE] c=[app.cfg] l=10 n=route",
                "*** cfgtrace: route=[A] c=[app.cfg] l=7 n=return",
                "*** cfgtrace: request_route=[DEFAULT_ROUTE] c=[app.cfg] l=11 n=sl_send_reply",
            ],
        )

    def test_or_none(self) -> None:
        self.assertEqual(self.traced(""), [])
        self.assertEqual(self.traced('modparam("debugger", "log_assign", 1)'), [])

    def test_the_file_may_be_left_out(self) -> None:
        lines = self.traced(ON + 'modparam("debugger", "cfgtrace_format", 1)')
        self.assertEqual(lines[0], "*** cfgtrace: request_route=[DEFAULT_ROUTE] l=9 n=assign")

    def test_only_at_its_level(self) -> None:
        self.assertEqual(self.traced(ON + 'modparam("debugger", "log_level", 2)'), [])
        self.assertEqual(len(self.traced(ON + 'modparam("debugger", "log_level", 2) debug=2')), 4)

    def test_under_a_name_of_its_own(self) -> None:
        self.traced(ON + 'modparam("debugger", "log_level_name", "TRACE")')
        self.assertTrue(any(event.get("log_system") == "TRACE" for event in self.sip.log))

    def test_assignments(self) -> None:
        script = '$var(x) = 5; $avp(y) = "text"; $var(x) = $null;'
        self.run_script(script, head='modparam("debugger", "log_assign", 1) debug=3')
        lines = [line for line in self.sip.lines() if line.startswith(("$var(x):", "$avp(y):"))]
        self.assertEqual(lines, ["$var(x):5", '$avp(y):"text"', "$var(x):$null"])

    def test_breakpoints_are_none(self) -> None:
        self.run_script('dbg_breakpoint("1"); exit;', head='modparam("debugger", "breakpoint", 1)')
        self.assertTrue(self.logged("there are no breakpoints"))

    def test_levels_by_their_letter(self) -> None:
        self.assertEqual([level(name) for name in (b"L_ERR", b"L_DBG", b"L_CRIT2")], [-1, 3, -3])
        self.assertRaises(ConfigError, level, b"ERR")
