# -*- test-case-name: tests.modules.avpops.test_changes -*-
"""changes: AVPs removed, copied, computed and substituted."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sipapp.log import Logger
from sipapp.module import ConfigError, Context, ReturnCode, ScriptError, Subst, Value, script_function
from sipapp.module.avp_names import Avp, Every, avp, cut, every
from sipapp.modules.avpops.checks import ROUTES
from sipapp.modules.avpops.names import Operand, flags, operand
from sipapp.script.avp import AvpKey
from sipapp.script.pvsyntax import end_of_variable
from sipapp.script.values import divide, modulo, wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import Getter, IBinder

log = Logger()

BAD_EXPRESSION = -3

_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: wrap(a + b),
    "sub": lambda a, b: wrap(a - b),
    "mul": lambda a, b: wrap(a * b),
    "div": lambda a, b: divide(a, b) if b else _by_zero("division"),
    "mod": lambda a, b: modulo(a, b) if b else _by_zero("modulo"),
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "not": lambda a, b: ~b,
}


class _Named(NamedTuple):
    """`$avp(x)/flags`, or `*` and its kin."""

    what: Avp | Every
    flags: frozenset[str]


class _FromTo(NamedTuple):
    """`$avp(from)/$avp(to)/flags`; without the second the first is both."""

    source: Avp
    target: Avp
    flags: frozenset[str]
    replaces: bool  # there is no second


class Changes:
    """avp_delete(), avp_copy(), avp_op(), avp_subst() and avp_subst_pv()."""

    def _deleted(self, source: bytes, binder: IBinder) -> _Named:
        name, behind = cut(source)
        return _Named(avp(name, binder) if name.startswith(b"$") else every(name), flags(behind, b"g"))

    @script_function(routes=ROUTES, parse={"name": "_deleted"})
    def avp_delete(self, ctx: Context, name: _Named) -> bool:
        """Remove the newest value of `$avp(x)`, all of them with `$avp(x)/g`. `*` removes all AVPs, `s` those whose
        names are texts, `i` those with numbers. False where there are none."""
        if isinstance(name.what, Every):
            keys = name.what.keys(ctx)
            for key in keys:
                del ctx.avps[key]
            return bool(keys)
        return _drop(ctx, name.what.key(ctx), "g" in name.flags)

    def _old(self, source: bytes, binder: IBinder) -> Avp:
        return avp(source[: end_of_variable(source, 0)], binder)

    def _new(self, source: bytes, binder: IBinder) -> _Named:
        name, behind = cut(source)
        return _Named(avp(name, binder), flags(behind, b"gdns"))

    @script_function(routes=ROUTES, parse={"old_name": "_old", "new_name": "_new"})
    def avp_copy(self, ctx: Context, old_name: Avp, new_name: _Named) -> bool:
        """Copy the newest value of one AVP to another: `avp_copy("$avp(a)", "$avp(b)/gd")`.

        Flags: `g`: all values, newest first; `d`: remove what was copied; `n`, `s`: as numbers, as texts. False where
        there is nothing to copy, or a text that is to be a number is none.
        """
        assert isinstance(new_name.what, Avp)
        every_one = "g" in new_name.flags
        source, target = old_name.key(ctx), new_name.what.key(ctx)
        values = old_name.newest_first(ctx)[: None if every_one else 1]
        if source is None or target is None or not values:
            return False
        copies = [_cast(value, new_name.flags) for value in values]
        if "d" in new_name.flags:
            _drop(ctx, source, every_one)
        ctx.avps.setdefault(target, []).extend(copies)
        return True

    def _computed(self, source: bytes, binder: IBinder) -> _FromTo:
        return _from_to(source, binder, b"")

    def _operand(self, source: bytes, binder: IBinder) -> Operand:
        found = operand(source, binder, tuple(_OPERATIONS), b"gd")
        if isinstance(found.value, bytes):
            raise ConfigError("a number is wanted: i:5")
        return found

    @script_function(routes=ROUTES, parse={"name": "_computed", "op_value": "_operand"})
    def avp_op(self, ctx: Context, name: _FromTo, op_value: Operand) -> bool:
        """Compute with every number that an AVP holds: `avp_op("$avp(x)/$avp(to)", "add/i:4/d")`.

        Operations: `add sub mul div mod and or xor`, and `not`, which is of the right side alone. The results are added
        to `$avp(to)`, or to `$avp(x)` itself; the flag `d` removes what was computed with. A division by zero gives 0.
        False where there is no number.
        """
        held = name.source.newest_first(ctx)
        numbers = [value for value in held if isinstance(value, int)]
        key, target = name.source.key(ctx), name.target.key(ctx)
        if not held or target is None or not (numbers or op_value.operation == "not"):
            return False
        operation = _OPERATIONS[op_value.operation]
        for number in numbers or [0]:
            result = number
            for right in _right_side(ctx, op_value):  # several work on one another's results
                result = operation(result, right)
                ctx.avps.setdefault(target, []).append(result)
            if "d" in op_value.flags and key is not None and numbers:
                _drop_one(ctx, key, number)
        return True

    def _substituted(self, source: bytes, binder: IBinder) -> _FromTo:
        return _from_to(source, binder, b"gd")

    @script_function(routes=ROUTES, parse={"avps": "_substituted"})
    def avp_subst(self, ctx: Context, avps: _FromTo, subst: Subst) -> bool:
        """Substitute in an AVP: `avp_subst("$avp(from)/$avp(to)/gd", "/expression/replacement/")`.

        The newest text that the expression fits is changed, with the flag `g` all of them. The results are added to
        `$avp(to)`, the flag `d` removes what was changed; without `$avp(to)` they replace what was changed.
        """
        return _substitute(ctx, avps, subst)

    def _expression(self, source: bytes, binder: IBinder) -> Callable[[Context], Subst]:
        return _late_expression(source, binder)

    @script_function(routes=ROUTES, parse={"avps": "_substituted", "subst": "_expression"})
    def avp_subst_pv(self, ctx: Context, avps: _FromTo, subst: Callable[[Context], Subst]) -> bool | ReturnCode:
        """The same, with variables in the expression; -3 where what they make is none."""
        try:
            expression = subst(ctx)
        except ConfigError as why:
            log.error("avp_subst_pv(): {why}", why=why.reason)
            return ReturnCode(BAD_EXPRESSION)
        return _substitute(ctx, avps, expression)


def _from_to(source: bytes, binder: IBinder, known: bytes) -> _FromTo:
    first, rest = cut(source)
    held = avp(first, binder)
    target, behind = cut(rest) if rest and rest.startswith(b"$") else (None, rest)
    if not target:
        return _FromTo(held, held, flags(behind, known), True)
    return _FromTo(held, avp(target, binder), flags(behind, known), False)


def _drop(ctx: Context, key: AvpKey | None, all_values: bool) -> bool:
    """Remove the newest value, or all; whether there was one."""
    stack = None if key is None else ctx.avps.get(key)
    if not stack:
        return False
    if all_values or len(stack) == 1:
        del ctx.avps[key]
    else:
        stack.pop()
    return True


def _drop_one(ctx: Context, key: AvpKey, value: Value) -> None:
    """Remove the oldest entry with this value: results that are equal stand above it."""
    stack = ctx.avps[key]
    stack.remove(value)
    if not stack:
        del ctx.avps[key]


def _cast(value: Value, wanted: frozenset[str]) -> Value:
    if isinstance(value, bytes) and "n" in wanted:
        if not value.isdigit():
            raise ScriptError(f"no number: {value.decode(errors='replace')!r}")
        return wrap(int(value))
    return b"%d" % value if isinstance(value, int) and "s" in wanted else value


def _right_side(ctx: Context, found: Operand) -> list[int]:
    if found.avp is not None:
        numbers = [value for value in found.avp.newest_first(ctx) if isinstance(value, int)]
        if not numbers:
            raise ScriptError("the right side holds no number")
        return numbers
    value = found.value if found.variable is None else found.variable(ctx)
    if not isinstance(value, int):
        raise ScriptError("the right side is no number")
    return [value]


def _by_zero(operation: str) -> int:
    log.error("avp_op(): {operation} by 0", operation=operation)
    return 0


def _substitute(ctx: Context, avps: _FromTo, expression: Subst) -> bool:
    source, target = avps.source.key(ctx), avps.target.key(ctx)
    stack = [] if source is None else ctx.avps.get(source, [])
    results: list[bytes] = []
    changed: list[int] = []
    for place in range(len(stack) - 1, -1, -1):
        value = stack[place]
        if not isinstance(value, bytes):
            continue
        result, count = expression.apply(ctx, value)
        if count > 0:
            results.append(result)
            changed.append(place)
            if "g" not in avps.flags:
                break
    if not results:
        return False
    if avps.replaces or "d" in avps.flags:
        for place in changed:
            del stack[place]
        if not stack:
            del ctx.avps[source]
    if target is not None:
        ctx.avps.setdefault(target, []).extend(results)
    return True


def _late_expression(source: bytes, binder: IBinder) -> Callable[[Context], Subst]:
    """The expression is known when the script runs. One that a variable holds may have variables in it, too."""
    parsed = lru_cache(maxsize=64)(lambda text: Subst.parse(text, binder))
    filled: Callable[[bytes], Getter | None] = lru_cache(maxsize=64)(lambda text: _text_or_none(text, binder))
    held = binder.variable(source).get if source.startswith(b"$") else None

    def expression(ctx: Context) -> Subst:
        text = source if held is None else held(ctx)
        if not isinstance(text, bytes):
            raise ConfigError("the variable holds no expression")
        template = filled(text)
        evaluated = text if template is None else template(ctx)
        assert isinstance(evaluated, bytes)
        return parsed(evaluated)

    return expression


def _text_or_none(source: bytes, binder: IBinder) -> Getter | None:
    """None: a dollar sign in it begins no variable, it is the end of a line to the expression."""
    try:
        return binder.text(source)
    except ConfigError:
        return None
