# -*- test-case-name: tests.modules.avpops.test_checks -*-
"""checks: whether an AVP is there, and how it compares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sipapp.log import Logger
from sipapp.module import ALL, BRANCH, FAILURE, LOCAL, ONREPLY, REQUEST, ConfigError, Context, Value, script_function
from sipapp.module.avp_names import Avp, Every, avp, avp_or_none, cut, shown
from sipapp.module.shell_pattern import shell_pattern
from sipapp.modules.avpops.names import Operand, flags, operand
from sipapp.script.posix import compile_regex
from sipapp.script.pvsyntax import end_of_variable, parse_variable

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

log = Logger()

ROUTES = REQUEST | FAILURE | BRANCH | ONREPLY | LOCAL

Values = Callable[[Context], list[Value]]

_OPERATIONS = ("eq", "ne", "lt", "le", "gt", "ge", "re", "fm", "and", "or", "xor")

_TEXTS: dict[str, Callable[[bytes, bytes, bool], bool]] = {
    "eq": lambda a, b, icase: _same(a, b, icase),
    "ne": lambda a, b, icase: not _same(a, b, icase),
    "lt": lambda a, b, icase: a.lower() < b.lower(),
    "le": lambda a, b, icase: a.lower() <= b.lower(),
    "gt": lambda a, b, icase: a.lower() > b.lower(),
    "ge": lambda a, b, icase: a.lower() >= b.lower(),
    "re": lambda a, b, icase: compile_regex(b, True, True).search(a) is not None,
    "fm": lambda a, b, icase: shell_pattern(b, icase).fullmatch(a) is not None,
}
_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "and": lambda a, b: bool(a & b),
    "or": lambda a, b: bool(a | b),
    "xor": lambda a, b: bool(a ^ b),
}


class _Set(NamedTuple):
    """What is_avp_set() asks."""

    avp: Avp
    flags: frozenset[str]  # e: it is empty or 0; n: it is a number; s: it is a text


class _Checked(NamedTuple):
    """avp_check()'s right side: all its values, one of which must fit."""

    operation: str
    every: bool
    icase: bool
    values: Values


class Checks:
    """is_avp_set(), avp_check() and avp_print()."""

    def _asked(self, source: bytes, binder: IBinder) -> _Set:
        name, behind = cut(source)
        found = flags(behind, b"ens")
        if found >= {"n", "s"}:
            raise ConfigError(f"no value is a number and a text: {shown(source)}")
        return _Set(avp(name, binder), found)

    @script_function(routes=ROUTES, parse={"name": "_asked"})
    def is_avp_set(self, ctx: Context, name: _Set) -> bool:
        """`$avp(x)` has a value; `$avp(x)/n`: one that is a number, `/s`: a text, `/e`: empty or 0 (`/en`, `/es` both).

        `$(avp(x)[1])` asks about the value before the newest.
        """
        values = name.avp.newest_first(ctx)
        index = name.avp.index
        place = 0 if index is None or index is ALL else max(index(ctx) if callable(index) else index, 0)
        if place >= len(values):
            return False
        value = values[place]
        if ("n" in name.flags and not isinstance(value, int)) or ("s" in name.flags and isinstance(value, int)):
            return False
        return not value if "e" in name.flags else True

    def _left(self, source: bytes, binder: IBinder) -> Values:
        return _values(binder, source[: end_of_variable(source, 0)])

    def _right(self, source: bytes, binder: IBinder) -> _Checked:
        found = operand(source, binder, _OPERATIONS, b"gi")
        if found.operation == "re" and isinstance(found.value, bytes):
            compile_regex(found.value, True, True)  # which raises for a wrong one
        if found.operation == "fm" and isinstance(found.value, int):
            raise ConfigError(f"a pattern is a text, got {shown(source)}")
        return _Checked(found.operation, "g" in found.flags, "i" in found.flags, _operand_values(found, binder))

    @script_function(routes=ROUTES, parse={"name": "_left", "op_value": "_right"})
    def avp_check(self, ctx: Context, name: Values, op_value: _Checked) -> bool:
        """Compare a variable: `avp_check("$avp(x)", "eq/s:abc/i")`.

        Operations: `eq ne lt le gt ge` for numbers and texts, `re` (regular expression) and `fm` (shell pattern) for
        texts, `and or xor` (bits) for numbers. The value is `i:5`, `s:abc`, `abc` or a variable; of a variable with
        several values one must fit. Flags: `g`: any value of the left side may fit, not just its newest; `i`: letter
        case does not count for `eq`, `ne` and `fm`; it never does for `lt le gt ge re`. A number and a text never fit.
        """
        left = name(ctx)
        if not op_value.every and getattr(name, "is_stack", False):
            del left[1:]
        return any(_fits(op_value, a, b) for a in left for b in op_value.values(ctx))

    @script_function(routes=ROUTES)
    def avp_print(self, ctx: Context) -> int:
        """Log all AVPs, at level INFO."""
        for key in Every(text=True, number=True).keys(ctx):
            for value in reversed(ctx.avps[key]):
                name = f"id=<{key}>" if isinstance(key, int) else f"name=<{key.decode(errors='replace')}>"
                if isinstance(value, int):
                    log.info("{name} val_int=<{value}>", name=name, value=value)
                else:
                    shown_value = value.decode(errors="replace")
                    log.info("{name} val_str=<{value} / {length}>", name=name, value=shown_value, length=len(value))
        return 1


