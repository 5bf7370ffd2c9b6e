"""known: what is kept in mind."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport.known import MOST, Known


class KnownTests(SynchronousTestCase):
    def test_it_never_has_more_than_it_may(self) -> None:
        known: Known[int, int] = Known()
        for number in range(MOST):
            known[number] = -number
        self.assertEqual((len(known), known.get(3)), (MOST, -3))
        known[MOST] = 1
        self.assertEqual(dict(known), {MOST: 1})
