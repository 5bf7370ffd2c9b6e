from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.owncode import own_code


class Shape:
    sides = 0

    def name(self, prefix: str = "a ", *, suffix: str = "") -> str:
        """What it is."""
        return prefix + type(self).__name__.lower() + suffix

    @property
    def corners(self) -> int:
        """As many as sides."""
        return self.sides

    def area(self) -> float:
        return 0.0


@own_code
class Square(Shape):
    sides = 4

    def area(self) -> float:
        return 1.0 + super().area()


@own_code
class Circle(Shape):
    pass


class OwnCodeTests(SynchronousTestCase):
    def test_what_is_inherited_does_what_it_did(self) -> None:
        self.assertEqual((Square().name(), Square().name("one ", suffix="!")), ("a square", "one square!"))
        self.assertEqual((Square().corners, Circle().corners), (4, 0))
        self.assertEqual((Square().area(), Circle().area()), (1.0, 0.0))

    def test_each_kind_has_a_copy_of_the_code(self) -> None:
        self.assertIsNot(Square.name.__code__, Circle.name.__code__)
        self.assertEqual(Square.name.__code__, Shape.name.__code__)

    def test_it_is_documented_as_before(self) -> None:
        self.assertEqual((Square.name.__doc__, Square.name.__qualname__), ("What it is.", "Shape.name"))
        self.assertEqual(Square.corners.__doc__, "As many as sides.")

    def test_what_nobody_inherits_stays_with_whom_it_is(self) -> None:
        self.assertNotIn("sides", vars(Circle))
        self.assertEqual(Shape().name(), "a shape")
