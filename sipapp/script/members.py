# -*- test-case-name: tests.script.test_members -*-
"""members: what may not stand in a parallel block, for the block would have to end in the middle of its statements."""

from __future__ import annotations

from collections.abc import Iterator

from sipapp.errors import ConfigError
from sipapp.script import bound

_BREAK = "break cannot leave a parallel block; return ends the one statement, exit the script"
_ASYNC = "async() cannot stand in a parallel block: call the function itself, it waits here"


def misplaced(body: list[bound.Statement], in_loop: bool = False) -> Iterator[ConfigError]:
    """The mistakes in one member, in order."""
    for statement in body:
        match statement:
            case bound.Break() if not in_loop:
                yield ConfigError(_BREAK, statement.at)
            case bound.Async():
                yield ConfigError(_ASYNC, statement.at)
            case bound.If(_, _, then, otherwise):
                yield from misplaced(then, in_loop)
                yield from misplaced(otherwise, in_loop)
            case bound.While(_, _, inner):
                yield from misplaced(inner, True)
            case bound.Switch(_, _, cases):
                for case in cases:
                    yield from misplaced(case.body, True)
