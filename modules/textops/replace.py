# -*- test-case-name: tests.modules.test_textops_replace -*-
"""replace: puts text in the place of other text."""

from __future__ import annotations

from re import Pattern

from twisted.logger import Logger

from sipapp.module import Context, Regex, Text, compile_regex, script_function

log = Logger()


def whole_text_regex(text: bytes) -> Pattern[bytes]:
    """An expression that takes the body as one line: `.` matches line feeds, `^` and `$` its two ends."""
    return compile_regex(text)


class Replacing:
    """replace*(): the first match, all of them, or fixed text."""

    @script_function(late=True)
    def replace(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Put `txt` in the place of the first match in the header fields and the body."""
        message = ctx.message
        return _once(ctx, re, txt, message.head.fields_at, len(message.raw))

    @script_function(late=True)
    def replace_hdrs(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Put `txt` in the place of the first match in the header fields."""
        message = ctx.message
        return _once(ctx, re, txt, message.head.fields_at, message.head_end)

    @script_function(late=True)
    def replace_body(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Put `txt` in the place of the first match in the body."""
        message = ctx.message
        return bool(message.body) and _once(ctx, re, txt, message.body_at, len(message.raw))

    @script_function(late=True)
    def replace_all(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Put `txt` in the place of every match in the header fields and the body."""
        return _every(ctx, re, txt, ctx.message.raw, ctx.message.head.fields_at, 0)

    @script_function(late=True)
    def replace_body_all(self, ctx: Context, re: Regex, txt: Text) -> bool:
        """Put `txt` in the place of every match in the body, line by line."""
        message = ctx.message
        return _every(ctx, re, txt, message.body, 0, message.body_at)

    @script_function(parse={"re": whole_text_regex}, late=True)
    def replace_body_atonce(self, ctx: Context, re: Pattern[bytes], txt: Text) -> bool:
        """Put `txt` in the place of every match in the body, taken as one line."""
        message = ctx.message
        return _every(ctx, re, txt, message.body, 0, message.body_at)

    @script_function()
    def replace_str(self, ctx: Context, match: bytes, repl: bytes, mode: bytes) -> bool:
        """Put one text in the place of another in the header fields and the body: of the first (mode `f`) or of
        every one (`a`). True even where there is none."""
        message = ctx.message
        return _fixed(ctx, match, repl, mode, message.head.fields_at, len(message.raw))

    @script_function()
    def replace_hdrs_str(self, ctx: Context, match: bytes, repl: bytes, mode: bytes) -> bool:
        """The same in the header fields."""
        message = ctx.message
        return _fixed(ctx, match, repl, mode, message.head.fields_at, message.head_end)

    @script_function()
    def replace_body_str(self, ctx: Context, match: bytes, repl: bytes, mode: bytes) -> bool:
        """The same in the body; false where there is no body."""
        message = ctx.message
        return bool(message.body) and _fixed(ctx, match, repl, mode, message.body_at, len(message.raw))


def _once(ctx: Context, re: Pattern[bytes], txt: bytes, start: int, end: int) -> bool:
    found = re.search(ctx.message.raw, start, end)
    if found is None:
        return False
    ctx.draft.replace(found.start(), found.end(), txt)
    return True


def _every(ctx: Context, re: Pattern[bytes], txt: bytes, text: bytes, at: int, offset: int) -> bool:
    """Every match in `text`, which lies at `offset` of the message; an empty match ends it as a failure."""
    done = False
    while at < len(text) and (found := re.search(text, at)) is not None:
        start, end = found.span()
        if start == end:
            log.error("the expression {re!r} matches the empty text: nothing to replace", re=re.pattern)
            return False
        ctx.draft.replace(offset + start, offset + end, txt)
        done = True
        at = end
    return done


def _fixed(ctx: Context, match: bytes, repl: bytes, mode: bytes, start: int, end: int) -> bool:
    if not match:
        return True
    raw = ctx.message.raw
    first_only = mode[:1] in (b"", b"f", b"F")
    at = raw.find(match, start, end)
    while at >= 0:
        ctx.draft.replace(at, at + len(match), repl)
        if first_only:
            break
        at = raw.find(match, at + len(match), end)
    return True
