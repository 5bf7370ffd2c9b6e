# -*- test-case-name: tests.cli.test_differences -*-
"""differences: the rows of the manual's page of deliberate differences from Kamailio, by what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_quoted = re.compile(r"`([^`]+)`").findall
_cells = re.compile(r"(?<!\\)\|").split
_head = re.compile(r"\$\w+|\{[\w.]+\}|[\w.]+\(|[\w.]+").match


class Difference(NamedTuple):
    """One row of the page."""

    section: str
    what: str
    kamailio: str
    sipapp: str
    why: str

    def names(self) -> set[str]:
        """What it is about: `function()`, `$variable`, `{class.name}`, a parameter's bare name."""
        found = (_head(text) for text in _quoted(self.what))
        return {f"{name[0]})" if name[0].endswith("(") else name[0] for name in found if name}


@cache
def rows() -> tuple[Difference, ...]:
    """All of them, in the order of the page."""
    return tuple(read(files("sipapp.cli").joinpath("differences.md").read_text("utf-8")))


def read(page: str) -> Iterator[Difference]:
    """The rows of a page's tables: what, Kamailio, sipapp, why, and more columns that do not matter here."""
    section = ""
    for line in page.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("|"):
            cells = [cell.strip() for cell in _cells(line)[1:-1]]
            if len(cells) >= 4 and cells[0] != "what" and cells[0].strip("-: "):
                yield Difference(section, *cells[:4])


def about(name: str) -> list[Difference]:
    """The rows that are about a name."""
    return [row for row in rows() if name in row.names()]
