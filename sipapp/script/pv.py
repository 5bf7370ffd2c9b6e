# -*- test-case-name: tests.script.test_pv -*-
"""pv: pseudo-variables bound to their place: a text in the script becomes functions that read and write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from zope.interface import implementer

from sipapp.errors import ConfigError, Gathering, Position
from sipapp.interfaces.script import Access, Getter, IBinder, IRegistry, Value
from sipapp.script.pvsyntax import Applied, Written, end_of_variable, parse_variable
from sipapp.script.values import own_number

if TYPE_CHECKING:
    from sipapp.script.runtime import Context

    Transform = Callable[[Context, Value], Value]
    TextGetter = Callable[[Context], bytes]
    _Piece = bytes | tuple[Getter, bytes]

NULL = b"<null>"
"""What $null looks like in a text."""


@implementer(IBinder)
class Binder:
    """The means of the engine for whoever binds a variable, a transformation or a function's argument."""

    __slots__ = ("at", "registry")

    def __init__(self, registry: IRegistry, at: Position) -> None:
        self.registry = registry
        self.at = at

    def is_constant(self, source: bytes) -> bool:
        return b"$" not in source

    def variable(self, source: bytes) -> Access:
        """Raises ConfigError: no variable, or not one alone, or one that its module refuses."""
        written = parse_variable(source)
        end = end_of_variable(source, 0)
        if end != len(source):
            raise ConfigError(f"unexpected {_shown(source[end:])} behind the variable {_shown(source[:end])}")
        return self._bound(written)

    def text(self, source: bytes) -> TextGetter:
        """Raises ConfigError: a `$` that begins no variable (`$$` writes a dollar sign)."""
        pieces = self._pieces(source)
        if len(pieces) == 1:
            only = pieces[0]
            return _shown_in_text(*only) if isinstance(only, tuple) else (lambda ctx: only)
        return _filled(pieces)

    def _pieces(self, source: bytes) -> list[_Piece]:
        """Constants, and variables with what they are where they are null."""
        found: list[_Piece] = []
        mistakes = Gathering()
        at = 0
        while (dollar := source.find(b"$", at)) >= 0:
            found.append(source[at:dollar])
            at = end_of_variable(source, dollar)
            if source[dollar:at] in (b"$$", b"$($)"):
                found.append(b"$")
            else:
                before = len(mistakes.errors)
                piece = mistakes.attempt(self._shown, source[dollar:at])
                found.append(piece or b"")
                for error in mistakes.errors[before:]:
                    error.offset = dollar
        mistakes.check()
        found.append(source[at:])
        return _merged(found)

    def _shown(self, source: bytes) -> tuple[Getter, bytes]:
        """A variable, and what it leaves in a text where it is null: nothing, if a transformation or index failed."""
        written = parse_variable(source)
        access = self._bound(written)
        get = access.get if access.shown is None else access.shown
        if written.transformations:
            return self._as_it_was(written, get), b""
        if not _is_dynamic(written):
            return get, NULL
        index = self._index(written)
        return (lambda ctx: b"" if index(ctx) is None else get(ctx)), NULL

    def _bound(self, written: Written) -> Access:
        if not written.transformations:
            return self._bare(written)
        mistakes = Gathering()
        access = mistakes.attempt(self._bare, written)
        made = [mistakes.attempt(self._transformation, applied) for applied in written.transformations]
        mistakes.check()
        assert access is not None
        chain = tuple(one for one in made if one is not None)
        constant = access.constant and all(self.is_constant(a.arguments) for a in written.transformations)
        return Access(_chained(access.get, chain), access.set, constant)

    def _bare(self, written: Written) -> Access:
        if written.name == "$":
            return Access(lambda ctx: b"$", constant=True)
        variable = self.registry.variable(written.name)
        if variable is None:
            raise self.registry.unknown(f"${written.name}")
        access = variable.bind(written.inner, written.index, self)
        return _where(self._index(written), access) if _is_dynamic(written) else access

    def _as_it_was(self, written: Written, get: Getter) -> Getter:
        """What `{s.int}` stands behind remains in a text: `00012` is a number, and `00012`."""
        *before, last = written.transformations
        if last.name != "s.int":
            return get
        source = self._bound(replace(written, transformations=tuple(before))).get
        return lambda ctx: None if get(ctx) is None else source(ctx)

    def _index(self, written: Written) -> Callable[[Context], int | None]:
        """The number that a variable as an index has of its own; None: that index fails."""
        assert written.index is not None
        read = self.variable(written.index).get
        return lambda ctx: own_number(read(ctx))

    def _transformation(self, applied: Applied) -> Transform:
        transformation = self.registry.transformation(applied.name)
        if transformation is None:
            raise self.registry.unknown(f"{{{applied.name}}}")
        return transformation.bind(applied.arguments, self)


def _is_dynamic(written: Written) -> bool:
    """Its index is a variable."""
    return written.index is not None and written.index.startswith(b"$")


def _where(index: Callable[[Context], int | None], access: Access) -> Access:
    """A variable that is null, and takes nothing, where its index fails."""
    get, put = access.get, access.set

    def write(ctx: Context, value: Value) -> None:
        if put is not None and index(ctx) is not None:
            put(ctx, value)

    return access._replace(get=lambda ctx: None if index(ctx) is None else get(ctx), set=write if put else None)


def _chained(read: Getter, chain: tuple[Transform, ...]) -> Getter:
    """Read, then transform; null from a transformation is its failure, and the rest is not tried."""
    if len(chain) == 1:
        only = chain[0]
        return lambda ctx: only(ctx, read(ctx))

    def chained(ctx: Context) -> Value:
        value = read(ctx)
        for transform in chain:
            value = transform(ctx, value)
            if value is None:
                return None
        return value

    return chained


def _shown_in_text(read: Getter, null: bytes) -> TextGetter:
    """The variable's bytes in a text."""

    def shown(ctx: Context) -> bytes:
        value = read(ctx)
        if value.__class__ is bytes:
            return value
        if isinstance(value, bytes):
            return bytes(value)
        return null if value is None else b"%d" % value

    return shown


def _filled(pieces: list[_Piece]) -> TextGetter:
    """All pieces as one template, filled in one go."""
    template = b"".join([b"%b" if isinstance(piece, tuple) else piece.replace(b"%", b"%%") for piece in pieces])
    variables = tuple(piece for piece in pieces if isinstance(piece, tuple))

    def filled(ctx: Context) -> bytes:
        return template % tuple(
            [
                value if isinstance(value := read(ctx), bytes) else null if value is None else b"%d" % value
                for read, null in variables
            ]
        )

    return filled


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """Constants that touch are one; empty ones go."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            merged[-1] = last + piece
        elif piece:
            merged.append(piece)
    return merged or [b""]


def _shown(source: bytes) -> str:
    return repr(source.decode(errors="replace"))
