"""sipapp/script/bound.py: what a static type is known of."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import Position
from sipapp.interfaces.script import Access
from sipapp.script.bound import Binary, Constant, Expression, Read, Unary

AT = Position("app.cfg", 1, 1)
ONE = Constant(AT, 1)
TEXT = Constant(AT, b"a")
DYNAMIC = Read(AT, Access(lambda ctx: None), b"$x")


class TypeTests(SynchronousTestCase):
    def test_a_variable_is_of_no_type_before_it_runs(self) -> None:
        self.assertIsNone(DYNAMIC.type)

    def test_plus_is_of_its_left_sides_type(self) -> None:
        cases: list[tuple[Expression, object]] = [(ONE, int), (TEXT, bytes), (DYNAMIC, None)]
        for left, kind in cases:
            self.assertIs(Binary(AT, "+", left, DYNAMIC).type, kind)

    def test_comparisons_are_numbers_and_joined_texts_are_texts(self) -> None:
        self.assertIs(Binary(AT, "eq", TEXT, TEXT).type, int)
        self.assertIs(Binary(AT, ".", TEXT, ONE).type, bytes)

    def test_a_cast_has_the_type_that_it_casts_to(self) -> None:
        self.assertIs(Unary(AT, "(str)", ONE).type, bytes)
        self.assertIs(Unary(AT, "(int)", TEXT).type, int)
