# -*- test-case-name: tests.cli.test_examples -*-
"""examples: scripts that show a module at work, `docs/examples/NAME.cfg`, as the reference finds them.

A file begins with what all its examples have in common, loadmodule lines mostly. Each example begins with a line
`#== Title`. Comments of it say what is asked and what comes of it (docs/testing.md); a test runs them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

TITLE = "#== "
_CODE = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\{s\.count,#\}|[^#"'])*""").match


class Example(NamedTuple):
    """One script; `head` stands before it, and before all others of its page."""

    page: str
    title: str
    head: str
    body: str

    @property
    def text(self) -> str:
        """What runs."""
        return f"{self.head}\n{self.body}"

    @property
    def anchor(self) -> str:
        """Where it is on its page, as GitHub and its like name headings."""
        return re.sub(r"[^\w -]", "", self.title.lower()).replace(" ", "-")

    def lines(self, pattern: re.Pattern[str]) -> list[str]:
        """The lines that use what the pattern finds, outside of comments."""
        return [line.strip() for line in self.text.splitlines() if pattern.search(code(line))]


def code(line: str) -> str:
    """A line without its comment; what a comment asks the server (`# rpc ...`) counts as code."""
    bare = line.strip()
    if bare.startswith(("#!", "# rpc ")):
        return bare
    found = _CODE(line)
    return found[0] if found else line


def read_examples(folder: Path) -> list[Example]:
    """Every example in a folder, by file and place."""
    return [example for path in sorted(folder.glob("*.cfg")) for example in split(path.stem, path.read_text("utf-8"))]


def split(page: str, text: str) -> Iterator[Example]:
    """The examples in the text of one file."""
    head, *rest = re.split(f"(?m)^{TITLE}", text)
    for part in rest:
        title, _, body = part.partition("\n")
        yield Example(page, title.strip(), head.strip(), body.strip("\n"))


def first_use(examples: Iterable[Example], pattern: re.Pattern[str]) -> tuple[Example, list[str]] | None:
    """The first example that uses something, and the lines in which it does."""
    for example in examples:
        lines = example.lines(pattern)
        if lines:
            return example, lines
    return None


def function_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.$])(?:{re.escape(name)})\s*\(")


def variable_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"\$\(?{re.escape(name)}(?![\w.])")


def transformation_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"\{{{re.escape(name)}(?![\w.])")


def parameter_pattern(module: str, name: str) -> re.Pattern[str]:
    return re.compile(rf'modparam\("{re.escape(module)}",\s*"{re.escape(name)}"')


def command_pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"^# rpc {re.escape(name)}(?![\w.])")


def event_route_pattern(name: str) -> re.Pattern[str]:
    """What stands for a name of the script's own, `<table>` or `id`, is left to the script."""
    fixed = name.partition("<")[0].removesuffix("id")
    return re.compile(rf"event_route\[{re.escape(fixed)}")
