"""arguments: what may stand behind the name of a transformation."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Access, Value
from sipapp.module.arguments import Arguments, own_number
from sipapp.script.values import TextWithNumber


class _Binder:
    def variable(self, source: bytes) -> Access:
        return Access(lambda ctx: ctx.values[source])  # type: ignore[attr-defined]


def read(source: bytes) -> Arguments:
    return Arguments("s.x", source, _Binder())  # type: ignore[arg-type]


class ArgumentsTests(SynchronousTestCase):
    def value(self, argument: Any, value: Value) -> object:
        ctx: Any = SimpleNamespace(values={b"$a": value, b"$(a{s.len})": value})
        return argument(ctx)

    def refused(self, reading: Callable[[], object], reason: str) -> None:
        self.assertEqual(str(self.assertRaises(ConfigError, reading)), reason)

    def test_numbers_may_have_signs_and_blanks(self) -> None:
        arguments = read(b", -3 ,+ 4,0")
        self.assertEqual([arguments.number(), arguments.number(), arguments.number()], [-3, 4, 0])
        self.assertFalse(arguments.more())

    def test_a_number_is_nothing_else(self) -> None:
        self.refused(read(b",x").number, "{s.x}: wants a number, got 'x'")
        self.refused(read(b",1x").number, "{s.x}: wants a number, got '1x'")

    def test_a_text_keeps_the_blanks_behind_it(self) -> None:
        arguments = read(b", a b ,c")
        self.assertEqual([arguments.text(), arguments.text()], [b"a b ", b"c"])

    def test_a_text_may_be_empty(self) -> None:
        arguments = read(b",a,")
        self.assertEqual([arguments.text(), arguments.more(), arguments.text()], [b"a", True, b""])

    def test_a_variable_may_stand_for_a_number(self) -> None:
        for given, number in ((5, 5), (b"-7", None), (TextWithNumber(b"udp", 1), 1), (b"x", None), (None, None)):
            self.assertEqual(self.value(read(b",$a").number(), given), number)

    def test_a_variable_may_stand_for_a_text_but_an_empty_one_has_none(self) -> None:
        for given, text in ((b"x", b"x"), (5, b"5"), (b"", None), (None, None)):
            self.assertEqual(self.value(read(b", $(a{s.len}) ").text(), given), text)

    def test_a_natural_number_is_not_negative(self) -> None:
        self.assertEqual(read(b",3").natural(), 3)
        self.refused(read(b",-3").natural, "{s.x}: wants a number that is not negative, got '-3'")
        for given, number in ((5, 5), (-5, None), (b"x", None)):
            self.assertEqual(self.value(read(b",$a").natural(), given), number)

    def test_only_numbers_and_texts_with_one_have_a_number_of_their_own(self) -> None:
        for given, number in ((5, 5), (TextWithNumber(b"udp", 1), 1), (b"7", None), (None, None)):
            self.assertEqual(own_number(given), number)

    def test_behind_a_variable_nothing_else_may_stand(self) -> None:
        self.refused(read(b",$a!").text, "{s.x}: wants one variable, got '$a!'")

    def test_a_mark_may_be_a_comma(self) -> None:
        self.assertEqual(read(b",,").mark(), b",")
        self.assertEqual(read(b",@").mark(), b"@")
        self.assertEqual([read(b",a,").mark(), read(b",a, ").mark()], [b"a", b"a"])
        self.assertEqual(self.value(read(b",$a").mark(), b"@"), b"@")

    def test_a_mark_that_is_missing_is_the_brace_that_stands_there(self) -> None:
        self.assertEqual(read(b",").mark(), b"}")

    def test_a_separator_is_one_character_or_an_escape(self) -> None:
        self.assertEqual(read(b",,").separator(), b",")
        self.assertEqual(read(b", ").separator(), b" ")
        self.assertEqual(read(b",\\n").separator(), b"\n")
        self.assertEqual(read(b",\\\\").separator(), b"\\")

    def test_a_longer_separator_is_refused(self) -> None:
        self.refused(read(b",ab").separator, "{s.x}: wants a separator of one character, got 'ab'")
        self.refused(read(b",\\x").separator, "{s.x}: wants a separator, got '\\\\x'")
