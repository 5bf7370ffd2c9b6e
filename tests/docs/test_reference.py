"""docs/reference/ is what `sipapp reference` writes: `make docs` does it."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.reference import Pages

DOCS = Path(__file__).resolve().parents[2] / "docs"


class ReferenceTests(SynchronousTestCase):
    def test_the_pages_are_up_to_date(self) -> None:
        wanted = Pages(DOCS / "examples").pages()
        there = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md")}
        stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        self.assertEqual(stale, [], "these pages are not what the docstrings say: make docs")
