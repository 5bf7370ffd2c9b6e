"""sipapp/script/members.py: what may not stand in a parallel block."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import mistakes


class MisplacedTests(SynchronousTestCase):
    def test_break_cannot_leave_the_block(self) -> None:
        self.assertEqual(
            mistakes("while (1) {\nparallel { wait(1); { break; } } }"),
            [
                "app.cfg:4:23: break cannot leave a parallel block; return ends the one statement, exit the script",
            ],
        )

    def test_break_within_a_loop_or_switch_of_the_member_is_fine(self) -> None:
        body = "parallel { while (1) { if (good()) break; } switch (1) { case 1: break; } }"
        self.assertEqual(mistakes(body), [])

    def test_async_cannot_stand_in_it(self) -> None:
        self.assertEqual(
            mistakes("parallel { async(wait(1), R); if (good()) { async(wait(1), R); } }", "route[R] { exit; }"),
            [
                "app.cfg:3:12: async() cannot stand in a parallel block: call the function itself, it waits here",
                "app.cfg:3:45: async() cannot stand in a parallel block: call the function itself, it waits here",
            ],
        )

    def test_a_mistake_in_a_member_is_found_at_its_place(self) -> None:
        self.assertEqual(
            mistakes('parallel {\n  nosuch(1);\n  { $var(x) = 1 + "a"; }\n}')[0][:14],
            "app.cfg:4:3: n",
        )

    def test_it_may_stand_in_onsend_route(self) -> None:
        self.assertEqual(mistakes("parallel { wait(1); good(); }", kind="onsend_route"), [])
