"""Every link between the pages leads to a file, and to a heading in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

TOP = Path(__file__).resolve().parents[2]
PAGES = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").rglob("*.md"))]
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`]*`")
_LINKS = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)").findall


@cache
def anchors(page: Path) -> frozenset[str]:
    """Of each heading, as GitHub and its like make them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.*)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE):
        name = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        again = sum(other == name or re.fullmatch(rf"{re.escape(name)}-\d+", other) is not None for other in found)
        found.add(f"{name}-{again}" if again else name)
    return frozenset(found)


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    for link in _LINKS(_CODE.sub("`", text)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.resolve())):
            yield link


class LinkTests(SynchronousTestCase):
    def test_all_of_them_lead_somewhere(self) -> None:
        wrong = {str(page.relative_to(TOP)): list(broken(page)) for page in PAGES}
        self.assertEqual({page: links for page, links in wrong.items() if links}, {})
