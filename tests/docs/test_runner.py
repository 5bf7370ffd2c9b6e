"""tests/docs/runner.py finds what is not as the comments say."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.docs.runner import Directive, directives, mistakes

HEAD = 'debug=2\nloadmodule "sl"\nloadmodule "pv"\nloadmodule "xlog"\n'
ANSWER = HEAD + 'request_route { xinfo("one\\n"); xinfo("two\\n"); sl_send_reply("200", "OK"); } %s'
RELAY = HEAD + '# peer 192.0.2.2:5060: 486\nrequest_route { forward("192.0.2.2", 5060); } %s'


class DirectiveTests(SynchronousTestCase):
    def test_what_belongs_to_one_is_indented(self) -> None:
        text = 'f(); # -> 200 OK\n    #    X: 1\n    #    | body\n# said in passing\n# log: "#" and more\n'
        self.assertEqual(
            list(directives(text)),
            [Directive("->", "200 OK", ["X: 1", "| body"]), Directive("log:", '"#" and more', [])],
        )


class MistakeTests(SynchronousTestCase):
    def check(self, text: str, *wrong: str) -> None:
        found = mistakes(text)
        self.assertEqual(len(found), len(wrong), found)
        for sentence, part in zip(found, wrong, strict=True):
            self.assertIn(part, sentence)

    def test_right_ones_are_none(self) -> None:
        self.check(
            ANSWER % "# log: one\n# log: two\n# -> 200 OK (0 s)\n#    To: <sip:bob@example.com>;tag=...\n#    !X-A"
        )
        self.check(RELAY % "# => OPTIONS sip:bob@example.com\n#    Max-Forwards: 70\n# -> 486 ...")

    def test_another_status_reason_time_or_number_of_responses(self) -> None:
        self.check(ANSWER % "# -> 404 OK", "wants '404 OK', got '200 OK (0 s)'")
        self.check(ANSWER % "# -> 200 Fine", "wants '200 Fine'")
        self.check(ANSWER % "# -> 200 OK (1 s)", "wants '200 OK (1 s)'")
        self.check(ANSWER % "# -> 200 OK\n# -> 200 OK", "wants ['200 OK', '200 OK'], got ['200 OK (0 s)']")

    def test_another_field_or_body(self) -> None:
        self.check(ANSWER % "# -> 200 OK\n#    X-A: 1\n#    !To\n#    | hi", "'X-A: 1'", "'!To'", "'| hi'")

    def test_a_line_that_is_not_logged_or_in_another_order(self) -> None:
        self.check(ANSWER % "# log: three", "wants the line 'three'")
        self.check(ANSWER % "# log: two\n# log: one", "wants the line 'one'")

    def test_another_request(self) -> None:
        self.check(RELAY % "# => INVITE sip:bob@example.com", "wants 'INVITE sip:bob@example.com'")
        self.check(RELAY % "# => OPTIONS ...\n# => OPTIONS ...", "got ['OPTIONS sip:bob@example.com']")

    def test_another_answer_of_a_command(self) -> None:
        self.check(HEAD + "# rpc core.kill x y => ...\nrequest_route { exit; }", "got 'error core.kill takes")
        self.check(HEAD + "# rpc core.kill x y => error core.kill takes...\nrequest_route { exit; }")
        self.check(HEAD + "# rpc core.echo a => 5\nrequest_route { exit; }", "wants '5', got '[\"a\"]'")
