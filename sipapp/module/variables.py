# -*- test-case-name: tests.module.test_variables -*-
"""variables: @pseudo_variable and @transformation: readers and writers as methods."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, get_type_hints

from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Access, IBinder, IPseudoVariable, ITransformation, Value
from sipapp.nearest import nearest
from sipapp.script.runtime import Context


class pseudo_variable:  # noqa: N801  (a decorator)
    """Make a method the reader of a variable; `@reader.setter` makes another its writer.

    The method's parameters say what the variable takes: `(ctx)`: `$name`; `(ctx, inner)`: `$name(inner)`, inner
    given as bytes, variables in it evaluated; `(ctx, index)`: `$(name[index])`, an int or None;
    `(ctx, inner, index)`: both. keys: the only inner names there are. parse: bytes -> object, what the method
    gets for a constant inner, run at load. constant, integer: see Access.
    """

    def __init__(
        self,
        *names: str,
        keys: Iterable[str] | None = None,
        parse: Callable[[bytes], Any] | None = None,
        optional: bool = False,
        constant: bool = False,
        integer: bool = False,
    ) -> None:
        self.names = names
        self.keys = None if keys is None else frozenset(k.encode() for k in keys)
        self.parse = parse
        self.optional = optional  # the inner name may be left out
        self.constant = constant
        self.integer = integer
        self.reader: Callable[..., Value] | None = None
        self.writer: Callable[..., None] | None = None

    def __call__(self, method: Callable[..., Value]) -> pseudo_variable:
        self.reader = method
        self.__doc__ = method.__doc__
        return self

    def setter(self, method: Callable[..., None]) -> pseudo_variable:
        self.writer = method
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
        self.doc = inspect.getdoc(declaration.reader) or ""
        self.writable = declaration.writer is not None
        self.declaration = declaration
        assert declaration.reader is not None
        self._read = declaration.reader.__get__(instance)
        self._write = declaration.writer.__get__(instance) if declaration.writer else None
        taken = list(inspect.signature(self._read).parameters)
        self.takes_inner = "inner" in taken
        self.takes_index = "index" in taken

    def bind(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
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
            arguments.append(_index(self.name, index, binder))
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
        if binder.is_constant(inner):
            keys = self.declaration.keys
            if keys is not None and inner not in keys:
                near = nearest(inner.decode(errors="replace"), (k.decode() for k in keys))
                raise ConfigError(f"${self.name}({inner.decode(errors='replace')}): no such name{near}")
            return parse(inner) if parse else inner
        text = binder.text(inner)
        return (lambda ctx: parse(text(ctx))) if parse else text


def _index(name: str, index: bytes | None, binder: IBinder) -> Any:
    """None, a number, ALL, or a getter of a number."""
    if index is None:
        return None
    if index == b"*":
        return ALL
    try:
        return int(index)
    except ValueError:
        if not index.startswith(b"$"):
            raise ConfigError(f"${name}: not an index: [{index.decode(errors='replace')}]") from None
    read = binder.variable(index).get

    def number(ctx: Context) -> int:
        value = read(ctx)
        return value if isinstance(value, int) else int(value or 0)

    return number


class _All:
    def __repr__(self) -> str:
        return "ALL"


ALL: Any = _All()
"""The index `[*]`: all values."""


class transformation:  # noqa: N801  (a decorator)
    """Make a method a transformation: `@transformation("s.len")` over `(self, value, ...)`.

    Parameters after the value are the transformation's own: int, bytes; a default makes one optional. A first
    parameter `ctx` gets the Context. bind: (self, arguments, binder) -> (ctx, value) -> value, for those that
    read their arguments in their own way.
    """

    def __init__(self, *names: str, bind: bool = False) -> None:
        self.names = names
        self.own_bind = bind
        self.method: Callable[..., Any] | None = None

    def __call__(self, method: Callable[..., Any]) -> transformation:
        self.method = method
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
        hints.pop("return", None)
        signature = inspect.signature(self.method).parameters
        names = list(signature)
        wants_context = hints.get("ctx") is Context
        own = names[2 if wants_context else 1 :]
        parts = split_arguments(arguments)
        least = sum(signature[n].default is inspect.Parameter.empty for n in own)
        if not least <= len(parts) <= len(own):
            raise ConfigError(f"{{{self.name}}}: takes {_count(least, len(own))}, got {len(parts)}")
        given = [self._argument(n, hints[n], part, binder) for n, part in zip(own, parts, strict=False)]
        method = self.method
        if not given:
            return method if wants_context else lambda ctx, value: method(value)
        if not any(callable(g) for g in given):
            fixed = tuple(given)
            if wants_context:
                return lambda ctx, value: method(ctx, value, *fixed)
            return lambda ctx, value: method(value, *fixed)

        def apply(ctx: Context, value: Value) -> Value:
            now = [g(ctx) if callable(g) else g for g in given]
            return method(ctx, value, *now) if wants_context else method(value, *now)  # type: ignore[no-any-return]

        return apply

    def _argument(self, name: str, hint: Any, source: bytes, binder: IBinder) -> Any:
        base = hint
        if source.startswith(b"$") and not binder.is_constant(source):
            read = binder.variable(source).get
            return (lambda ctx: _number(read(ctx))) if base is int else (lambda ctx: _text(read(ctx)))
        if base is int:
            try:
                return int(source)
            except ValueError:
                raise ConfigError(
                    f"{{{self.name}}}: {name!r} must be a number, got {source.decode(errors='replace')!r}"
                ) from None
        return source


def _number(value: Value) -> int:
    if isinstance(value, int):
        return value
    try:
        return int(value or 0)
    except ValueError:
        return 0


def _text(value: Value) -> bytes:
    return b"" if value is None else b"%d" % value if isinstance(value, int) else value


def _count(least: int, most: int) -> str:
    if least == most:
        return f"{least} argument{'' if least == 1 else 's'}"
    return f"{least} to {most} arguments"


def split_arguments(arguments: bytes) -> list[bytes]:
    """`,0,$var(l)` -> [b"0", b"$var(l)"]; commas inside parentheses or braces stay."""
    if not arguments:
        return []
    parts, depth, start = [], 0, 1
    for at in range(1, len(arguments)):
        byte = arguments[at : at + 1]
        if byte in b"({":
            depth += 1
        elif byte in b")}":
            depth -= 1
        elif byte == b"," and not depth:
            parts.append(arguments[start:at])
            start = at + 1
    parts.append(arguments[start:])
    return [p.strip() for p in parts]
