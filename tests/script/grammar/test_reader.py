"""reader: going from token to token."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.script.grammar.reader import Reader
from sipapp.script.preprocess import Preprocessor
from sipapp.script.source import Source


def reader(text: str) -> Reader:
    return Reader(Preprocessor().read(Source("a.cfg", text.encode())))


class ReaderTests(SynchronousTestCase):
    def test_it_stands_on_one_token(self) -> None:
        found = reader("exit ;")
        self.assertEqual((found.kind, found.text, found.next_kind(), found.kind_at(9)), ("exit", "exit", ";", "END"))
        self.assertEqual(found.advance()[:2], ("exit", "exit"))
        self.assertEqual((found.kind, str(found.place())), (";", "a.cfg:1:6"))

    def test_the_end_stays(self) -> None:
        found = reader("exit")
        found.advance()
        found.advance()
        self.assertEqual((found.kind, found.next_kind()), ("END", "END"))

    def test_accept_takes_only_what_it_wants(self) -> None:
        found = reader("exit;")
        self.assertEqual((found.accept(";"), found.accept("exit"), found.kind), (False, True, ";"))

    def test_expect_says_what_is_there_instead(self) -> None:
        why = self.assertRaises(ConfigError, reader('"some text"').expect, ";")
        self.assertEqual(str(why), "a.cfg:1:1: \";\" is expected, not the text 'some text'")
        found = reader("exit")
        found.advance()
        why = self.assertRaises(ConfigError, found.expect, ";")
        self.assertEqual(str(why), 'a.cfg:1:1: ";" is expected before the end of the script')

    def test_long_texts_are_cut_where_they_are_named(self) -> None:
        self.assertEqual(reader('"' + "x" * 99 + '"').shown(), "the text '" + "x" * 30 + "'...")

    def test_it_knows_whether_a_line_has_ended(self) -> None:
        found = reader("a b\nc")
        places = []
        while found.kind != "END":
            places.append(found.same_line())
            found.advance()
        self.assertEqual(places, [False, True, False])

    def test_names_become_characters(self) -> None:
        found = reader('"Zoë"')
        self.assertEqual(found.proper(found.text), "Zoë")

    def test_mistakes_and_wrong_syntax_are_kept_apart(self) -> None:
        found = reader("x")
        found.report("one")
        found.mistake("two")
        found.warn("three")
        self.assertEqual(
            [[e.reason for e in kept] for kept in (found.errors, found.mistakes, found.warnings)],
            [["one"], ["two"], ["three"]],
        )
