"""sipapp/script/answers.py: return codes and values of functions."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.answers import code_of, outcome, value_of
from sipapp.script.runtime import ScriptExit
from tests.script.engine import Engine


class AnswerTests(SynchronousTestCase):
    def test_answers_become_return_codes(self) -> None:
        for answer, code in ((5, 5), (-3, -3), (0, 0), (True, 1), (False, -1), (None, 1), (b"x", 1), ("x", 1)):
            self.assertEqual(outcome(answer), code, answer)

    def test_zero_ends_the_run(self) -> None:
        self.assertEqual(code_of(7), 7)
        self.assertEqual(self.assertRaises(ScriptExit, code_of, 0).code, 0)

    def test_a_value_is_a_value_where_it_is_assigned(self) -> None:
        ctx = Engine("good();").context()
        self.assertEqual(value_of(ctx, "text"), b"text")
        self.assertEqual(ctx.rc, 1)
        self.assertEqual(value_of(ctx, False), -1)
        self.assertEqual(ctx.rc, -1)

    def test_what_is_no_answer_is_a_bug(self) -> None:
        self.assertRaises(TypeError, outcome, object())
