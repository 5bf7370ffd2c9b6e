"""changes.d/: one short text for each change that users see, which towncrier makes a changelog of."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

TOP = Path(__file__).resolve().parents[2]


class FragmentTests(SynchronousTestCase):
    def setUp(self) -> None:
        configuration = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
        self.kinds = "|".join(kind["directory"] for kind in configuration["tool"]["towncrier"]["type"])
        self.fragments = sorted((TOP / "changes.d").glob("*.md"))

    def test_names_are_a_word_and_a_kind_that_towncrier_knows(self) -> None:
        name = re.compile(rf"[a-z][a-z0-9_-]*\.({self.kinds})\.md").fullmatch
        self.assertEqual([path.name for path in self.fragments if not name(path.name)], [])

    def test_each_is_one_paragraph(self) -> None:
        texts = {path.name: path.read_text(encoding="utf-8").strip() for path in self.fragments}
        self.assertEqual([name for name, text in texts.items() if not text or "\n\n" in text], [])
