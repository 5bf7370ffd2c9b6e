from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.jansson.path import append, get, put


def document() -> Any:
    return {"a": 1, "b": {"c": [1, {"d": "e"}]}, "k": [[1, 2], [3]], "": 7}


class PathTests(SynchronousTestCase):
    def test_names_and_indexes_lead_to_a_place(self) -> None:
        for path, found in (
            ("a", 1),
            ("b.c[0]", 1),
            ("b.c[1].d", "e"),
            ("k[0][1]", 2),
            ("k[0x1][0]", 3),
            ("k[]", [1, 2]),
            ("b.", {"c": [1, {"d": "e"}]}),
            ("k[", [[1, 2], [3]]),
            ("", document()),
        ):
            self.assertEqual(get(document(), path), found, path)
        self.assertEqual(get([5, 6], "[1]"), 6)

    def test_elsewhere_is_nothing(self) -> None:
        for path in ("x", "a.b", "a[0]", "b[0]", "k[2]", "k[-1]", "k[0", "k[x]", "k[0]x", "k[0]x.y", ".a", "b..c"):
            self.assertRaises(ScriptError, get, document(), path)

    def changed(self, change: Any, path: str, value: Any, of: Any = None) -> Any:
        made = document() if of is None else of
        change(made, path, value)
        return made

    def test_a_value_is_put_in_its_place(self) -> None:
        for of, path, result in (
            ({}, "a", {"a": 5}),
            ({}, "a.b.c", {"a": {"b": {"c": 5}}}),
            ({"a": 1}, "a", {"a": 5}),
            ({"a": [1, 2]}, "a[1]", {"a": [1, 5]}),
            ({"a": [{"y": 1}]}, "a[0].x.z", {"a": [{"y": 1, "x": {"z": 5}}]}),
            ([1, {}], "[1].a", [1, {"a": 5}]),
            ({"a": [1]}, "a[0].", {"a": [5]}),
        ):
            self.assertEqual(self.changed(put, path, 5, of), result)

    def test_a_value_cannot_be_put_everywhere(self) -> None:
        for of, path in (
            ({}, ""),
            ({}, "a."),
            ({}, "a..b"),
            ({}, "a[0]"),
            ({"a": 1}, "a.b"),
            ({"a": [1]}, "a[1]"),
            ([], "a"),
            ({"a": [1]}, "a["),
        ):
            self.assertRaises(ScriptError, self.changed, put, path, 5, of)

    def test_arrays_and_objects_grow(self) -> None:
        for of, path, value, result in (
            ({"a": [1]}, "a", 5, {"a": [1, 5]}),
            ({"a": {"y": 2}}, "a", {"x": 1}, {"a": {"y": 2, "x": 1}}),
            ({"y": 2}, "", {"x": 1}, {"y": 2, "x": 1}),
            ([1], "", 5, [1, 5]),
            ({"a": [[1]]}, "a", [5], {"a": [[1], [5]]}),
            ({"a": [[1]]}, "a[0].", 5, {"a": [[1, 5]]}),
            ({"a": [1]}, "a[", 5, {"a": [1, 5]}),
            ({"a": [[1]]}, "a[0]", 5, {"a": [5]}),
        ):
            self.assertEqual(self.changed(append, path, value, of), result)

    def test_nothing_else_does(self) -> None:
        for of, path in (({"a": {"b": 1}}, "a"), ({"a": 1}, "a"), ({}, "a"), ({"a": []}, "a[0]"), ([1], "a")):
            self.assertRaises(ScriptError, self.changed, append, path, 5, of)
