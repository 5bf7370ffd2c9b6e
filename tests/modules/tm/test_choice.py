from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.tm.branch import Branch
from sipapp.modules.tm.choice import MADE_UP, NONE, OPEN, pick, priority


def branches(*statuses: int, made_up: tuple[int, ...] = (), dropped: tuple[int, ...] = ()) -> list[Branch]:
    found = []
    for number, status in enumerate(statuses):
        transaction: Any = _Transaction()
        branch = Branch(transaction, number, b"sip:bob@example.com")
        branch.last = status
        branch.reply = None if number in dropped or status < 300 else MADE_UP if number in made_up else "a response"
        found.append(branch)
    return found


class _Transaction:
    on_reply = on_failure = on_branch_failure = ""


class ChoiceTests(SynchronousTestCase):
    def test_the_order_is_kamailio_s(self) -> None:
        order = [600, 603, 699, 300, 305, 401, 407, 415, 420, 484, 400, 402, 404, 408, 486, 499, 500, 503, 599]
        self.assertEqual(sorted(order, key=priority), order)

    def test_a_response_of_our_own_may_be_made_worse(self) -> None:
        self.assertEqual(pick(branches(408, 486, made_up=(0,)), NONE, 0, 0), (0, 408))
        self.assertEqual(pick(branches(408, 486, made_up=(0,)), NONE, 0, 1000), (1, 486))

    def test_nothing_is_chosen_while_a_branch_is_open(self) -> None:
        self.assertEqual(pick(branches(486, 180), NONE, 0, 0), (OPEN, 0))
        self.assertEqual(pick(branches(486, 0), NONE, 0, 0), (OPEN, 0))

    def test_open_branches_can_be_left_out(self) -> None:
        self.assertEqual(pick(branches(486, 180), NONE, 0, 0, open_too=True), (0, 486))

    def test_the_response_that_has_just_come_counts_for_its_branch(self) -> None:
        self.assertEqual(pick(branches(486, 180), 1, 404, 0), (1, 404))

    def test_of_equals_the_first_wins(self) -> None:
        self.assertEqual(pick(branches(486, 486), NONE, 0, 0), (0, 486))

    def test_responses_that_were_dropped_are_out(self) -> None:
        self.assertEqual(pick(branches(404, 486, dropped=(0,)), NONE, 0, 0), (1, 486))
        self.assertEqual(pick(branches(404, dropped=(0,)), NONE, 0, 0), (NONE, 0))
        self.assertEqual(pick([], NONE, 0, 0), (NONE, 0))

    @given(st.lists(st.integers(300, 699), min_size=1, max_size=8))
    def test_no_other_branch_is_better(self, statuses: list[int]) -> None:
        index, status = pick(branches(*statuses), NONE, 0, 0)
        self.assertEqual(statuses[index], status)
        self.assertEqual(priority(status), min(map(priority, statuses)))
