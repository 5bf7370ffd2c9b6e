# -*- test-case-name: tests.modules.test_textopsx_listed -*-
"""listed: edits the values of comma-separated header fields, and their parameters, by name and number.

A value is named `Header`, `Header[2]` (counted over all header fields of that name), `Header[-1]` (the last),
`Header[*]` (every one), with `.parameter` for one of its parameters.
"""

from __future__ import annotations

from sipapp.message.headers import Field
from sipapp.module import BRANCH, FAILURE, ONREPLY, REQUEST, Context, script_function
from sipapp.modules.textopsx.values import (
    FoundValue,
    Spec,
    assigned,
    find_listed,
    find_parameter,
    find_value,
    place,
    target,
    values_of,
    whole,
)

_ROUTES = REQUEST | ONREPLY | FAILURE | BRANCH


class Listed:
    """append_hf_value() and its like."""

    @script_function(routes=_ROUTES, parse={"hf": place(-1)})
    def append_hf_value(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """Add a value: as a header field of its own, or behind the value with an index (`[]` is the last)."""
        found = find_value(ctx.message, hf) if hf.indexed else None
        if found is None:
            return _add_field(ctx, ctx.message.head_end, hf.name, hvalue)
        return _add_value(ctx, found.field, found.whole_end, hvalue)

    @script_function(routes=_ROUTES, parse={"hf": place(1)})
    def insert_hf_value(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """Add a value: as a header field of its own before the first of that name, or before the value with an index
        (`[]` is the first)."""
        found = find_value(ctx.message, hf)
        if found is None:
            return hf.number == 1 and _add_field(ctx, ctx.message.head_end, hf.name, hvalue)
        if not hf.indexed:
            return _add_field(ctx, found.field.start, hf.name, hvalue)
        return _add_value(ctx, found.field, found.whole_start, hvalue)

    @script_function(routes=_ROUTES, parse={"hf_par": target})
    def remove_hf_value(self, ctx: Context, hf_par: Spec) -> bool:
        """Remove a value, with its header field where it is the only one, or a parameter of it."""
        return _for_values(ctx, hf_par, None)

    @script_function(routes=_ROUTES, parse={"hf": assigned})
    def assign_hf_value(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """Write another value in the place of one; or a parameter of it, which is added where it is missing."""
        return _for_values(ctx, hf, hvalue)

    @script_function(routes=_ROUTES, parse={"hf_par": target})
    def remove_hf_value2(self, ctx: Context, hf_par: Spec) -> bool:
        """Remove a header field whose whole value is a list as Authorization has one, or an entry of it:
        `Authorization.realm`."""
        return _for_lists(ctx, hf_par, None)

    @script_function(routes=_ROUTES, parse={"hf": assigned})
    def assign_hf_value2(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """Write another value in the place of a whole header field as Authorization, or an entry of it."""
        return _for_lists(ctx, hf, hvalue)

    @script_function(routes=_ROUTES, parse={"hf": whole})
    def include_hf_value(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """Add a value, at the end of the first header field of that name, unless it is there; case counts
        nothing."""
        if not hvalue:
            return False
        fields = ctx.message.all_fields(hf.key)
        if _equal(ctx, fields, hvalue):
            return True
        if fields:
            return _add_value(ctx, fields[0], fields[0].value_end, hvalue)
        return _add_field(ctx, ctx.message.head_end, hf.name, hvalue)

    @script_function(routes=_ROUTES, parse={"hf": whole})
    def exclude_hf_value(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """Remove a value wherever it is; true even where it is nowhere."""
        for found in _equal(ctx, ctx.message.all_fields(hf.key), hvalue):
            _remove(ctx, found)
        return bool(hvalue)

    @script_function(routes=_ROUTES, parse={"hf": whole})
    def hf_value_exists(self, ctx: Context, hf: Spec, hvalue: bytes) -> bool:
        """A header field of that name has this value."""
        return bool(hvalue) and bool(_equal(ctx, ctx.message.all_fields(hf.key), hvalue))


def _equal(ctx: Context, fields: list[Field], wanted: bytes) -> list[FoundValue]:
    """The values that are equal without case."""
    raw, wanted = ctx.message.raw, wanted.lower()
    values = [value for field in fields for value in values_of(ctx.message, field)]
    return [value for value in values if value.start < value.end and raw[value.start : value.end].lower() == wanted]


def _add_field(ctx: Context, at: int, name: bytes, value: bytes) -> bool:
    ctx.draft.insert(at, b"%b: %b\r\n" % (name, value))
    return True


def _add_value(ctx: Context, field: Field, at: int, value: bytes) -> bool:
    ctx.draft.insert(at, b"," + value if at == field.value_end else value + b",")
    return True


def _remove(ctx: Context, found: FoundValue) -> None:
    """A value with its comma; the header field where it is the only one."""
    field, start, end = found.field, found.whole_start, found.whole_end
    if (start, end) == (field.value_start, field.value_end):
        ctx.draft.remove_field(field)
    else:
        ctx.draft.delete(start - 1 if end == field.value_end else start, end)


def _for_values(ctx: Context, spec: Spec, value: bytes | None) -> bool:
    """Write (or remove, None) what a spec names; false where there is nothing of that name."""
    message = ctx.message
    if spec.every:
        fields = message.all_fields(spec.key)
        if not spec.parameter:
            for field in fields:
                ctx.draft.remove_field(field)
            return bool(fields)
        done = [_parameter(ctx, spec, found, value) for field in fields for found in values_of(message, field)]
        return any(done)
    found = find_value(message, spec)
    if found is None:
        return False
    if spec.parameter:
        return _parameter(ctx, spec, found, value)
    if value is None:
        _remove(ctx, found)
    else:
        ctx.draft.replace(found.start, found.end, value)
    return True


def _parameter(ctx: Context, spec: Spec, found: FoundValue, value: bytes | None) -> bool:
    """Write a parameter of a value, or remove it as often as it is there."""
    raw, at, removed = ctx.message.raw, found.start, False
    while True:
        span, end = find_parameter(raw, spec.parameter, at, found.end)
        if span is None:
            break
        if value is not None:
            ctx.draft.replace(span.value_start, span.value_end, b"=" + value if value else b"")
            return True
        ctx.draft.delete(span.start, span.end)
        at, removed = span.end, True
    if value is None:
        return removed
    ctx.draft.insert(end, b";%b" % spec.parameter + (b"=" + value if value else b""))
    return True


def _for_lists(ctx: Context, spec: Spec, value: bytes | None) -> bool:
    """The same where a header field's value is one list."""
    fields = ctx.message.all_fields(spec.key)
    if not spec.every:
        index = spec.number - 1 if spec.number > 0 else spec.number
        fields = [fields[index]] if -len(fields) <= index < len(fields) else []
    if spec.parameter:
        done = [_entry(ctx, spec, field, value) for field in fields]
        return any(done)
    for field in fields:
        if value is None:
            ctx.draft.remove_field(field)
        else:
            ctx.draft.replace(field.value_start, field.value_end, value)
    return bool(fields)


def _entry(ctx: Context, spec: Spec, field: Field, value: bytes | None) -> bool:
    """Write an entry of a list, or remove it as often as it is there."""
    raw, at, removed = ctx.message.raw, field.value_start, False
    while True:
        span, separator = find_listed(raw, spec.parameter, at, field.value_end)
        if span is None:
            break
        if value is not None:
            ctx.draft.replace(span.value_start, span.value_end, b"=" + value if value else b"")
            return True
        ctx.draft.delete(span.start, span.end)
        at, removed = span.end, True
    if value is None:
        return removed
    ctx.draft.insert(field.value_end, separator + spec.parameter + (b"=" + value if value else b""))
    return True
