# -*- test-case-name: tests.modules.pv.test_xavps -*-
"""xavps: the variables $xavp, $xavu and $xavi: values with fields; and $cnt, which counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.module import ALL, Access, ConfigError, Value, pseudo_variable
from sipapp.module.variables import bind_index
from sipapp.modules.pv.scriptvars import ScriptVariables, dynamic_key
from sipapp.script.avp import Xavp, XavpList, xavis, xavps, xavus
from sipapp.script.pvsyntax import parse_variable
from sipapp.script.values import text

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.module import Context

    Lists = Callable[[Context], XavpList]

_step = re.compile(rb"[ \t\r\n]*([^= \t\r\n\[]+)[ \t\r\n]*").match


class ExtendedVariables(ScriptVariables):
    """Values with fields."""

    @pseudo_variable("xavp", bind=True, writable=True)
    def pv_xavp(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$xavp(name=>field): a field of a value that belongs to the transaction.

        Without an index, writing `name=>field` makes a new `name` with this one field, before all others; with one,
        `name[0]=>field`, it adds a field to the `name` that there is. `name[1]=>field[2]` reads older ones, negative
        indexes count from the end, `field[*]` joins all. $null removes what is named. $xavp(name) is a plain value.
        """
        return _bound("xavp", inner, index, binder, xavps, fold=False)

    @pseudo_variable("xavi", bind=True, writable=True)
    def pv_xavi(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$xavi(name=>field): like $xavp, with names in any case."""
        return _bound("xavi", inner, index, binder, xavis, fold=True)

    @pseudo_variable("xavu", bind=True, writable=True)
    def pv_xavu(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$xavu(name=>field): like $xavp, with one value a name: writing replaces it."""
        if inner is None or index is not None:
            raise ConfigError("$xavu: needs a name and takes no index: $xavu(name=>field)")
        name, arrow, field = inner.strip().partition(b"=>")
        if not name or b"=" in name or (arrow and not field):
            raise ConfigError(f"$xavu: not name=>field: ({inner.decode(errors='replace')})")
        if not arrow:
            return Access(lambda ctx: _value(xavus(ctx).find(name)), lambda ctx, value: _put(xavus(ctx), name, value))
        return Access(
            lambda ctx: _value(found.find(field)) if (found := xavus(ctx).fields(name)) is not None else None,
            lambda ctx, value: _put_field(xavus(ctx), name, field, value),
        )

    @pseudo_variable("cnt", bind=True)
    def pv_cnt(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$cnt($avp(name)): how many values there are; also of $xavp(name), and of $xavp(name=>field) in every name
        that the index fits."""
        written = parse_variable(inner or b"")
        if written.name not in ("avp", "xavp") or written.inner is None or index is not None:
            raise ConfigError(f"$cnt: counts $avp(...) and $xavp(...), got {(inner or b'').decode(errors='replace')}")
        if written.name == "xavp":
            return Access(_counter(parse_path("xavp", written.inner, binder, fold=False)), integer=True)
        if written.inner.startswith(b"$"):
            key = dynamic_key(written.inner, binder)
            return Access(lambda ctx: len(ctx.avps.get(key(ctx), ())), integer=True)
        fixed = self.avp_key(written.inner)
        return Access(lambda ctx: len(ctx.avps.get(fixed, ())), integer=True)


class Step:
    """One part of a path: a name and perhaps an index."""

    __slots__ = ("index", "indexed", "key", "name")

    def __init__(self, name: bytes, key: bytes, index: Any) -> None:
        self.name = name
        self.key = key
        self.index = index  # a number, ALL, or a getter of a number
        self.indexed = index is not None

    def place(self, ctx: Context) -> Any:
        """The index now: a number or ALL; 0 where there is none."""
        index = self.index
        return index(ctx) if callable(index) else index or 0


class Path:
    """`name[index]=>field[index]`."""

    __slots__ = ("field", "root")

    def __init__(self, root: Step, field: Step | None) -> None:
        self.root = root
        self.field = field


def parse_path(variable: str, source: bytes, binder: IBinder, fold: bool) -> Path:
    """Raises ConfigError. What follows the field is ignored, as Kamailio does."""
    root, rest = _parse_step(variable, source, source, binder, fold)
    if not rest.startswith(b"="):
        return Path(root, None)
    if not rest.startswith(b"=>"):
        raise _bad(variable, source)
    field, _ = _parse_step(variable, source, rest[2:], binder, fold)
    return Path(root, field)


def _parse_step(variable: str, source: bytes, rest: bytes, binder: IBinder, fold: bool) -> tuple[Step, bytes]:
    found = _step(rest)
    if found is None:
        raise _bad(variable, source)
    name, rest = found[1], rest[found.end() :]
    index = None
    if rest.startswith(b"["):
        depth = 0
        for at, char in enumerate(rest):
            depth += (char == 91) - (char == 93)
            if not depth:
                index, rest = bind_index(variable, rest[1:at], binder), rest[at + 1 :]
                break
        else:
            raise _bad(variable, source)
    return Step(name, name.lower() if fold else name, index), rest


def _bad(variable: str, source: bytes) -> ConfigError:
    return ConfigError(f"${variable}: not name[index]=>field[index]: ({source.decode(errors='replace')})")


def _bound(
    variable: str, inner: bytes | None, index: bytes | None, binder: IBinder, lists: Lists, fold: bool
) -> Access:
    if inner is None or index is not None:
        raise ConfigError(f"${variable}: needs a name, indexes inside: ${variable}(name[0]=>field)")
    path = parse_path(variable, inner, binder, fold)
    root, field = path.root, path.field
    if field is None:
        return Access(
            lambda ctx: _read_root(ctx, lists(ctx), root), lambda ctx, value: _write_root(ctx, lists(ctx), root, value)
        )
    return Access(
        lambda ctx: _read_field(ctx, lists(ctx), root, field),
        lambda ctx, value: _write_field(ctx, lists(ctx), root, field, value),
    )


# -- reading


def _value(found: Xavp | None) -> Value:
    if found is None:
        return None
    value = found.value
    return b"<<xavp:0x%x>>" % id(value) if isinstance(value, XavpList) else value


def _found(ctx: Context, xavps: XavpList, step: Step) -> Xavp | None:
    """The value that a step names; all of them means the newest."""
    place = step.place(ctx)
    if place is ALL:
        place = 0
    elif place < 0:
        place += xavps.count(step.key)
    return xavps.find(step.key, place)


def _read_root(ctx: Context, xavps: XavpList, root: Step) -> Value:
    return _value(_found(ctx, xavps, root))


def _read_field(ctx: Context, xavps: XavpList, root: Step, field: Step) -> Value:
    found = _found(ctx, xavps, root)
    if found is None or not isinstance(found.value, XavpList):
        return None
    if field.index is ALL:
        every = found.value.all(field.key)
        return b", ".join([text(_value(one)) for one in every]) if every else None
    return _value(_found(ctx, found.value, field))


# -- writing; a negative index is one too high then, as in Kamailio


def _place(ctx: Context, xavps: XavpList, step: Step) -> Any:
    place = step.place(ctx)
    return place if place is ALL or place >= 0 else xavps.count(step.key) + place + 1


def _remove(ctx: Context, xavps: XavpList, step: Step) -> None:
    place = _place(ctx, xavps, step)
    if place is ALL:
        xavps.drop_all(step.key)
    else:
        xavps.drop(step.key, place)


def _replace(ctx: Context, xavps: XavpList, step: Step, value: Value) -> None:
    """A new value in place of an old one; where there is none, or for all of them, nothing."""
    place = _place(ctx, xavps, step)
    found = None if place is ALL else xavps.find(step.key, place)
    if found is not None:
        found.value = value


def _write_root(ctx: Context, xavps: XavpList, root: Step, value: Value) -> None:
    if value is None:
        _remove(ctx, xavps, root)
    elif root.indexed:
        _replace(ctx, xavps, root, value)
    else:
        xavps.add(root.name, value, root.key)


def _write_field(ctx: Context, xavps: XavpList, root: Step, field: Step, value: Value) -> None:
    if value is not None and not root.indexed:
        fields = XavpList()
        fields.add(field.name, value, field.key)
        xavps.add(root.name, fields, root.key)
        return
    place = _place(ctx, xavps, root)
    if place is ALL:
        if value is None:
            for every in xavps.all(root.key):
                if isinstance(every.value, XavpList):
                    _remove(ctx, every.value, field)
        return
    found = xavps.find(root.key, place)
    if found is None or not isinstance(found.value, XavpList):
        return
    if value is None:
        _remove(ctx, found.value, field)
    elif field.indexed:
        _replace(ctx, found.value, field, value)
    else:
        found.value.add(field.name, value, field.key)


def _put(xavus: XavpList, name: bytes, value: Value) -> None:
    if value is None:
        xavus.drop(name)
    else:
        xavus.put(name, value)


def _put_field(xavus: XavpList, name: bytes, field: bytes, value: Value) -> None:
    fields = xavus.fields(name)
    if value is None:
        if fields is not None:
            fields.drop(field)
        return
    if fields is None:
        fields = XavpList()
        xavus.put(name, fields)
    fields.drop(field)
    fields.add(field, value)


# -- counting


def _counter(path: Path) -> Callable[[Context], int]:
    root, field = path.root, path.field

    def count(ctx: Context) -> int:
        found = xavps(ctx)
        if root.indexed and root.index is not ALL:
            one = _found(ctx, found, root)
            roots = [] if one is None else [one]
        else:
            roots = found.all(root.key)
        if field is None:
            return len(roots)
        fields = [one.value for one in roots if isinstance(one.value, XavpList)]
        if field.indexed and field.index is not ALL:
            return sum(_found(ctx, every, field) is not None for every in fields)
        return sum(every.count(field.key) for every in fields)

    return count
