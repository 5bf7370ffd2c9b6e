# -*- test-case-name: tests.modules.pv.test_scriptvars -*-
"""scriptvars: what the script keeps for itself: $var, $vn, $vz, $avp, and texts in $_s."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sipapp.module import ALL, Access, ConfigError, Value, modparam, pseudo_variable
from sipapp.module.variables import bind_index
from sipapp.script.avp import AvpKey, avp_key
from sipapp.script.pvsyntax import end_of_variable
from sipapp.script.values import text, wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder
    from sipapp.module import Context

    Key = Callable[[Context], AvpKey | None]


class ScriptVariables:
    """Variables with names that the script chooses."""

    varset: list[str] = modparam(default=(), doc='what a $var is at the start of each run: "name=i:17", "name=s:text"')
    avp_aliases: list[str] = modparam(default=(), doc='other names of AVPs: "alias=s:name;other=i:5"')

    @cached_property
    def plain_names(self) -> dict[bytes, Value]:
        """The $var that the script names, with what they are at first."""
        return {}

    # -- $var -------------------------------------------------------------------------------------------------------

    @pseudo_variable("var", "vz", bind=True, writable=True)
    def pv_var(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$var(name): a variable of this run: 0 at its start, kept through every wait of the script.

        $null makes it 0 again. $vz is another name for it.
        """
        name = name_of("var", inner, index)
        initial = initial_values(self.varset).get(name, 0)
        self.plain_names[name] = initial

        def write(ctx: Context, value: Value) -> None:
            ctx.vars[name] = 0 if value is None else value

        return Access(lambda ctx: ctx.vars.get(name, initial), write)

    @pseudo_variable("vn", bind=True, writable=True)
    def pv_vn(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$vn(name): like $var, but null at the start and after $null; a variable of its own."""
        name = b"$vn:" + name_of("vn", inner, index)

        def write(ctx: Context, value: Value) -> None:
            ctx.vars[name] = value

        return Access(lambda ctx: ctx.vars.get(name), write)

    @pseudo_variable("_s", bind=True)
    def pv__s(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$_s(text): the text with the variables in it evaluated."""
        source = name_of("_s", inner, index)
        return Access(binder.text(source), constant=binder.is_constant(source))

    # -- $avp -------------------------------------------------------------------------------------------------------

    @pseudo_variable("avp", bind=True, writable=True)
    def pv_avp(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$avp(name): a stack of values that belongs to the transaction. Reading gives the newest, writing adds one,
        $null takes the newest away.

        $(avp(name)[1]) is the one before, $(avp(name)[*]) all of them, newest first; written, they add a value too,
        [*] in place of all others. The name may be a variable, `s:name`, or `i:5` for a numbered one.
        """
        if inner is None:
            raise ConfigError("$avp: needs a name: $avp(...)")
        place = bind_index("avp", index, binder)
        if inner.startswith(b"$"):
            return _dynamic_avp(dynamic_key(inner, binder), place)
        key = self.avp_key(inner)
        if place in (None, 0):
            return Access(lambda ctx: stack[-1] if (stack := ctx.avps.get(key)) else None, _avp_writer(key, False))
        if place is ALL:
            return Access(lambda ctx: _joined(ctx.avps.get(key)), _avp_writer(key, True))
        return Access(
            lambda ctx: _at(ctx.avps.get(key), place(ctx) if callable(place) else place), _avp_writer(key, False)
        )

    def avp_key(self, name: bytes) -> AvpKey:
        """The key of a name, aliases resolved. Raises ConfigError."""
        if b":" not in name:
            for aliases in self.avp_aliases:
                for alias in aliases.encode().split(b";"):
                    left, equals, right = alias.partition(b"=")
                    if not equals or not left.strip() or not right.strip():
                        raise ConfigError(f'modparam("pv", "avp_aliases"): not alias=name: "{aliases}"')
                    if left.strip().lower() == name.lower():
                        return avp_key(right.strip())
        return avp_key(name)


def name_of(variable: str, inner: bytes | None, index: bytes | None) -> bytes:
    if inner is None:
        raise ConfigError(f"${variable}: needs a name: ${variable}(...)")
    if index is not None:
        raise ConfigError(f"${variable}: takes no index, got [{index.decode(errors='replace')}]")
    return inner


def initial_values(definitions: list[str]) -> dict[bytes, Value]:
    """`name=i:17` and `name=s:text` as values. Raises ConfigError."""
    values: dict[bytes, Value] = {}
    for definition in definitions:
        name, equals, value = definition.partition("=")
        kind, body = value[:2].lower(), value[2:]
        if not name or not equals or kind not in ("i:", "s:"):
            raise ConfigError(f'modparam("pv"): not name=i:number or name=s:text: "{definition}"')
        if kind == "s:":
            values[name.encode()] = body.encode("utf-8", "surrogateescape")
            continue
        try:
            values[name.encode()] = wrap(int(body))
        except ValueError:
            raise ConfigError(f'modparam("pv"): not a number: "{definition}"') from None
    return values


def dynamic_key(inner: bytes, binder: IBinder) -> Key:
    """The key that a variable names when it is read; what stands behind the variable counts for nothing."""
    read = binder.variable(inner[: end_of_variable(inner, 0)]).get
    return lambda ctx: read(ctx) or None


def _avp_writer(key: AvpKey, every: bool) -> Callable[[Context, Value], None]:
    return lambda ctx, value: write_avp(ctx, key, every, value)


def write_avp(ctx: Context, key: AvpKey, every: bool, value: Value) -> None:
    """Add a value, with `every` in place of all others; null takes the newest away, with `every` all."""
    avps: dict[AvpKey, list[Value]] = ctx.avps
    if value is not None:
        if every or key not in avps:
            avps[key] = [value]
        else:
            avps[key].append(value)
    elif key in avps:
        if every or len(avps[key]) == 1:
            del avps[key]
        else:
            avps[key].pop()


def _dynamic_avp(key: Key, place: Any) -> Access:
    def read(ctx: Context) -> Value:
        name = key(ctx)
        stack = None if name is None else ctx.avps.get(name)
        if place is ALL:
            return _joined(stack)
        return _at(stack, place(ctx) if callable(place) else place or 0)

    def write(ctx: Context, value: Value) -> None:
        name = key(ctx)
        if name is not None:
            write_avp(ctx, name, place is ALL, value)

    return Access(read, write)


def _at(stack: list[Value] | None, index: int) -> Value:
    if not stack:
        return None
    if index < 0:
        # Kamailio looks from the end but finds the newest only, which has the lowest index of all
        return stack[-1] if -index == len(stack) else None
    return stack[-1 - index] if index < len(stack) else None


def _joined(stack: list[Value] | None) -> bytes | None:
    return b", ".join([text(value) for value in reversed(stack)]) if stack else None
