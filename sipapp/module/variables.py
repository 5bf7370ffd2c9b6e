# -*- test-case-name: tests.module.test_variables -*-
"""variables: @pseudo_variable and @transformation: readers and writers as methods."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any, get_type_hints

from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Access, IBinder, IPseudoVariable, ITransformation, Value
from sipapp.module.arguments import Arguments, Mark, Natural, Separator, own_number
from sipapp.nearest import nearest
from sipapp.script.runtime import Context

_NUMBER = re.compile(rb"-?[0-9]+").fullmatch


class pseudo_variable:  # noqa: N801  (a decorator)
    """Make a method the reader of a variable; `@reader.setter` makes another its writer.

    The method's parameters say what the variable takes: `(ctx)`: `$name`; `(ctx, inner)`: `$name(inner)`, inner
    given as bytes, variables in it evaluated; `(ctx, index)`: `$(name[index])`, an int or None;
    `(ctx, inner, index)`: both. keys: the only inner names there are. parse: bytes -> object, what the method
    gets for a constant inner, run at load. constant, integer: see Access. bind: the method is
    `(self, inner, index, binder) -> Access` and reads inner name and index in its own way; for those where every
    nanosecond counts as well.
    """

    def __init__(
        self,
        *names: str,
        keys: Iterable[str] | None = None,
        parse: Callable[[bytes], Any] | None = None,
        optional: bool = False,
        constant: bool = False,
        integer: bool = False,
        bind: bool = False,
        writable: bool = False,
    ) -> None:
        self.names = names
        self.keys = None if keys is None else frozenset(k.encode() for k in keys)
        self.parse = parse
        self.optional = optional  # the inner name may be left out
        self.constant = constant
        self.integer = integer
        self.own_bind = bind
        self.writable = writable  # of one with its own bind; else told by the setter
        self.reader: Callable[..., Any] | None = None
        self.writer: Callable[..., None] | None = None

    def __call__(self, method: Callable[..., Any]) -> pseudo_variable:
        self.reader = method
        self.__doc__ = method.__doc__
        return self

    def setter(self, method: Callable[..., None]) -> pseudo_variable:
        self.writer = method
        self.writable = True
        return self

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.names:
            self.names = (name.removeprefix("pv_"),)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        assert self.reader is not None
        return self.reader.__get__(instance, owner)


@implementer(IPseudoVariable)
class PseudoVariable:
    """A decorated reader (and writer), bound to its module."""

    def __init__(self, module: str, name: str, instance: Any, declaration: pseudo_variable) -> None:
        self.module = module
        self.name = name
        self.writable = declaration.writable
        self.declaration = declaration
        assert declaration.reader is not None
        self._read = declaration.reader.__get__(instance)
        self._write = declaration.writer.__get__(instance) if declaration.writer else None
        code = declaration.reader.__code__
        taken = code.co_varnames[: code.co_argcount]
        self.takes_inner = "inner" in taken
        self.takes_index = "index" in taken

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.declaration.reader) or ""

    def bind(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        if self.declaration.own_bind:
            return self._read(inner, index, binder)  # type: ignore[no-any-return]
        flags = (self.declaration.constant, self.declaration.integer)
        if inner is None and self.takes_inner and not self.declaration.optional:
            raise ConfigError(f"${self.name}: needs a name: ${self.name}(...)")
        if inner is not None and not self.takes_inner:
            raise ConfigError(f"${self.name}: takes no name, got ({inner.decode(errors='replace')})")
        if index is not None and not self.takes_index:
            raise ConfigError(f"${self.name}: takes no index, got [{index.decode(errors='replace')}]")
        read, write = self._read, self._write
        if not self.takes_inner and not self.takes_index:
            return Access(read, write, *flags)
        arguments = []
        if self.takes_inner:
            arguments.append(self._inner(inner, binder))
        if self.takes_index:
            arguments.append(bind_index(self.name, index, binder))
        if not any(callable(a) for a in arguments):
            fixed = tuple(arguments)
            return Access(
                lambda ctx: read(ctx, *fixed), write and (lambda ctx, value: write(ctx, *fixed, value)), *flags
            )

        def now(ctx: Context) -> list[Any]:
            return [a(ctx) if callable(a) else a for a in arguments]

        return Access(
            lambda ctx: read(ctx, *now(ctx)), write and (lambda ctx, value: write(ctx, *now(ctx), value)), *flags
        )

    def _inner(self, inner: bytes | None, binder: IBinder) -> Any:
        if inner is None:
            return None
        parse = self.declaration.parse
        keys = self.declaration.keys
        if keys is not None and inner not in keys:
            near = nearest(inner.decode(errors="replace"), (k.decode() for k in keys))
            raise ConfigError(f"${self.name}({inner.decode(errors='replace')}): no such name{near}")
        if binder.is_constant(inner):
            return parse(inner) if parse else inner
        text = binder.text(inner)
        return (lambda ctx: parse(text(ctx))) if parse else text  # type: ignore[arg-type]


def bind_index(name: str, index: bytes | None, binder: IBinder) -> Any:
    """None, a number, ALL, or a getter of a number (NOWHERE where the variable has none of its own)."""
    if index is None:
        return None
    if index == b"*":
        return ALL
    if _NUMBER(index):
        return int(index)
    if not index.startswith(b"$"):
        raise ConfigError(f"${name}: not an index: [{index.decode(errors='replace')}]")
    read = binder.variable(index).get
    return lambda ctx: NOWHERE if (number := own_number(read(ctx))) is None else number


class _All:
    def __repr__(self) -> str:
        return "ALL"


ALL: Any = _All()
"""The index `[*]`: all values."""

NOWHERE = 1 << 32
"""The index that is beyond every list."""


class transformation:  # noqa: N801  (a decorator)
    """Make a method a transformation: `@transformation("s.len")` over `(self, value, ...)`.

    A value declared as `bytes` comes as text: integers in decimal, and null fails without a call; one declared as
    `Value` comes as it is. What follows are the transformation's own parameters: int, Natural, bytes, Mark or
    Separator; a default makes one optional. A first parameter `ctx` gets the Context. None as the result is failure:
    nothing in a text, null elsewhere. bind: (self, arguments, binder) -> (ctx, value) -> value, for those that read
    their arguments in their own way.
    """

    def __init__(self, *names: str, bind: bool = False) -> None:
        self.names = names
        self.own_bind = bind
        self.method: Callable[..., Any] | None = None

    def __call__(self, method: Callable[..., Any]) -> transformation:
        self.method = method
        self.__doc__ = method.__doc__
        return self

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        assert self.method is not None
        return self.method.__get__(instance, owner)


@implementer(ITransformation)
class Transformation:
    """A decorated transformation, bound to its module."""

    def __init__(self, module: str, name: str, instance: Any, declaration: transformation) -> None:
        self.module = module
        self.name = name
        assert declaration.method is not None
        self.method = declaration.method.__get__(instance)
        self.doc = inspect.getdoc(declaration.method) or ""
        self.own_bind = declaration.own_bind

    def bind(self, arguments: bytes, binder: IBinder) -> Callable[[Context, Value], Value]:
        if self.own_bind:
            return self.method(arguments, binder)  # type: ignore[no-any-return]
        hints = get_type_hints(self.method)
        signature = inspect.signature(self.method).parameters
        names = list(signature)
        wants_context = hints.get("ctx") is Context
        value, own = names[wants_context], names[wants_context + 1 :]
        reader = Arguments(self.name, arguments, binder)
        given: list[Any] = []
        for name in own:
            if not reader.more():
                if signature[name].default is inspect.Parameter.empty:
                    raise ConfigError(f"{{{self.name}}}: the argument {name.rstrip('_')!r} is missing")
                break
            given.append(_READERS[hints[name]](reader))
        if reader.more():
            raise ConfigError(f"{{{self.name}}}: takes {len(own) or 'no'} argument{'s' * (len(own) != 1)}, got more")
        applied = _applied(self.method, wants_context, given)
        return _of_text(applied) if hints[value] is bytes else applied


_READERS: dict[Any, Callable[[Arguments], Any]] = {
    int: Arguments.number,
    Natural: Arguments.natural,
    bytes: Arguments.text,
    Mark: Arguments.mark,
    Separator: Arguments.separator,
}


def _applied(method: Callable[..., Any], wants_context: bool, given: list[Any]) -> Callable[[Context, Value], Value]:
    """The method with its arguments; a variable that has no right value for its place fails it."""
    if not given:
        return method if wants_context else lambda ctx, value: method(value)
    if not any(callable(g) for g in given):
        fixed = tuple(given)
        if wants_context:
            return lambda ctx, value: method(ctx, value, *fixed)
        return lambda ctx, value: method(value, *fixed)

    def apply(ctx: Context, value: Value) -> Value:
        now = [g(ctx) if callable(g) else g for g in given]
        if None in now:
            return None
        return method(ctx, value, *now) if wants_context else method(value, *now)  # type: ignore[no-any-return]

    return apply


def _of_text(applied: Callable[[Context, Value], Value]) -> Callable[[Context, Value], Value]:
    def of_text(ctx: Context, value: Value) -> Value:
        if value.__class__ is bytes:
            return applied(ctx, value)
        if value is None:
            return None
        return applied(ctx, b"%d" % value if isinstance(value, int) else bytes(value))

    return of_text