def _fits(checked: _Checked, a: Value, b: Value) -> bool:
    if isinstance(a, int) and isinstance(b, int):
        compare = _NUMBERS.get(checked.operation)
        return compare is not None and compare(a, b)
    if isinstance(a, bytes) and isinstance(b, bytes):
        match = _TEXTS.get(checked.operation)
        try:
            return match is not None and match(a, b, checked.icase)
        except ConfigError as why:
            log.error("avp_check(): {why}", why=why.reason)
            return False
    log.error("avp_check(): a number and a text do not compare")
    return False


def _same(a: bytes, b: bytes, icase: bool) -> bool:
    return a.lower() == b.lower() if icase else a == b


def _operand_values(found: Operand, binder: IBinder) -> Values:
    if found.avp is not None:
        return found.avp.newest_first
    if found.variable is not None:
        return _values(binder, found.source)
    fixed = [found.value]
    return lambda ctx: fixed


def _values(binder: IBinder, source: bytes) -> Values:
    """All values of $avp(x) and $xavp(x=>y[*]), newest first; the one of any other variable, null as an empty text."""
    found = avp_or_none(source, binder)
    if found is not None:
        return _Stack(found)
    written = parse_variable(source)
    if written.name == "null":
        raise ConfigError("$null compares with nothing")
    if written.name == "xavp":
        inner = written.inner or b""
        if b"=>" not in inner:
            return lambda ctx: []  # a value without fields never fits
        if inner.endswith(b"[*]"):
            return _every_field(inner[:-3], binder)
        read = binder.variable(source).get
        return lambda ctx: [] if (value := read(ctx)) is None else [value]
    read = binder.variable(source).get

    def only(ctx: Context) -> list[Value]:
        value = read(ctx)
        return [b"" if value is None else value]

    return only


class _Stack:
    """The values of an $avp, of which avp_check() looks at the newest unless it is told otherwise."""

    is_stack = True

    def __init__(self, found: Avp) -> None:
        self.avp = found

    def __call__(self, ctx: Context) -> list[Value]:
        return self.avp.newest_first(ctx)


def _every_field(path: bytes, binder: IBinder) -> Values:
    """The fields of one name in an $xavp; `path` is `name=>field`."""
    readers: list[Any] = []

    def values(ctx: Context) -> list[Value]:
        found: list[Value] = []
        while True:
            if len(readers) == len(found):
                readers.append(binder.variable(b"$xavp(%b[%d])" % (path, len(found))).get)
            value = readers[len(found)](ctx)
            if value is None:
                return found
            found.append(value)

    return values
