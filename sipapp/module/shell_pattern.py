# -*- test-case-name: tests.module.test_shell_pattern -*-
"""shell_pattern: `a*c`, as fnmatch() and avp_check("...", "fm/a*c") take it. POSIX.1 XCU §2.13."""

from __future__ import annotations

import re
from functools import lru_cache
from re import Pattern

from sipapp.errors import ConfigError
from sipapp.script.posix import compile_regex


@lru_cache(maxsize=256)
def shell_pattern(text: bytes, icase: bool) -> Pattern[bytes]:
    """A shell pattern, POSIX.1 XCU §2.13, as a regular expression; `*` and `?` match every character."""
    pieces: list[bytes] = []
    at = 0
    while at < len(text):
        char, at = text[at : at + 1], at + 1
        if char == b"*":
            pieces.append(b".*")
        elif char == b"?":
            pieces.append(b".")
        elif char == b"[" and (end := _bracket_end(text, at)) > 0:
            inner = text[at : end - 1]
            pieces.append(b"[%b]" % (b"^" + inner[1:] if inner[:1] == b"!" else inner))
            at = end
        else:
            if char == b"\\" and at < len(text):
                char, at = text[at : at + 1], at + 1
            pieces.append(char if char.isalnum() else b"[%b]" % char if char not in b"^[]\\" else b"\\" + char)
    try:
        return compile_regex(b"".join(pieces), icase=icase)
    except ConfigError:
        return re.compile(rb"(?!)")  # a bracket that is wrong matches nothing


def _bracket_end(text: bytes, at: int) -> int:
    """Behind the `]` of a bracket expression that starts behind its `[` at `at`; 0 where it never ends."""
    at += text[at : at + 1] in (b"!", b"^")
    first = True
    while at < len(text):
        if text.startswith((b"[:", b"[.", b"[="), at):
            at = text.find(text[at + 1 : at + 2] + b"]", at + 2)
            if at < 0:
                return 0
            at += 2
        elif text[at : at + 1] == b"]" and not first:
            return at + 1
        else:
            at += 1
        first = False
    return 0
