"""Each source names its test in the first line, and that one is there."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

TOP = Path(__file__).resolve().parents[1]
MARK = "# -*- test-case-name: "


class HeaderTests(SynchronousTestCase):
    def test_the_tests_that_sources_name_are_there(self) -> None:
        named = {}
        for folder in ("sipapp", "modules"):
            for path in (TOP / folder).rglob("*.py"):
                first = path.read_text(encoding="utf-8").partition("\n")[0]
                if first.startswith(MARK):
                    named[path] = first.removeprefix(MARK).split()[0]
        self.assertGreater(len(named), 400)
        there = {path: TOP.joinpath(*name.split(".")) for path, name in named.items()}
        wrong = [
            str(p.relative_to(TOP)) for p, at in there.items() if not at.with_suffix(".py").exists() and not at.is_dir()
        ]
        self.assertEqual(wrong, [])
