# -*- test-case-name: tests.core.test_language -*-
"""language: the words of the script language, read off the tables that the parser works by."""

from __future__ import annotations

from sipapp.script.grammar.bodies import STATEMENTS, Bodies
from sipapp.script.grammar.core_calls import CORE_FUNCTIONS
from sipapp.script.grammar.expressions import BINDING, OPERANDS, READERS, Expressions
from sipapp.script.grammar.module_calls import ModuleCalls
from sipapp.script.grammar.settings import SETTINGS, Settings
from sipapp.script.keywords import (
    BARE_DIRECTIVES,
    DIALECTS,
    KEYWORDS,
    NAMED_DIRECTIVES,
    OPEN_DIRECTIVES,
    ROUTE_KINDS,
)
from sipapp.script.parameter_syntax import ALIASES, COREPARAMS, KEMI_CALLBACKS, SYNTAX

# What has no word of its own, or none that begins it, by the name in the manual and with whatever reads it.
_PHRASES = {
    "assignment": Bodies.assignment,
    "block": Bodies.block,
    "function call": ModuleCalls.module_call,
    "route call": ModuleCalls.route_call,
    "else": Bodies.conditional,
    "case": Bodies.case,
    "case/": Bodies.case,
    "default": Bodies.case,
    "global parameter": Settings.parameter,
    "coreparam": Settings.coreparam,
    "cfg variable": Settings.custom_parameter,
    "cfg group instance": Settings.custom_parameter,
    "listen": Settings.listen,
    "socket block": Settings.socket_block,
}

# Operators that stand before what they are about; the manual tells these from what they are between two operands.
_BEFORE = {Expressions.unary: "{}", Expressions.negative: "unary {}", Expressions.measured: "{}(x)"}


def _spellings(kinds: frozenset[str]) -> frozenset[str]:
    """The words whose tokens are of these kinds, and the kinds themselves."""
    return kinds | {word for word, kind in KEYWORDS.items() if kind in kinds}


def _statements() -> frozenset[str]:
    calls = (Bodies.assignment, Bodies.effect)
    words = {kind for kind, read in STATEMENTS.items() if read not in calls}
    included = {directive for directive in OPEN_DIRECTIVES if directive.endswith("_file")}
    return frozenset(words | (SETTINGS.keys() - OPEN_DIRECTIVES) | included | _PHRASES.keys())


def _operators() -> frozenset[str]:
    before = {kind: read for kind, read in READERS.items() if read in _BEFORE}
    signs = _spellings(frozenset(kind for kind, read in before.items() if read is Expressions.unary))
    shaped = {_BEFORE[read].format(kind) for kind, read in before.items()}
    return frozenset({"=", ".", "selval(c, a, b)"} | _spellings(frozenset(BINDING)) | signs | shaped)


def _directives() -> frozenset[str]:
    """With their mark; the short spellings (`def` for `#!define`) without, as the manual has them."""
    words = NAMED_DIRECTIVES | BARE_DIRECTIVES | OPEN_DIRECTIVES | DIALECTS.keys()
    short = {word for word in words if f"{word}ine" in words}
    return frozenset({f"#!{word}" for word in words - short} | short | {"!!"})


LANGUAGE: dict[str, frozenset[str]] = {
    "parameters": frozenset({*SYNTAX, *ALIASES, *COREPARAMS, *(f"kemi.{name}" for name in KEMI_CALLBACKS)}),
    "functions": _spellings(CORE_FUNCTIONS) | {"route"},
    "route_types": ROUTE_KINDS,
    "statements": _statements(),
    "operators": _operators(),
    "operands": _spellings(OPERANDS),
    "pre_processor": _directives(),
}
"""The names of the language by what they are; those of functions without the modules'."""
