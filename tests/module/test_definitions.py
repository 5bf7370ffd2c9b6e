"""Definitions in modparam()."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module.definitions import number, pairs


class PairsTests(SynchronousTestCase):
    def test_names_and_values(self) -> None:
        for text, wanted in (
            ("size=8;autoexpire=300;", [("size", "8"), ("autoexpire", "300")]),
            (" name = x ; interval = 10 ", [("name", "x"), ("interval", "10")]),
            ("cols=\"a,b;c\";null=''", [("cols", "a,b;c"), ("null", "")]),
            ("alone;size=", [("alone", ""), ("size", "")]),
            ("", []),
        ):
            self.assertEqual(pairs(text), wanted)

    def test_anything_else_is_none(self) -> None:
        for text in ("a=b c", 'a="b', "=b", "a=b;;"):
            self.assertRaises(ConfigError, pairs, text)

    def test_numbers(self) -> None:
        self.assertEqual([number("n", "12"), number("n", "-3", signed=True)], [12, -3])
        for wrong in ("", "x", "-3", "1.5", "²"):
            self.assertRaises(ConfigError, number, "n", wrong)
