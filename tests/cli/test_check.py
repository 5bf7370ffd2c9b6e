"""sipapp/cli/check.py: mistakes and warnings, and the exit status."""

from __future__ import annotations

from tests.cli.texts import CommandCase


class CheckTests(CommandCase):
    def test_a_script_without_mistakes(self) -> None:
        self.sipapp("check", self.write("app.cfg", "request_route { exit; }"))
        self.assertEqual((self.status, self.out, self.err), (0, ["app.cfg: no mistakes"], []))

    def test_each_mistake_has_its_line_and_a_caret(self) -> None:
        self.sipapp("check", self.write("app.cfg", "request_route {\n\tnope(); route(X);\n}"))
        self.assertEqual(self.status, 1)
        self.assertEqual(self.out, [])
        self.assertEqual(
            self.err,
            [
                "app.cfg:2:2: nope(): no such function",
                "    nope(); route(X);",
                "    ^",
                "app.cfg:2:10: route(X): there is no route[X]",
                "    nope(); route(X);",
                "            ^",
                "app.cfg: 2 mistakes",
            ],
        )

    def test_an_included_file_names_who_included_it(self) -> None:
        self.write("in.cfg", "  nope();\n")
        self.sipapp("check", self.write("app.cfg", 'request_route {\n  include_file "in.cfg"\n}'))
        self.assertEqual(
            self.err,
            [
                "in.cfg:1:3: nope(): no such function",
                "    nope();",
                "    ^",
                "  included from app.cfg:2:3",
                "app.cfg: 1 mistake",
            ],
        )

    def test_columns_are_those_of_the_file_whatever_defines_and_substitutions_make_of_it(self) -> None:
        text = (
            '#!define LONG 12345678\n#!subst "/DOMAIN/example.com/"\nloadmodule "sl"\n'
            'request_route { $shv(x) = LONG + LONG; sl_send_reply("DOMAIN", "OK"); nope(LONG); }'
        )
        self.sipapp("check", self.write("app.cfg", text))
        self.assertEqual(
            [line for line in self.err if line.startswith("app.cfg:4")],
            [
                'app.cfg:4:17: $shv: no such variable; it is in module pv: loadmodule "pv"',
                "app.cfg:4:54: sl_send_reply(): 'code' must be int, got 'example.com'",
                "app.cfg:4:71: nope(): no such function",
            ],
        )

    def test_a_wrong_variable_in_a_text_has_its_own_column(self) -> None:
        text = 'loadmodule "pv"\nloadmodule "xlog"\nrequest_route { xlog("é $rU $nope $(ru{s.nope}) \\t $gone"); }'
        self.sipapp("check", self.write("app.cfg", text))
        self.assertEqual(
            [line for line in self.err if line.startswith("app.cfg:3")],
            [
                "app.cfg:3:22: xlog(): $gone: no such variable",
                "app.cfg:3:29: xlog(): $nope: no such variable",
                "app.cfg:3:35: xlog(): {s.nope}: no such transformation",
            ],
        )

    def test_warnings_leave_the_status_alone(self) -> None:
        self.sipapp("check", self.write("app.cfg", "request_route { exit; exit; }"))
        self.assertEqual((self.status, self.out), (0, ["app.cfg: no mistakes"]))
        self.assertEqual(
            self.err,
            [
                "app.cfg:1:23: warning: nothing reaches this: exit comes before it",
                "    request_route { exit; exit; }",
                "                          ^",
            ],
        )

    def test_they_are_told_beside_mistakes(self) -> None:
        text = 'loadmodule "tm"\nrequest_route {\n  t_on_failure("FAI");\n  nope();\n}\nfailure_route[FAIL] { exit; }'
        self.sipapp("check", self.write("app.cfg", text))
        self.assertEqual(
            (self.status, [line for line in self.err if line.startswith("app.cfg")]),
            (
                1,
                [
                    "app.cfg:4:3: nope(): no such function",
                    'app.cfg:3:16: warning: t_on_failure(): there is no failure_route[FAI]; did you mean "FAIL"?',
                    "app.cfg: 1 mistake",
                ],
            ),
        )

    def test_a_route_whose_call_could_not_be_read_is_not_called_unused(self) -> None:
        self.sipapp("check", self.write("app.cfg", "request_route { if (1) ) route(A); }\nroute[A] { exit; }"))
        self.assertFalse([line for line in self.err if "warning" in line], self.err)
        self.assertEqual(self.status, 1)

    def test_unless_they_are_mistakes(self) -> None:
        self.sipapp("check", "-W", "error", self.write("app.cfg", "request_route { exit; exit; }"))
        self.assertEqual((self.status, self.out, self.err[-1]), (1, [], "app.cfg: 1 warning"))

    def test_defines_come_from_the_command_line(self) -> None:
        path = self.write("app.cfg", "#!ifdef BAD\nnope\n#!endif\nrequest_route { if (NUMBER == 5) exit; }")
        self.sipapp("check", "-A", "NUMBER=5", path)
        self.assertEqual(self.status, 0)
        self.sipapp("check", "-A", "NUMBER=5", "-A", "BAD", path)
        self.assertEqual(self.status, 1)

    def test_a_file_that_cannot_be_read_is_status_1(self) -> None:
        self.sipapp("check", str(self.folder / "nosuch.cfg"))
        self.assertEqual((self.status, self.err), (1, ["sipapp: cannot read nosuch.cfg: No such file or directory"]))

    def test_the_python_may_be_seen(self) -> None:
        self.sipapp("check", "--dump-python", self.write("app.cfg", "request_route { exit; }"))
        self.assertIn("def request_route(ctx, depth=1):", self.out)

    def test_strict_warns_of_what_another_server_would_not_do(self) -> None:
        text = "request_route {\n  parallel { exit; exit; }\n}"
        self.sipapp("check", self.write("app.cfg", text), "--strict", "opensips")
        self.assertEqual((self.status, self.out), (0, ["app.cfg: no mistakes"]))
        self.assertEqual(
            self.err,
            ["app.cfg:2:3: warning: OpenSIPS: knows no parallel block", "    parallel { exit; exit; }", "    ^"],
        )
        self.sipapp("check", self.write("app.cfg", text), "--strict", "kamailio", "-W", "error")
        self.assertEqual(self.status, 1)
