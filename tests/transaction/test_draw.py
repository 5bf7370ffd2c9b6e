from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transaction.draw import draw

PAGE = Path(__file__).parents[2] / "docs" / "transactions.md"


class DrawTests(SynchronousTestCase):
    def test_the_page_in_docs_is_what_the_tables_say(self) -> None:
        self.assertEqual(PAGE.read_text(), draw(), "run `python -m sipapp.transaction.draw > docs/transactions.md`")

    def test_a_transition_is_one_row(self) -> None:
        rows = [" ".join(line.split()) for line in draw().splitlines()]
        self.assertIn("| CALLING | TIMER_A | | DOUBLE_A, SEND_REQUEST |", rows)
        self.assertIn("| CONFIRMED | TIMER_I | TERMINATED | TERMINATE |", rows)
