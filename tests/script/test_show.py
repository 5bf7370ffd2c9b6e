"""show: a mistake with its line and a caret."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.script.show import inside_text, show


class ShowTests(SynchronousTestCase):
    def shown(self, text: str, line: int, column: int) -> list[str]:
        return show(ConfigError("wrong", Position("app.cfg", line, column)), text).split("\n")

    def test_the_line_and_a_caret_follow_the_message(self) -> None:
        self.assertEqual(
            self.shown("one\nquota_wait(x);\n", 2, 12),
            ["app.cfg:2:12: wrong", "    quota_wait(x);", "               ^"],
        )

    def test_the_indentation_is_left_out(self) -> None:
        self.assertEqual(self.shown("\t    exit\n", 1, 6)[1:], ["    exit", "    ^"])

    def test_tabs_stay_tabs_before_the_caret(self) -> None:
        self.assertEqual(self.shown("a\tb", 1, 3)[1:], ["    a\tb", "     \t^"])

    def test_a_long_line_is_cut_around_the_place(self) -> None:
        shown = self.shown("x" * 300 + "!" + "y" * 300, 1, 301)
        self.assertEqual(len(shown[1]), 4 + 110)
        self.assertEqual(shown[1][shown[2].index("^")], "!")

    def test_the_caret_may_stand_behind_the_line(self) -> None:
        self.assertEqual(self.shown("exit", 1, 5)[1:], ["    exit", "        ^"])

    def test_including_files_come_innermost_first(self) -> None:
        chain = (Position("main.cfg", 3, 1), Position("a.inc", 9, 1))
        error = ConfigError("wrong", Position("b.inc", 1, 1, chain))
        self.assertEqual(
            show(error, "x").split("\n"),
            ["b.inc:1:1: wrong", "    x", "    ^", "  included from a.inc:9:1", "  included from main.cfg:3:1"],
        )

    def test_the_file_itself_is_read(self) -> None:
        path = Path(self.mktemp())
        path.write_text("exit\n", encoding="utf-8")
        self.assertIn("    exit\n    ^", show(ConfigError("wrong", Position(str(path), 1, 1))))

    def test_a_place_inside_of_a_text_is_found_in_its_line(self) -> None:
        path = Path(self.mktemp())
        path.write_text('f("é $rU to $rd", "a\\t$ru", $x);\n', encoding="utf-8")
        at = Position(str(path), 1, 3)
        self.assertEqual(inside_text(at, len("é ".encode())).column, 6)
        self.assertEqual(inside_text(at, len("é $rU to ".encode())).column, 13)
        for column, offset in ((3, 1), (19, 2), (28, 0), (3, 99)):  # no variable, an escape, no text, beyond
            place = at._replace(column=column)
            self.assertEqual(inside_text(place, offset), place)

    def test_a_file_that_is_gone_or_shorter_leaves_the_message(self) -> None:
        self.assertEqual(show(ConfigError("wrong", Position("/nowhere/x", 1, 1))), "/nowhere/x:1:1: wrong")
        self.assertEqual(self.shown("one line", 5, 1), ["app.cfg:5:1: wrong"])

    def test_a_mistake_without_a_place_is_its_message(self) -> None:
        self.assertEqual(show(ConfigError("wrong")), "wrong")
