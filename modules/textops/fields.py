# -*- test-case-name: tests.modules.test_textops_fields -*-
"""fields: adds, removes and looks for header fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from email.utils import formatdate

from sipapp.errors import ParseError
from sipapp.message.headers import Field
from sipapp.message.request import Request
from sipapp.module import BRANCH, FAILURE, REQUEST, ConfigError, Context, Regex, Text, compile_regex, script_function
from sipapp.modules.textops.names import field_key, given_key

_PARAMETER = re.compile(rb';[ \t]*([^\s;=",<>]*)[ \t]*(?:=[ \t]*("(?:[^"\\]|\\.)*"|[^;",\s]*))?', re.DOTALL)


def date_line() -> bytes:
    """A Date header field that says now. RFC 3261 §20.17."""
    return b"Date: %b\r\n" % formatdate(usegmt=True).encode()


class Fields:
    """append_hf(), insert_hf(), remove_hf*(), is_present_hf*() and their like."""

    # -- add

    @script_function(parse={"hdr": field_key})
    def append_hf(self, ctx: Context, txt: bytes, hdr: bytes | None = None) -> bool:
        """Add a header field, its line end included, behind the last one, or behind the last one of a name."""
        message = ctx.message
        fields = message.all_fields(hdr) if hdr else None
        return _add(ctx, fields[-1].end if fields else message.head_end, txt)

    @script_function(parse={"hdr": field_key})
    def insert_hf(self, ctx: Context, txt: bytes, hdr: bytes | None = None) -> bool:
        """Add a header field, its line end included, before the first one, or before the first one of a name."""
        message = ctx.message
        field = message.field(hdr) if hdr else None
        return _add(ctx, field.start if field else message.head.fields_at, txt)

    @script_function(routes=REQUEST | FAILURE | BRANCH, late=True)
    def append_urihf(self, ctx: Context, prefix: Text, suffix: Text) -> bool:
        """Add a header field of `prefix`, the Request-URI as it was received, and `suffix` (with the line end)."""
        message = ctx.message
        return isinstance(message, Request) and _add(ctx, message.head_end, prefix + message.uri + suffix)

    @script_function()
    def append_time_to_request(self, ctx: Context) -> bool:
        """Add a Date header field behind the first header field."""
        return _add(ctx, ctx.message.fields[0].end, date_line())

    # -- remove

    @script_function(parse={"hname": field_key}, late=True)
    def remove_hf(self, ctx: Context, hname: bytes) -> bool:
        """Remove every header field of this name; compact forms count too. False where there is none."""
        return _remove(ctx, ctx.message.all_fields(hname))

    @script_function()
    def remove_hf_pv(self, ctx: Context, hname: bytes) -> bool:
        """Remove every header field of a name that may hold variables. True even where there is none."""
        key = given_key(hname)
        if key is None:
            return False
        _remove(ctx, ctx.message.all_fields(key))
        return True

    @script_function()
    def remove_hf_idx(self, ctx: Context, hname: bytes, idx: int) -> int:
        """Remove one header field of a name: 0 is the first, -1 the last. 2: there is no such one (1 where it was
        counted from the end); -1: no name."""
        key = given_key(hname)
        if key is None:
            return -1
        fields = ctx.message.all_fields(key)
        if -len(fields) <= idx < len(fields):
            ctx.draft.remove_field(fields[idx])
            return 1
        return 2 if idx >= 0 else 1

    @script_function()
    def remove_hf_re(self, ctx: Context, re: Regex) -> bool:
        """Remove every header field whose name matches."""
        return _remove(ctx, _named(ctx, re))

    @script_function()
    def remove_hf_re_pv(self, ctx: Context, re: bytes) -> bool:
        """The same with an expression that may hold variables."""
        pattern = _given_regex(re)
        return pattern is not None and _remove(ctx, _named(ctx, pattern))

    @script_function()
    def remove_hf_exp(self, ctx: Context, expmatch: Regex, expskip: Regex) -> bool:
        """Remove every header field whose name matches `expmatch` and not `expskip`."""
        return _remove(ctx, _named(ctx, expmatch, expskip))

    @script_function()
    def remove_hf_exp_pv(self, ctx: Context, expmatch: bytes, expskip: bytes) -> bool:
        """The same with expressions that may hold variables."""
        match, skip = _given_regex(expmatch), _given_regex(expskip)
        return match is not None and skip is not None and _remove(ctx, _named(ctx, match, skip))

    @script_function()
    def remove_hf_match(self, ctx: Context, hname: bytes, op: bytes, expr: bytes) -> int:
        """Remove the header fields of a name whose value fits: `eq` the expression, `ne` it, holds it (`in`), or
        matches it (`re`). -2: none does; -1: no such name or operator."""
        key = given_key(hname)
        fits = _OPERATORS.get(op.lower(), _no_operator)(expr)
        if key is None or fits is None:
            return -1
        raw = ctx.message.raw
        found = [f for f in ctx.message.all_fields(key) if fits(raw[f.value_start : f.value_end])]
        return 1 if _remove(ctx, found) else -2

    @script_function()
    def via_param_rm(self, ctx: Context, name: bytes, idx: int) -> int:
        """Remove a parameter from one Via value: 0 is the topmost, -1 the last. The number of removed ones; -1:
        there is no such Via value or parameter."""
        message = ctx.message
        try:
            vias = message.vias
        except ParseError:
            return -1
        if not -len(vias) <= idx < len(vias):
            return -1
        wanted, removed = name.lower(), 0
        for parameter in _PARAMETER.finditer(message.raw, vias[idx].tail_at, vias[idx].span[1]):
            if parameter[1].lower() == wanted:
                ctx.draft.delete(*parameter.span())
                removed += 1
        return removed or -1

    # -- look

    @script_function(parse={"hf_name": field_key}, late=True)
    def is_present_hf(self, ctx: Context, hf_name: bytes) -> bool:
        """There is a header field of this name; compact forms count too."""
        return ctx.message.first(hf_name) is not None

    @script_function()
    def is_present_hf_pv(self, ctx: Context, hf_name: bytes) -> bool:
        """The same with a name that may hold variables."""
        key = given_key(hf_name)
        return key is not None and ctx.message.first(key) is not None

    @script_function()
    def is_present_hf_re(self, ctx: Context, hf_name_re: Regex) -> bool:
        """There is a header field whose name matches."""
        return bool(_named(ctx, hf_name_re))

    @script_function()
    def is_present_hf_re_pv(self, ctx: Context, hf_name_re: bytes) -> bool:
        """The same with an expression that may hold variables."""
        pattern = _given_regex(hf_name_re)
        return pattern is not None and bool(_named(ctx, pattern))


def _add(ctx: Context, at: int, text: bytes) -> bool:
    if not text:
        return False
    ctx.draft.insert(at, text)
    return True


def _remove(ctx: Context, fields: Iterable[Field]) -> bool:
    removed = False
    for field in fields:
        ctx.draft.remove_field(field)
        removed = True
    return removed


def _named(ctx: Context, match: re.Pattern[bytes], skip: re.Pattern[bytes] | None = None) -> list[Field]:
    """The header fields whose names, as received, match the one and not the other."""
    return [f for f in ctx.message.fields if match.search(f.name) and not (skip and skip.search(f.name))]


def _given_regex(text: bytes) -> re.Pattern[bytes] | None:
    try:
        return compile_regex(text, newline=True)
    except ConfigError:
        return None


_Fits = Callable[[bytes], object]


def _matches(expr: bytes) -> _Fits | None:
    pattern = _given_regex(expr)
    return pattern and pattern.search


def _no_operator(expr: bytes) -> None:
    return None


_OPERATORS: dict[bytes, Callable[[bytes], _Fits | None]] = {
    b"eq": lambda expr: lambda value: value == expr,
    b"ne": lambda expr: lambda value: value != expr,
    b"in": lambda expr: lambda value: expr in value,
    b"re": _matches,
}
