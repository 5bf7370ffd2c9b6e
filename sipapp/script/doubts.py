# -*- test-case-name: tests.script.test_doubts -*-
"""doubts: what a script may say, but hardly means: statements that nothing reaches, conditions that never change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Pattern

from sipapp.errors import ConfigError, Position
from sipapp.script import bound, values


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


def doubtful(operator: str, left: bound.Expression, right: bound.Expression) -> str:
    """What to say of a comparison that cannot come out as it is meant; nothing where it can."""
    if operator not in ("==", "!=", "eq", "ne"):
        return ""
    return _unread(left) or _unread(right) or _no_number(left, right)


_variable = re.compile(rb"\$[A-Za-z(][\w(]").search


def _unread(side: bound.Expression) -> str:
    """A text with a variable in it: only functions read those in their arguments."""
    if isinstance(side, bound.Constant) and isinstance(side.value, bytes) and _variable(side.value):
        return f"{side.value.decode(errors='replace')!r} is compared as it stands: write variables without quotes"
    return ""


def _no_number(left: bound.Expression, right: bound.Expression) -> str:
    """A variable that is always a number is compared with a text that is none."""
    if not (isinstance(left, bound.Read) and left.access.integer and isinstance(right, bound.Constant)):
        return ""
    text = right.value
    if isinstance(text, int) or values.integer(text) or not text.strip(b" \t+-0"):
        return ""
    variable = left.text.decode(errors="replace")
    return f"{variable} is a number: {text.decode(errors='replace')!r} is compared with it as 0"


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
            if condition.type is bytes:
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
