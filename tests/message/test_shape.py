"""shape: which header fields a message has, and whether they are plain."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.shape import LARGEST, Shape, Shapes

USUAL = (b"via", b"via", b"from", b"to", b"x-one", b"call-id", b"cseq", b"content-length")


class ShapeTests(SynchronousTestCase):
    def test_the_first_of_each_key(self) -> None:
        shape = Shape(USUAL)
        self.assertEqual(shape.keys, list(USUAL))
        self.assertEqual(shape.first, {key: USUAL.index(key) for key in USUAL})
        numbers = (shape.via, shape.from_, shape.to, shape.call_id, shape.cseq, shape.length)
        self.assertEqual(numbers, (0, 2, 3, 5, 6, 7))

    def test_odd_parts_have_keys_too(self) -> None:
        shape = Shape((b":via", b"to", b":to"))
        self.assertEqual((shape.keys, shape.first), ([b"via", b"to", b"to"], {b"via": 0, b"to": 1}))
        self.assertEqual((shape.from_, shape.length), (-1, -1))

    def test_what_is_plain(self) -> None:
        self.assertTrue(Shape(USUAL).plain)
        self.assertTrue(Shape((*USUAL, b"x-one", b"via")).plain)
        for number, part in enumerate(USUAL):
            self.assertFalse(Shape((*USUAL[:number], b":" + part, *USUAL[number + 1 :])).plain)
        for key in (b"via", b"from", b"to", b"call-id", b"cseq"):
            self.assertFalse(Shape(tuple(part for part in USUAL if part != key)).plain)
        for key in (b"from", b"to", b"call-id", b"cseq", b"content-length"):
            self.assertFalse(Shape((*USUAL, key)).plain)
        self.assertFalse(Shape((*USUAL, b"max-forwards", b"max-forwards")).plain)

    def test_shapes_are_kept_unless_they_are_large(self) -> None:
        shapes = Shapes(2)
        self.assertIs(shapes[USUAL], shapes[tuple(USUAL)])
        self.assertEqual(len(shapes[(b"x",) * LARGEST].keys), LARGEST)
        self.assertEqual(list(shapes), [USUAL])
