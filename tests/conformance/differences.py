"""differences: the recorded cases that docs/differences.md lists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "differences.md"

_id = re.compile(r"`(\w+)`").findall


def listed(text: str) -> list[str]:
    """The ids in the last column of each table, in order; those that stand there twice come twice."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [found for row in rows for found in _id(row[-1])]


def twice(ids: list[str]) -> list[str]:
    return [name for name, count in Counter(ids).items() if count > 1]
