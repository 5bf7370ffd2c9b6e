"""sipapp/cli/reference.py: the pages that `sipapp reference` writes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli import main


class ReferenceTests(SynchronousTestCase):
    def run_in(self, *arguments: str) -> str:
        out = io.StringIO()
        self.patch(sys, "stdout", out)
        self.assertEqual(main(["reference", *arguments]), 0)
        return out.getvalue()

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        examples = self.folder / "examples"
        examples.mkdir(parents=True)
        (examples / "sl.cfg").write_text('loadmodule "sl"\n#== One\nrequest_route { sl_send_reply("200", "OK"); }\n')
        self.arguments = ("--examples", str(examples), str(self.folder / "pages"))

    def test_a_page_for_each_module_an_index_and_none_for_what_is_gone(self) -> None:
        pages = self.folder / "pages"
        pages.mkdir()
        (pages / "gone.md").write_text("")
        said = self.run_in(*self.arguments)
        written = {path.name for path in pages.iterdir()}
        self.assertTrue({"index.md", "core.md", "sl.md", "tm.md"} <= written)
        self.assertNotIn("gone.md", written)
        self.assertIn(f"{len(written)} pages, 1 of ", said)
        self.assertIn("| [sl](sl.md) | stateless responses", (pages / "index.md").read_text())
        self.assertIn("Example: [One](#one)", (pages / "sl.md").read_text())
        self.assertIn("| `debug` | `0` |", (pages / "core.md").read_text())

    def test_coverage_names_what_has_no_example(self) -> None:
        said = self.run_in("--coverage", *self.arguments)
        self.assertIn("sl: rpc commands: sl.stats\n", said)
        self.assertNotIn("sl_send_reply,", said)
        self.assertFalse((self.folder / "pages").exists())
