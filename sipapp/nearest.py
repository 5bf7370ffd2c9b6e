# -*- test-case-name: tests.test_nearest -*-
"""nearest: the right name that a wrong one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(wrong: str, names: Iterable[str]) -> str | None:
    """The name that is much like the wrong one, whatever the case of its letters; None where none is."""
    known = {n.lower(): n for n in names}
    found = get_close_matches(wrong.lower(), known, n=1, cutoff=0.7)
    return known[found[0]] if found else None


def nearest(wrong: str, names: Iterable[str]) -> str:
    """`; did you mean "x"?`, ready to be appended to an error; empty where nothing is near."""
    found = closest(wrong, names)
    return f'; did you mean "{found}"?' if found else ""
