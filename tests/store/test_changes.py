"""What was done to an item and is to be done elsewhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.store.changes import Add, Change, Over, Put, State, after, join

NUMBERS = st.integers(-(2**31), 2**31 - 1)
SECONDS = st.integers(0, 6)
STATES = st.none() | st.builds(State, NUMBERS, SECONDS)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(Put, STATES),
    st.builds(Add, NUMBERS, st.none() | NUMBERS, SECONDS, st.none() | SECONDS),
    st.builds(Add, st.none(), st.none(), SECONDS, SECONDS),
    st.builds(Over, SECONDS, st.just(False)),
)


class ChangesTests(SynchronousTestCase):
    @given(STATES, st.lists(CHANGES, max_size=8))
    def test_few_changes_do_what_many_did(self, state: State | None, changes: list[Change]) -> None:
        joined: list[Change] = []
        for change in changes:
            join(joined, change)
        self.assertEqual(after(state, joined), after(state, changes))

    def test_what_goes_on_for_long_stays_small(self) -> None:
        joined: list[Change] = []
        for second in range(1, 1000):
            join(joined, Add(1, 0, second, None))
            join(joined, Add(None, None, 0, second))
        self.assertEqual(joined, [Add(999, 0, 999, 999)])
        join(joined, Put(State(b"x", 5)))
        join(joined, Add(None, None, 0, 9))
        self.assertEqual(joined, [Put(State(b"x", 9))])

    def test_that_an_item_was_over_is_told_whatever_comes_then(self) -> None:
        joined: list[Change] = [Over(7, True)]
        join(joined, Put(State(1, 9)))
        join(joined, Put(State(2, 9)))
        self.assertEqual(joined, [Over(7, True), Put(State(2, 9))])

    def test_a_text_is_no_number(self) -> None:
        text = State(b"x", 5)
        self.assertEqual(Add(1, 0, 7, 7).on(text), text)
        self.assertEqual(Add(None, None, 0, 7).on(text), State(b"x", 7))

    def test_a_new_item_takes_the_place_of_none(self) -> None:
        self.assertEqual(Put(State(1, 0), new=True).on(State(2, 0)), State(2, 0))
        self.assertEqual(Put(State(1, 0), new=True).on(None), State(1, 0))

    @given(st.builds(State, st.integers() | st.binary(), SECONDS))
    def test_an_item_as_bytes(self, state: State) -> None:
        self.assertEqual(State.unpacked(state.packed()), state)

    def test_what_is_no_item(self) -> None:
        for data in (b"", b"0:", b"0:x1", b"t1", b"a:t", b"0:ix"):
            self.assertRaises(ValueError, State.unpacked, data)
