# -*- test-case-name: tests.script.grammar.test_parallel -*-
"""parallel: `parallel { a(); b(); }`, `parallel(first, timeout=0.5) { ... }`.

`parallel` is no keyword: routes, parameters and functions may be called so. It begins a block where a `{` follows, with
or without parentheses between, which nothing else of the language does.
"""

from __future__ import annotations

from sipapp.script.grammar.reader import Reader

WORD = "parallel"


def begins(reader: Reader) -> bool:
    """The token is an ID: whether it begins a parallel block."""
    if reader.text != WORD:
        return False
    if reader.next_kind() != "(":
        return reader.next_kind() == "{"
    depth, distance = 0, 1
    while (kind := reader.kind_at(distance)) != "END":
        depth += (kind == "(") - (kind == ")")
        distance += 1
        if not depth:
            return reader.kind_at(distance) == "{"
    return False


def options(reader: Reader) -> tuple[bool, float | None]:
    """`(first, timeout=0.5)`, either or both; nothing where there are no parentheses. Raises ConfigError."""
    first, seconds = False, None
    if not reader.accept("("):
        return first, seconds
    while True:
        if reader.kind == "ID" and reader.text == "first" and not first:
            reader.advance()
            first = True
        elif reader.kind == "ID" and reader.text == "timeout" and seconds is None:
            reader.advance()
            reader.expect("=", '"=" behind timeout')
            seconds = _seconds(reader)
        else:
            reader.unexpected('"first" or "timeout=SECONDS", each once,')
        if not reader.accept(","):
            reader.expect(")")
            return first, seconds


def _seconds(reader: Reader) -> float:
    """`2`, `0.5`: the language has no such numbers elsewhere, so they are three tokens."""
    number = reader.tokens[reader.index]
    text = reader.expect("NUMBER", "a number of seconds")
    if reader.accept("."):
        text += f".{reader.expect('NUMBER', 'digits')}"
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if seconds <= 0:
        reader.fail("timeout= wants a number of seconds above 0: 2 or 0.5", number)
    return seconds
