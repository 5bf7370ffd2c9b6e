"""modules/mqueue/queue.py: what a queue is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.mqueue.queue import Definition, Queue


class DefinitionTests(SynchronousTestCase):
    def test_names_of_attributes_are_in_any_case(self) -> None:
        self.assertEqual(Definition.parse("NAME=q;Size=3;addmode=1;dbmode=2;"), Definition(b"q", 3, 1, 2))

    def test_mistakes_are_refused(self) -> None:
        for text in ("size=3", "name=", "name=q;other=1", "name=q;size=x"):
            self.assertRaises(ConfigError, Definition.parse, text)


class QueueTests(SynchronousTestCase):
    def filled(self, text: str) -> list[tuple[bytes, bytes]]:
        queue = Queue(Definition.parse(text))
        for key, value in ((b"a", b"1"), (b"b", b"2"), (b"a", b"3")):
            queue.add(key, value)
        return list(queue)

    def test_what_is_too_much_drops_the_oldest(self) -> None:
        self.assertEqual(self.filled("name=q;size=2"), [(b"b", b"2"), (b"a", b"3")])

    def test_a_key_may_be_there_once_the_oldest_or_the_newest(self) -> None:
        self.assertEqual(self.filled("name=q"), [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")])
        self.assertEqual(self.filled("name=q;addmode=1"), [(b"a", b"1"), (b"b", b"2")])
        self.assertEqual(self.filled("name=q;addmode=2"), [(b"b", b"2"), (b"a", b"3")])

    def test_the_oldest_is_taken_first(self) -> None:
        queue = Queue(Definition(b"q"))
        queue.add(b"a", b"1")
        queue.add(b"b", b"2")
        self.assertEqual([queue.take(), len(queue), queue.take(), queue.take()], [(b"a", b"1"), 1, (b"b", b"2"), None])
