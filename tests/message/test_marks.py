# -*- test-case-name: tests.message.test_marks -*-
"""The marks of a Via that are known by heart."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.marks import MOST, Marks
from sipapp.message.plain import mark_via

names = st.sampled_from([b"rport", b"RPort=1", b"received=192.0.2.9", b"x", b"alias", b"branch=*"])
pieces = st.lists(names, max_size=9)  # with more, the text may be too long to be kept


class MarkTests(SynchronousTestCase):
    @given(pieces, pieces, st.sampled_from(["h", "192.0.2.1"]), st.booleans(), st.booleans())
    @settings(max_examples=500, deadline=None)
    def test_the_branch_changes_nothing(
        self, first: list[bytes], last: list[bytes], host: str, forced: bool, response: bool
    ) -> None:
        before = b";".join([b"SIP/2.0/UDP h:5070", *first]) + b";branch="
        after = b"".join(b";" + piece for piece in last)
        if b";branch=" in before[:-8]:
            return  # `forms` cuts at the first one
        known = Marks(MOST)
        for branch in (b"z9hG4bK1", b"z9hG4bK2"):
            value = before + branch + after
            marked = mark_via(value, 5080, host.encode(), host != "h", forced, response)
            expected = value if marked is None else value[: marked[0]] + marked[1]
            begin, end = known[b"Via: " + before, after, host, 5080, forced, response]
            self.assertEqual(begin + branch + end, b"Via: " + expected)
        self.assertEqual(len(known), 1)

    def test_a_long_one_is_not_kept(self) -> None:
        known = Marks(MOST)
        self.assertEqual(
            known[b"v:SIP/2.0/UDP h;branch=", b";x=" + b"y" * 600, "h", 5060, False, False],
            (b"v:SIP/2.0/UDP h;branch=", b";x=" + b"y" * 600),
        )
        self.assertFalse(known)
