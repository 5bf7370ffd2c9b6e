# -*- test-case-name: tests.script.test_doubts -*-
"""doubts: what a script may say, but hardly means: statements that nothing reaches, conditions that never change."""

from __future__ import annotations

from collections.abc import Iterator
from re import Pattern

from sipapp.errors import ConfigError, Position
from sipapp.script import bound


def doubts(body: list[bound.Statement]) -> Iterator[ConfigError]:
    """The warnings for one list of statements and all in it, in order."""
    for number, statement in enumerate(body):
        yield from _inside(statement)
        if number + 1 < len(body) and _ends(statement):
            yield _doubt(body[number + 1].at, f"nothing reaches this: {_NAMES[type(statement)]} comes before it")
            return


def _doubt(at: Position, reason: str) -> ConfigError:
    return ConfigError(reason, at)


_NAMES: dict[type, str] = {
    bound.Exit: "exit",
    bound.Drop: "drop",
    bound.Return: "return",
    bound.Break: "break",
    bound.Async: "async()",
    bound.If: "an if whose branches both end here",
}


def _ends(statement: bound.Statement) -> bool:
    """Whether what follows can never run."""
    if isinstance(statement, bound.If):
        return bool(statement.then and statement.otherwise) and all(
            _ends(branch[-1]) for branch in (statement.then, statement.otherwise)
        )
    return isinstance(statement, (bound.Exit, bound.Drop, bound.Return, bound.Break, bound.Async))


def _inside(statement: bound.Statement) -> Iterator[ConfigError]:
    match statement:
        case bound.If(_, condition, then, otherwise):
            if isinstance(condition, bound.Constant):
                yield _doubt(condition.at, "this condition is the same in every run")
            elif condition.type is bytes:
                yield _doubt(condition.at, "a text is a condition: it is true where it is a number above 0")
            yield from doubts(then)
            yield from doubts(otherwise)
        case bound.While(_, _, body):
            yield from doubts(body)
        case bound.Parallel(_, members):
            if len(members) == 1:
                yield _doubt(statement.at, "nothing runs beside the one statement of this parallel block")
            for member in members:
                yield from doubts(member.body)
        case bound.Switch(_, _, cases):
            yield from _cases(cases)
            for case in cases:
                yield from doubts(case.body)


def _cases(cases: list[bound.Case]) -> Iterator[ConfigError]:
    """A text that an earlier expression matches as well is never compared."""
    patterns: list[Pattern[bytes]] = []
    for case in cases:
        if isinstance(case.label, Pattern):
            patterns.append(case.label)
        elif isinstance(case.label, bytes) and any(p.search(case.label) for p in patterns):
            yield _doubt(case.at, "nothing reaches this case: an expression before it matches it")
