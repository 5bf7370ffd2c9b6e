from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.resting import resting


class Numbers:
    __slots__ = ("name", "squares")

    def __init__(self, name: str) -> None:
        self.name = name
        self.remember()

    def remember(self) -> None:
        self.squares = [1, 4, 9]

    def forget(self) -> None:
        del self.squares
        self.__class__ = resting(Numbers)


class RestingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.numbers = Numbers("a")
        self.numbers.forget()

    def test_what_is_there_wakes_nobody(self) -> None:
        self.assertEqual(self.numbers.name, "a")
        self.assertIsNot(type(self.numbers), Numbers)
        self.assertIsInstance(self.numbers, Numbers)

    def test_what_is_missing_is_had_again_and_the_class_is_the_usual_one(self) -> None:
        self.assertEqual(self.numbers.squares, [1, 4, 9])
        self.assertIs(type(self.numbers), Numbers)

    def test_it_may_rest_again(self) -> None:
        self.assertEqual(self.numbers.squares, [1, 4, 9])
        self.numbers.forget()
        self.assertEqual(self.numbers.squares, [1, 4, 9])

    def test_no_other_name_is_made_up(self) -> None:
        with self.assertRaises(AttributeError):
            self.numbers.cubes  # type: ignore[attr-defined]  # noqa: B018

    def test_the_usual_class_looks_nothing_up_the_long_way(self) -> None:
        self.assertFalse(hasattr(Numbers, "__getattr__"))
        self.assertIs(resting(Numbers), resting(Numbers))
