"""sipapp/cli/scripts.py: what commands about a script have in common."""

from __future__ import annotations

import argparse

from sipapp.cli.scripts import add_arguments, counted, defines
from tests.cli.texts import CommandCase


class ScriptTests(CommandCase):
    def test_defines_have_values_or_not(self) -> None:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        given = parser.parse_args(["-A", "A", "-A", "B=1=2", "-A", "C="])
        self.assertEqual(defines(given), {"A": None, "B": "1=2", "C": ""})
        self.assertEqual(defines(parser.parse_args([])), {})

    def test_things_are_counted(self) -> None:
        self.assertEqual((counted(1, "mistake"), counted(0, "mistake")), ("1 mistake", "0 mistakes"))
