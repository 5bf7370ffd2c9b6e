"""sipapp/cli/differences.py: the page of deliberate differences, by name."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.differences import about, read, rows

PAGE = """# Title

Text | with a bar

## First

| what | Kamailio 5.6.3 | sipapp | why | recorded cases |
| --- | --- | --- | --- | --- |
| life of `$var(x)`, `f()` and `g("a", 2)` | this \\| that | it | because | `a_1` `b_2` |
| `fr_timer`, `ms_timer` unset | a | b | c | - |

## Second

| what | Kamailio | sipapp | why |
| :--- | --- | --- | --- |
| `{val.n0}` | a | b | c |
"""


class DifferencesTests(SynchronousTestCase):
    def test_each_row_has_its_section_and_its_cells(self) -> None:
        found = list(read(PAGE))
        self.assertEqual(
            [(row.section, row.what) for row in found],
            [
                ("First", 'life of `$var(x)`, `f()` and `g("a", 2)`'),
                ("First", "`fr_timer`, `ms_timer` unset"),
                ("Second", "`{val.n0}`"),
            ],
        )
        self.assertEqual(found[0][2:], ("this \\| that", "it", "because"))

    def test_a_row_is_about_the_names_in_its_first_cell(self) -> None:
        self.assertEqual(
            [row.names() for row in read(PAGE)], [{"$var", "f()", "g()"}, {"fr_timer", "ms_timer"}, {"{val.n0}"}]
        )

    def test_the_page_is_there_and_known_by_names(self) -> None:
        self.assertGreater(len(rows()), 20)
        self.assertEqual([row.what for row in about("async_sleep()")], ["statement after `async_sleep()`"])
        self.assertEqual(about("nosuch()"), [])
