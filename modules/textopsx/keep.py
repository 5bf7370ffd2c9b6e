# -*- test-case-name: tests.modules.test_textopsx_keep -*-
"""keep: leaves out all header fields but some, or the body; compares with shell patterns."""

from __future__ import annotations

import re
from functools import lru_cache
from re import Pattern

from sipapp.module import ConfigError, Context, Regex, compile_regex, script_function

CORE = frozenset(
    b"from to call-id cseq via contact content-length content-type route record-route max-forwards".split()
)
"""What keep_hf() never removes."""


class Keeping:
    """keep_hf(), remove_body(), fnmatch()."""

    @script_function()
    def keep_hf(self, ctx: Context, regexp: Regex) -> bool:
        """Remove every header field whose name does not match, but for those that a message needs. Always false: it
        says nothing of success."""
        for field in ctx.message.fields:
            if field.key not in CORE and regexp.search(field.name) is None:
                ctx.draft.remove_field(field)
        return False

    @script_function()
    def remove_body(self, ctx: Context) -> bool:
        """Remove the body; Content-Type stays. True even where there is none."""
        message = ctx.message
        if message.body:
            ctx.draft.delete(message.body_at, len(message.raw))
        return True

    @script_function()
    def fnmatch(self, value: bytes, expr: bytes, flags: bytes = b"") -> bool:
        """A value matches a shell pattern: `*`, `?`, `[a-z]`, `[!a-z]`, a backslash before what stands for itself. The
        flag `i` ignores case."""
        return shell_pattern(expr, flags[:1] in (b"i", b"I")).fullmatch(value) is not None


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
