from __future__ import annotations

import json
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.conformance.differences import PAGE, listed, twice

CASES = Path(__file__).resolve().parent / "cases"


def recorded() -> set[str]:
    return {case["id"] for path in CASES.glob("*.json") for case in json.loads(path.read_text("utf-8"))["cases"]}


TEXT = """
| what | Kamailio | recorded cases |
| --- | --- | --- |
| `$var(x)` | kept | `flow_a_1` `flow_b_2` |
| nothing | | - |

`not_in_a_table_1`
| again | | `flow_a_1` |
"""


class DifferencesTests(SynchronousTestCase):
    def test_ids_stand_in_the_last_column_of_tables(self) -> None:
        self.assertEqual(listed(TEXT), ["flow_a_1", "flow_b_2", "flow_a_1"])

    def test_what_stands_there_twice_is_found(self) -> None:
        self.assertEqual(twice(listed(TEXT)), ["flow_a_1"])

    def test_the_page_lists_recorded_cases_and_each_once(self) -> None:
        ids = listed(PAGE.read_text(encoding="utf-8"))
        self.assertEqual([name for name in ids if name not in recorded()], [])
        self.assertEqual(twice(ids), [])

    def test_they_are_few(self) -> None:
        self.assertLess(len(listed(PAGE.read_text(encoding="utf-8"))), len(recorded()) * 0.02)
