"""Named places in lists, for the iterators of scripts."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.headers import Field
from sipapp.module import ConfigError
from sipapp.module.cursor import Cursor, Cursors, SpanCursors, iterator_name
from tests.modules.stage import context, request

MESSAGE = object()


class CursorTests(SynchronousTestCase):
    def test_goes_over_every_item_and_stays_at_the_end(self) -> None:
        cursor = Cursor(MESSAGE, "ab")
        walked = [(cursor.next(MESSAGE), cursor.current(MESSAGE)) for _ in range(4)]
        self.assertEqual(walked, [(True, "a"), (True, "b"), (False, None), (False, None)])

    def test_goes_back_to_before_the_first_item(self) -> None:
        cursor = Cursor(MESSAGE, "ab")
        cursor.next(MESSAGE)
        cursor.next(MESSAGE)
        walked = [(cursor.prev(MESSAGE), cursor.current(MESSAGE)) for _ in range(3)]
        self.assertEqual(walked, [(True, "a"), (False, None), (False, None)])
        self.assertTrue(cursor.next(MESSAGE))

    def test_there_is_no_way_back_from_the_end(self) -> None:
        cursor = Cursor(MESSAGE, "a")
        cursor.next(MESSAGE)
        cursor.next(MESSAGE)
        self.assertFalse(cursor.prev(MESSAGE))

    def test_is_at_its_end_over_another_message(self) -> None:
        cursor = Cursor(MESSAGE, "ab")
        cursor.next(MESSAGE)
        self.assertIsNone(cursor.current(object()))
        self.assertFalse(cursor.next(object()))


class CursorsTests(SynchronousTestCase):
    def test_each_name_is_a_place_of_its_own(self) -> None:
        cursors: Cursors[str] = Cursors("letters")
        ctx = context(request())
        cursors.start(ctx, b"one", "ab")
        cursors.start(ctx, b"two", "ab")
        cursors.next(ctx, b"one")
        self.assertEqual((cursors.current(ctx, b"one"), cursors.current(ctx, b"two")), ("a", None))

    def test_a_name_never_started_is_nowhere(self) -> None:
        cursors: Cursors[str] = Cursors("letters")
        ctx = context(request())
        self.assertFalse(cursors.next(ctx, b"one"))
        self.assertFalse(cursors.prev(ctx, b"one"))
        self.assertFalse(cursors.reset(ctx, b"one"))
        self.assertFalse(cursors.drop(ctx, b"one"))
        self.assertIsNone(cursors.current(ctx, b"one"))

    def test_a_run_does_not_see_another_runs(self) -> None:
        cursors: Cursors[str] = Cursors("letters")
        cursors.start(context(request()), b"one", "ab")
        self.assertFalse(cursors.next(context(request()), b"one"))

    def test_reset_starts_again_and_drop_forgets(self) -> None:
        cursors: Cursors[str] = Cursors("letters")
        ctx = context(request())
        cursors.start(ctx, b"one", "ab")
        cursors.next(ctx, b"one")
        self.assertTrue(cursors.reset(ctx, b"one"))
        self.assertTrue(cursors.next(ctx, b"one"))
        self.assertEqual(cursors.current(ctx, b"one"), "a")
        self.assertTrue(cursors.drop(ctx, b"one"))
        self.assertFalse(cursors.next(ctx, b"one"))


class SpanCursorsTests(SynchronousTestCase):
    def test_the_message_is_edited_around_the_piece_that_it_is_on(self) -> None:
        cursors: SpanCursors[Field] = SpanCursors("fields")
        ctx = context(request())
        max_forwards = ctx.message.field(b"max-forwards")
        assert max_forwards is not None
        cursors.start(ctx, b"it", [max_forwards])
        for edit in (cursors.delete(ctx, b"it"), cursors.append(ctx, b"it", b"X: 2\r\n")):
            self.assertFalse(edit)
        self.assertEqual(ctx.draft.render(ctx.message), ctx.message.raw)
        cursors.next(ctx, b"it")
        self.assertTrue(cursors.insert(ctx, b"it", b"X: 1\r\n"))
        self.assertTrue(cursors.delete(ctx, b"it"))
        self.assertTrue(cursors.append(ctx, b"it", b"X: 2\r\n"))
        self.assertEqual(
            ctx.draft.render(ctx.message), ctx.message.raw.replace(b"Max-Forwards: 70\r\n", b"X: 1\r\nX: 2\r\n")
        )


class IteratorNameTests(SynchronousTestCase):
    def test_a_name_is_needed(self) -> None:
        self.assertEqual(iterator_name(b"i"), b"i")
        self.assertRaises(ConfigError, iterator_name, b"")
