# -*- test-case-name: tests.modules.test_textops_search -*-
"""search: finds text in the message as it was received."""

from __future__ import annotations

from sipapp.module import (
    BRANCH,
    FAILURE,
    ONREPLY,
    REQUEST,
    ConfigError,
    Context,
    PvRef,
    Regex,
    Text,
    compile_regex,
    script_function,
)
from sipapp.modules.textops.names import field_key


class Searching:
    """search*() and regex_substring()."""

    @script_function()
    def search(self, ctx: Context, re: Regex) -> bool:
        """The expression matches somewhere in the whole message, first line and body included. It is matched line by
        line, case counts nothing; a folded header field is several lines."""
        return re.search(ctx.message.raw) is not None

    @script_function()
    def search_body(self, ctx: Context, re: Regex) -> bool:
        """The expression matches somewhere in the body."""
        body = ctx.message.body
        return bool(body) and re.search(body) is not None

    @script_function(parse={"hf": field_key})
    def search_hf(self, ctx: Context, hf: bytes, re: Regex, flags: Text) -> bool:
        """The expression matches the value of a header field of this name: of any (flag `a`), of the first (`f`) or
        of the last (`l`)."""
        values = ctx.message.values(hf)
        if flags[:1] == b"f":
            values = values[:1]
        elif flags[:1] == b"l":
            values = values[-1:]
        return any(re.search(value) is not None for value in values)

    @script_function(late=True)
    def search_append(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Write `txt` behind the first match in the header fields and the body."""
        found = re.search(ctx.message.raw, ctx.message.head.fields_at)
        if found is None:
            return False
        ctx.draft.insert(found.end(), txt)
        return True

    @script_function(late=True)
    def search_append_body(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Write `txt` behind the first match in the body."""
        message = ctx.message
        found = re.search(message.body) if message.body else None
        if found is None:
            return False
        ctx.draft.insert(message.body_at + found.end(), txt)
        return True

    @script_function()
    def search_str(self, text: bytes, re: bytes) -> int:
        """The expression, which may hold variables, matches the text: 1; it does not: -1. An empty expression: 2;
        an empty text or no regular expression: -2."""
        if not re:
            return 2
        if not text:
            return -2
        try:
            return 1 if compile_regex(re, newline=True).search(text) else -1
        except ConfigError:
            return -2

    @script_function(routes=REQUEST | FAILURE | BRANCH | ONREPLY)
    def regex_substring(self, ctx: Context, itext: bytes, regexp: bytes, mindex: int, mcount: int, dpv: PvRef) -> int:
        """Put group `mindex` (0: the whole match) of the first match of `regexp` into a variable; `mcount` is one
        more than the highest group wanted. Case counts. -2: no match; -1: an empty group, or a wrong argument."""
        if not 0 <= mindex < mcount or dpv.set is None:
            return -1
        try:
            found = compile_regex(regexp, icase=False).search(itext)
        except ConfigError:
            return -1
        if found is None:
            return -2
        value = found[mindex] if mindex <= found.re.groups else None
        if not value:
            return -1
        dpv.set(ctx, value)
        return 1
