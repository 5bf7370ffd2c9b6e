"""sipapp.ids."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.ids import MAGIC_COOKIE, CountedIds, IIdSource, RandomIds


class IdTests(SynchronousTestCase):
    def test_both_are_what_is_asked_for(self) -> None:
        for source in (RandomIds(), CountedIds()):
            verifyObject(IIdSource, source)

    def test_random_ones_differ_and_between_processes_too(self) -> None:
        one, other = RandomIds(), RandomIds()
        for name in ("branch", "tag", "call_id"):
            made = [getattr(source, name)() for source in (one, one, other, other)]
            self.assertEqual(len(set(made)), 4, name)

    def test_branches_begin_with_the_cookie(self) -> None:
        for source in (RandomIds(), CountedIds()):
            self.assertTrue(source.branch().startswith(MAGIC_COOKIE))

    def test_counted_ones_can_be_written_down_beforehand(self) -> None:
        ids = CountedIds()
        self.assertEqual((ids.branch(), ids.tag(), ids.call_id()), (b"z9hG4bK-1", b"tag-2", b"call-3"))
