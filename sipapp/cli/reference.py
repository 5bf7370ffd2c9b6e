# -*- test-case-name: tests.cli.test_reference -*-
"""reference: `sipapp reference DIR`: the manual of every module, written from what the code says of itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="where the pages go; those of modules that are gone are removed")
    parser.add_argument(
        "--examples",
        metavar="FOLDER",
        default="docs/examples",
        help="scripts that the pages show (default: %(default)s; none where there is no such folder)",
    )
    parser.add_argument("-L", dest="mpath", metavar="MPATH", default="", help="folders of further modules")
    parser.add_argument("--coverage", action="store_true", help="print what has no example, write nothing")


def run(given: argparse.Namespace) -> int:
    """Always 0."""
    found = Pages(Path(given.examples), given.mpath)
    if given.coverage:
        for line in found.without_example():
            print(line)
        return 0
    folder = Path(given.folder)
    folder.mkdir(parents=True, exist_ok=True)
    pages = found.pages()
    for path in folder.glob("*.md"):
        if path.name not in pages and path.stem not in found.missing:
            path.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    print(f"{folder}: {len(pages)} pages, {found.shown} of {found.entries} entries with an example")
    return 0


class Pages:
    """All pages; `entries` counts what they describe, `shown` what an example shows. `missing` are modules that cannot
    be imported here, for want of a package: what is said of them stays as it is."""

    def __init__(self, examples: Path, mpath: str = "") -> None:
        from sipapp.cli.examples import read_examples
        from sipapp.cli.manual import Manual
        from sipapp.core import Core
        from sipapp.module.loader import Loader

        core: Any = Core()
        self.examples = read_examples(examples)
        loader = Loader(mpath)
        modules = list(loader.catalogue())
        self.missing = loader.factories().keys() - {module.name for module in modules}
        homes = {interface: module.name for module in reversed(modules) for interface in module.provides}
        self.manuals = [Manual(module, self.examples, homes) for module in (core, *modules)]

    @property
    def entries(self) -> int:
        return sum(len(manual.entries) for manual in self.manuals)

    @property
    def shown(self) -> int:
        return sum(entry.example is not None for manual in self.manuals for entry in manual.entries)

    def pages(self) -> dict[str, str]:
        """File name -> text."""
        found = {f"{manual.name}.md": manual.text() for manual in self.manuals}
        return {"index.md": self._index(), **found}

    def without_example(self) -> Iterator[str]:
        """What no example shows."""
        for manual in self.manuals:
            missing = [entry for entry in manual.entries if entry.example is None]
            for kind in dict.fromkeys(entry.kind for entry in missing):
                names = ", ".join(entry.names[0] for entry in missing if entry.kind == kind)
                yield f"{manual.name}: {kind.lower()}: {names}"
        yield f"{self.shown} of {self.entries} entries have an example"

    def _index(self) -> str:
        rows = [f"| [{manual.name}]({manual.name}.md) | {manual.summary} |" for manual in self.manuals]
        return "\n".join(
            [
                "# Reference",
                "",
                "Each page lists all that a module offers; `core` is what every script has. `sipapp reference DIR`",
                "writes these pages from the code. The language itself is on [a page of its own](../language.md); what",
                "the comments in the examples mean is told in [Testing](../testing.md#scripts-that-say-what-they-do).",
                "",
                "| module | what it is for |",
                "| --- | --- |",
                *rows,
                "",
            ]
        )
