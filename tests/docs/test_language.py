"""docs/language.md names every word of the language."""

from __future__ import annotations

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core.language import LANGUAGE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"


class LanguageTests(SynchronousTestCase):
    def missing(self, kind: str) -> set[str]:
        text = PAGE.read_text(encoding="utf-8").replace("\\|", "|")
        words = {word for code in re.findall(r"`([^`]+)`", text) for word in (code, *code.split(), code.split("[")[0])}
        return {word for word in LANGUAGE[kind] if word not in words and word not in text.split("## ", 1)[1]}

    def test_kinds_of_route(self) -> None:
        self.assertEqual(self.missing("route_types"), set())

    def test_statements(self) -> None:
        self.assertEqual(self.missing("statements"), set())

    def test_operators(self) -> None:
        self.assertEqual(self.missing("operators"), set())

    def test_operands(self) -> None:
        self.assertEqual(self.missing("operands"), set())

    def test_the_preprocessor(self) -> None:
        self.assertEqual(self.missing("pre_processor"), set())
