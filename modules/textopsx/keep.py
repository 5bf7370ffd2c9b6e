# -*- test-case-name: tests.modules.test_textopsx_keep -*-
"""keep: leaves out all header fields but some, or the body; compares with shell patterns."""

from __future__ import annotations

from sipapp.module import Context, Regex, script_function
from sipapp.module.shell_pattern import shell_pattern

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
