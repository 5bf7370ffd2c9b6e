"""source: offsets become places."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import Position
from sipapp.script.source import Source


class SourceTests(SynchronousTestCase):
    def test_lines_and_columns_count_from_1(self) -> None:
        source = Source("a.cfg", b"ab\ncd\n")
        self.assertEqual(source.position(0), Position("a.cfg", 1, 1))
        self.assertEqual(source.position(2), Position("a.cfg", 1, 3))
        self.assertEqual(source.position(3), Position("a.cfg", 2, 1))

    def test_a_tab_is_one_column(self) -> None:
        self.assertEqual(Source("a.cfg", b"\t\tx").position(2).column, 3)

    def test_columns_count_characters_not_bytes(self) -> None:
        source = Source("a.cfg", 'xlog("é€") x'.encode())
        self.assertEqual(source.position(source.text.index(" x") + 1).column, 12)

    def test_the_end_of_the_text_has_a_place(self) -> None:
        self.assertEqual(Source("a.cfg", b"ab\n").position(3), Position("a.cfg", 2, 1))

    def test_bytes_that_are_no_utf8_can_be_read(self) -> None:
        self.assertEqual(Source("a.cfg", b"\xff\xfe").text, "\xff\xfe")

    def test_a_mistake_knows_the_files_that_include_this_one(self) -> None:
        outer = Position("main.cfg", 7, 1)
        error = Source("a.cfg", b"x", (outer,)).error("wrong", 0)
        self.assertEqual(str(error), "a.cfg:1:1: wrong")
        self.assertEqual(error.at, Position("a.cfg", 1, 1, (outer,)))

    def test_a_file_is_read_as_it_is(self) -> None:
        path = Path(self.mktemp())
        path.write_bytes(b"a\r\nb")
        self.assertEqual(Source.open(str(path)).text, "a\r\nb")

    def test_a_file_that_is_not_there_is_an_os_error(self) -> None:
        with self.assertRaises(OSError):
            Source.open(self.mktemp())
