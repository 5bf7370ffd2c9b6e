# -*- test-case-name: tests.modules.test_textops_subst -*-
"""subst: substitutions as sed and Perl write them: `/expression/replacement/flags`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.logger import Logger

from sipapp.errors import ParseError
from sipapp.interfaces import IBinder
from sipapp.message.request import Request
from sipapp.module import (
    BRANCH,
    FAILURE,
    ONREPLY,
    REQUEST,
    ConfigError,
    Context,
    PvRef,
    ScriptError,
    Subst,
    Text,
    Value,
    script_function,
    transformation,
    writable,
)
from sipapp.modules.textops.names import field_key
from sipapp.script.rewrite import Parts

log = Logger()

_WITH_URI = REQUEST | ONREPLY | FAILURE | BRANCH


class Substituting:
    """subst*() and {re.subst}."""

    @script_function()
    def subst(self, ctx: Context, expression: Subst) -> bool:
        """Substitute in the header fields and the body."""
        message = ctx.message
        return _edit(ctx, expression, message.raw[message.head.fields_at :], message.head.fields_at)

    @script_function()
    def subst_body(self, ctx: Context, expression: Subst) -> bool:
        """Substitute in the body."""
        message = ctx.message
        return bool(message.body) and _edit(ctx, expression, message.body, message.body_at)

    @script_function(parse={"hf": field_key})
    def subst_hf(self, ctx: Context, hf: bytes, subexp: Subst, flags: Text) -> bool:
        """Substitute in the values of the header fields of this name: in all (flag `a`), in the first (`f`) or in
        the last (`l`)."""
        fields = ctx.message.all_fields(hf)
        if flags[:1] == b"f":
            fields = fields[:1]
        elif flags[:1] == b"l":
            fields = fields[-1:]
        raw = ctx.message.raw
        done = [_edit(ctx, subexp, raw[f.value_start : f.value_end], f.value_start) for f in fields]
        return any(done)

    @script_function(routes=_WITH_URI)
    def subst_uri(self, ctx: Context, expression: Subst) -> bool:
        """Substitute in the Request-URI as it is now."""
        changed = _changed(ctx, expression, _uri(ctx))
        if changed is None:
            return False
        ctx.draft.request_uri = changed
        return True

    @script_function(routes=_WITH_URI)
    def subst_user(self, ctx: Context, expression: Subst) -> bool:
        """Substitute in the user part of the Request-URI; an empty result takes the user part away."""
        try:
            uri = Parts(_uri(ctx))
        except ParseError:
            return False
        changed = _changed(ctx, expression, uri.user or b"")
        if changed is None:
            return False
        uri.user = changed
        ctx.draft.request_uri = bytes(uri)
        return True

    @script_function(parse={"ovp": writable})
    def subst_v(self, ctx: Context, itext: bytes, subexp: bytes, ovp: PvRef) -> bool:
        """Substitute in a text and put the result into a variable. The expression may hold variables of its own."""
        try:
            expression = Subst.parse(subexp, _NO_VARIABLES)
        except ConfigError as why:
            raise ScriptError(why.reason) from None
        changed = _changed(ctx, expression, itext)
        if changed is None:
            return False
        assert ovp.set is not None
        ovp.set(ctx, changed)
        return True

    @transformation("re.subst", bind=True)
    def tr_subst(self, arguments: bytes, binder: IBinder) -> Callable[[Context, Value], Value]:
        """{re.subst,/expression/replacement/flags}: the text with the substitution made; as it is where nothing
        matches. A variable may hold the expression."""
        source = arguments[1:]
        if not source.startswith(b"$"):
            fixed = Subst.parse(source.rstrip(b" \t\n"), binder)
            return lambda ctx, value: _transformed(ctx, fixed, value)
        read = binder.variable(source.rstrip(b" \t\n")).get
        known: dict[bytes, Subst] = {}

        def apply(ctx: Context, value: Value) -> Value:
            text = read(ctx)
            if not isinstance(text, bytes) or not text:
                return None
            expression = known.get(text)
            if expression is None:
                try:
                    expression = Subst.parse(text, binder)
                except ConfigError:
                    return None
                known[text] = expression
            return _transformed(ctx, expression, value)

        return apply


class _NoVariables:
    """The binder of an expression that exists only while the script runs."""

    at = None

    def variable(self, source: bytes) -> None:
        raise ConfigError(f"no variable can stand here: {source.decode(errors='replace')!r}")


_NO_VARIABLES: Any = _NoVariables()


def _uri(ctx: Context) -> bytes:
    """The Request-URI as the script has left it; b"" for a response."""
    changed = ctx.draft.request_uri
    if changed is not None:
        return changed
    message = ctx.message
    return message.uri if isinstance(message, Request) else b""


def _edit(ctx: Context, expression: Subst, text: bytes, offset: int) -> bool:
    """Substitute in a part of the message that starts at `offset`."""
    found = expression.replacements(ctx, text)
    if found is None:
        log.error("{expression!r} matches the empty text: nothing to substitute", expression=expression)
    for start, end, data in found or ():
        ctx.draft.replace(offset + start, offset + end, data)
    return bool(found)


def _changed(ctx: Context, expression: Subst, text: bytes) -> bytes | None:
    """The text with the substitution made; None where nothing was."""
    changed, count = expression.apply(ctx, text)
    if count < 0:
        log.error("{expression!r} matches the empty text: nothing to substitute", expression=expression)
    return changed if count > 0 else None


def _transformed(ctx: Context, expression: Subst, value: Value) -> Value:
    text = b"%d" % value if isinstance(value, int) else value
    if not text:
        return None
    changed, count = expression.apply(ctx, text)
    if not count:
        return value  # a number stays one
    return None if count < 0 else changed
