"""sipapp/cli/explain.py: one message, from the command line through a script."""

from __future__ import annotations

from tests.cli.texts import INVITE, CommandCase

MODULES = "".join(f'loadmodule "{name}"\n' for name in ("sl", "tm", "pv", "async", "textops", "xlog"))
LINES = MODULES.count("\n")


class ExplainTests(CommandCase):
    def explain(self, script: str, *arguments: str, message: str = INVITE) -> list[str]:
        """What is printed; the script's first line is 1 in it."""
        path, request = self.write("app.cfg", MODULES + script), self.write("invite.sip", message)
        self.sipapp("explain", "-c", path, *arguments, request)
        shown = []
        for line in self.out:
            for number in range(LINES + 20, LINES, -1):
                line = line.replace(f"app.cfg:{number}:", f"{number - LINES}:")
            shown.append(line)
        return shown

    def test_each_statement_is_told_with_what_comes_of_it(self) -> None:
        self.assertEqual(
            self.explain(
                'request_route {\n  if (is_method("BYE")) exit;\n  $var(x) = "a" + $rU;\n'
                "  $avp(n) = $null; route(A);\n}\n"
                'route[A] { switch ($var(x)) { case "abob": return 3; } }'
            ),
            [
                "request_route:",
                '  2:3: if (is_method("BYE")) exit;',
                "        is_method() -> -1",
                "        if: false",
                '  3:3: $var(x) = "a" + $rU;',
                '        $var(x) = "abob"',
                "  4:3: $avp(n) = $null; route(A);",
                "        $avp(n) = $null",
                "  4:20: route(A);",
                "route[A]:",
                '  6:12: switch ($var(x)) { case "abob": return 3; } }',
                '        switch: "abob"',
                "  6:44: return 3; } }",
                "        route(A) -> 3",
            ],
        )
        self.assertEqual((self.status, self.err), (0, []))

    def test_what_goes_on_is_shown_by_what_has_changed(self) -> None:
        told = self.explain('request_route { $du = "sip:203.0.113.9"; append_hf("X-A: b\\r\\n"); t_relay(); }')
        at = told.index("        sends INVITE sip:bob@example.com SIP/2.0 to udp:203.0.113.9:5060")
        self.assertEqual(
            told[at + 1 :],
            [
                "          + Via: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK-1.0",
                "          + X-A: b",
                "        t_relay() -> 1",
            ],
        )

    def test_an_answer_is_shown_whole(self) -> None:
        told = self.explain('request_route { sl_send_reply(200, "OK"); }')
        self.assertEqual(told[2], "        sends SIP/2.0 200 OK to udp:192.0.2.7:5070")
        self.assertIn("          CSeq: 1 INVITE", told)

    def test_waits_take_no_time_and_are_told(self) -> None:
        told = self.explain('request_route {\n  sl_send_reply(100, "Trying");\n  async_sleep("2");\n  exit;\n}')
        at = told.index("        waits 2 s for async_sleep() at 3:3")
        self.assertEqual(told[at + 1 : at + 3], ["        async_sleep() -> 1", "  4:3: exit;"])

    def test_the_log_is_told_at_its_level(self) -> None:
        told = self.explain('request_route { xlog("L_WARN", "look: $rU\\n"); }')
        self.assertEqual(told[2], "        logs WARNING: <script>: look: bob")

    def test_functions_that_fail_are_told_with_the_log_line(self) -> None:
        told = self.explain('request_route { $var(n) = "x"; async_sleep("$var(n)"); }')
        self.assertEqual(
            told[-2:],
            [
                "        logs ERROR: 1:32: async_sleep(): 'seconds' must be a number, got 'x', in request_route,"
                " call 1@example.com",
                "        async_sleep() -> -1",
            ],
        )

    def test_time_may_go_on_afterwards(self) -> None:
        script = 'request_route { $du = "sip:203.0.113.9"; t_relay(); }'
        self.assertEqual(sum("sends INVITE" in line for line in self.explain(script)), 1)
        told = self.explain(script, "--seconds", "2")
        self.assertEqual(sum("sends INVITE" in line for line in told), 3)
        self.assertIn("        0.5 s pass", told)

    def test_answers_may_be_made_up(self) -> None:
        told = self.explain(
            'request_route { $du = "sip:203.0.113.9"; t_on_failure("F"); t_relay(); }\n'
            'failure_route[F] { t_reply(480, "Gone"); }',
            "--answer",
            "486",
        )
        self.assertIn("failure_route[F]:", told)
        self.assertIn("        sends SIP/2.0 480 Gone to udp:192.0.2.7:5070", told)

    def test_the_source_is_the_top_via_s_unless_it_is_given(self) -> None:
        script = 'request_route { xlog("L_ERR", "$proto:$si:$sp"); }'
        self.assertIn("<script>: udp:192.0.2.7:5070", self.explain(script)[2])
        self.assertIn(
            "<script>: udp:192.0.2.1:5060",
            self.explain(script, message=INVITE.replace("192.0.2.7:5070", "a.example"))[2],
        )
        given = self.explain("listen=tcp:192.0.2.100:5060\n" + script, "--from", "tcp:[2001:db8::1]:7")[2]
        self.assertIn("<script>: tcp:2001:db8::1:7", given.replace("[", "").replace("]", ""))

    def test_a_reply_goes_through_the_reply_route(self) -> None:
        reply = INVITE.replace("INVITE sip:bob@example.com SIP/2.0", "SIP/2.0 180 Ringing")
        told = self.explain("reply_route { exit; }", message=reply)
        self.assertEqual(told[:2], ["reply_route:", "  1:15: exit; }"])

    def test_the_message_may_come_by_standard_input(self) -> None:
        path = self.write("app.cfg", "request_route { exit; }")
        self.sipapp("explain", "-c", path, "-", stdin=INVITE.rstrip("\n"))
        self.assertEqual((self.status, self.out[0]), (0, "request_route:"))

    def test_mistakes_of_the_script_are_told_and_status_1(self) -> None:
        self.explain("request_route { nope(); }")
        self.assertEqual((self.status, self.out), (1, []))
        self.assertIn("nope(): no such function", self.err[0])

    def test_what_is_no_message_or_not_there_is_status_1(self) -> None:
        self.explain("request_route { exit; }", message="hello\n")
        self.assertEqual(self.status, 1)
        self.assertIn("invite.sip is no SIP message", self.err[0])
        self.sipapp("explain", "-c", "app.cfg", str(self.folder / "nosuch"))
        self.assertEqual((self.status, self.err), (1, ["sipapp: cannot read nosuch: No such file or directory"]))
