# -*- test-case-name: tests.modules.jansson.test_jansson -*-
"""jansson: JSON documents in variables: values by path, and $xavp from them and back. RFC 8259."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from sipapp.module import Context, PvRef, ScriptError, Value, module, script_function, writable
from sipapp.modules.jansson.document import Json, dump, parse, to_value
from sipapp.modules.jansson.path import append, get, put
from sipapp.script.avp import XavpList, xavps

_CONSTANTS = {b"true": True, b"false": False, b"null": None}


@module("jansson")
class Jansson:
    """JSON."""

    @script_function(parse={"dst": writable})
    def jansson_get(self, ctx: Context, path: bytes, src: bytes, dst: PvRef) -> int:
        """Write what is at `path` (`name.other[0].last`) of a document to a variable: a text, a number, $null; objects
        and arrays as JSON. False where nothing is there."""
        _set(ctx, dst, to_value(get(parse(src), _text(path))))
        return 1

    @script_function(parse={"dst": writable})
    def jansson_pv_get(self, ctx: Context, path: bytes, srcvar: PvRef, dst: PvRef) -> int:
        """As jansson_get(), of a document that a variable holds."""
        source = srcvar.get(ctx)
        if not isinstance(source, bytes):
            raise ScriptError("cannot get json string value")
        return self.jansson_get(ctx, path, source, dst)

    @script_function(parse={"dst": writable})
    def jansson_get_field(self, ctx: Context, field_name: bytes, src: bytes, dst: PvRef) -> int:
        """jansson_get_field(name, document, variable): as jansson_get(), of the field of that name, whatever dots and
        brackets it has. jansson_get_field(document, path, variable), as in Kamailio up to 5.6: as jansson_get()."""
        if field_name.lstrip()[:1] in (b"{", b"["):
            return self.jansson_get(ctx, src, field_name, dst)
        document = parse(src)
        name = _text(field_name)
        if not isinstance(document, dict) or name not in document:
            raise ScriptError(f"failed to find {name!r} in json")
        _set(ctx, dst, to_value(document[name]))
        return 1

    @script_function(parse={"dst": writable})
    def jansson_array_size(self, ctx: Context, path: bytes, src: bytes, dst: PvRef) -> int:
        """Write the number of items of the array at `path` of a document to a variable."""
        found = get(parse(src), _text(path))
        if not isinstance(found, list):
            raise ScriptError(f"value at {path.decode(errors='replace')} is not an array")
        _set(ctx, dst, len(found))
        return 1

    @script_function(parse={"result": writable})
    def jansson_set(self, ctx: Context, type: bytes, path: bytes, value: bytes, result: PvRef) -> int:
        """Put a value at `path` of the document in the variable `result`; a variable without a text counts as `{}`.

        type: integer, real, string, object, array, true, false or null; int, str and obj are short for them.
        """
        return self._change(ctx, put, type, path, value, result)

    @script_function(parse={"result": writable})
    def jansson_append(self, ctx: Context, type: bytes, path: bytes, value: bytes, result: PvRef) -> int:
        """Add a value to the array, or the fields of an object to the object, at `path` of the document in the variable
        `result`; types as for jansson_set()."""
        return self._change(ctx, append, type, path, value, result)

    def _change(
        self,
        ctx: Context,
        change: Callable[[Json, str, Json], None],
        kind: bytes,
        path: bytes,
        value: bytes,
        result: PvRef,
    ) -> int:
        new = _value(kind, value)
        old = result.get(ctx)
        document = parse(old if isinstance(old, bytes) else b"{}")
        change(document, _text(path), new)
        _set(ctx, result, dump(document))
        return 1

    @script_function()
    def jansson_xdecode(self, ctx: Context, json: bytes, xavp: bytes) -> int:
        """Make an $xavp of a document's fields, one for each item where it is an array."""
        document = parse(json)
        for item in document if isinstance(document, list) else [document]:
            fields = XavpList()
            for name, value in item.items() if isinstance(item, dict) else ():
                fields.add(name.encode(), to_value(value))
            xavps(ctx).add(xavp, fields)
        return 1

    @script_function(parse={"pv": writable})
    def jansson_xencode(self, ctx: Context, xavp: bytes, pv: PvRef) -> int:
        """Write the fields of the newest $xavp of this name to a variable, as an object; false where it has none."""
        fields = xavps(ctx).fields(xavp)
        if fields is None:
            return -1
        made = {_text(field.name): _plain(field.value) for field in fields}
        _set(ctx, pv, dump(made, spaced=True))
        return 1


def _set(ctx: Context, target: PvRef, value: Value) -> None:
    assert target.set is not None
    target.set(ctx, value)


def _text(text: bytes) -> str:
    """Raises ScriptError: no UTF-8."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ScriptError(f"no UTF-8: {text[:60]!r}") from None


def _plain(value: Value | XavpList) -> Json:
    if isinstance(value, XavpList):
        return "<<xavp>>"
    return _text(value) if isinstance(value, bytes) else value


def _value(kind: bytes, value: bytes) -> Json:
    """A value from a script's text. Raises ScriptError: it is none of that type."""
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    make = _MAKERS.get(kind)
    if make is None:
        raise ScriptError(f"unrecognized input type {kind.decode(errors='replace')!r}")
    return make(value)


def _integer(text: bytes) -> int:
    try:
        if b"_" in text:  # Python's own
            raise ValueError
        number = int(text or b"0")
    except ValueError:
        raise ScriptError(f"parsing int failed for {text[:60]!r}") from None
    return min(max(number, -(1 << 63)), (1 << 63) - 1)


def _real(text: bytes) -> float:
    try:
        if b"_" in text:
            raise ValueError
        number = float.fromhex(text.decode()) if b"x" in text.lower() else float(text or b"0")
    except (ValueError, OverflowError):
        raise ScriptError(f"parsing real failed for {text[:60]!r}") from None
    if not isfinite(number):
        raise ScriptError(f"value to add is not a real {text[:60]!r}")
    return number


def _object(text: bytes) -> Json:
    found = parse(text)
    if not isinstance(found, dict):
        raise ScriptError(f"value to add is not an object: {text[:60]!r}")
    return found


def _array(text: bytes) -> Json:
    found = parse(text)
    if not isinstance(found, list):
        raise ScriptError(f"value to add is not an array: {text[:60]!r}")
    return found


_MAKERS: dict[bytes, Callable[[bytes], Json]] = {
    b"object": _object,
    b"obj": _object,
    b"array": _array,
    b"string": _text,
    b"str": _text,
    b"integer": _integer,
    b"int": _integer,
    b"real": _real,
}
