"""docs/reference/ is what `sipapp reference` writes: `make docs` does it."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli.reference import Pages

DOCS = Path(__file__).resolve().parents[2] / "docs"


class ReferenceTests(SynchronousTestCase):
    def test_the_pages_are_up_to_date(self) -> None:
        pages = Pages(DOCS / "examples")
        wanted = pages.pages()
        there = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md")}
        unknown = {f"{name}.md" for name in pages.missing} | ({"index.md"} if pages.missing else set())
        stale = sorted(n for n in (wanted.keys() | there.keys()) - unknown if wanted.get(n) != there.get(n))
        self.assertEqual(stale, [], "these pages are not what the docstrings say: make docs")
