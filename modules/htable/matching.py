# -*- test-case-name: tests.modules.htable.test_matching -*-
"""matching: which keys and values a script means by an operator and a text."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.interfaces.store import Stored
from sipapp.log import Logger
from sipapp.module import ConfigError, ScriptError, compile_regex, script_function
from sipapp.modules.htable.places import Places
from sipapp.modules.htable.table import HashTable
from sipapp.script.values import integer

log = Logger()

Test = Callable[[bytes], bool]


def _regex(text: bytes) -> Test:
    """Raises ScriptError: no regular expression."""
    try:
        search = compile_regex(text, newline=True).search
    except ConfigError as why:
        raise ScriptError(why.reason) from None
    return lambda subject: search(subject) is not None


_OPERATORS: dict[bytes, Callable[[bytes], Test]] = {
    b"eq": lambda text: lambda subject: subject == text,
    b"ne": lambda text: lambda subject: subject != text,
    b"re": _regex,
    b"sw": lambda text: lambda subject: subject.startswith(text),
    b"ew": lambda text: lambda subject: subject.endswith(text),
    b"in": lambda text: lambda subject: text in subject,
}
_REMOVERS = (b"re", b"sw", b"ew", b"in")

_COUNTERS = {b"~~": b"re", b"~%": b"ew", b"%~": b"sw", b"==": b"eq"}


def matcher(operator: bytes, text: bytes, known: tuple[bytes, ...] = tuple(_OPERATORS)) -> Test:
    """What an operator and a text ask of a key or value. Raises ScriptError: neither may be empty or unknown."""
    if operator not in known:
        raise ScriptError(f"unsupported match operator: {operator.decode(errors='replace')!r}")
    if not text:
        raise ScriptError("nothing to match with")
    return _OPERATORS[operator](text)


def count_keys(table: HashTable, expression: bytes) -> int:
    """How many keys match `~~regex`, `%~start`, `~%end`, `==text`, `regex`; `**`: all."""
    if expression.startswith(b"**"):
        return len(table.items)
    if expression.startswith(b"eq"):
        return 0
    test = _counted(expression)
    return sum(test(key) for key, _ in table.items.items()) if test else 0


def count_values(table: HashTable, expression: bytes) -> int:
    """How many values match: texts as keys do, numbers `eq5`; `**`: all."""
    if expression.startswith(b"**"):
        return len(table.items)
    if expression.startswith(b"eq"):
        wanted = integer(expression[2:])
        return sum(value == wanted for _, value in table.items.items()) if expression[2:] else 0
    test = _counted(expression)
    return sum(test(value) for _, value in table.items.items() if isinstance(value, bytes)) if test else 0


def _counted(expression: bytes) -> Test | None:
    """None: nothing can match."""
    operator, text = expression[:2], expression[2:]
    if operator not in _COUNTERS:
        operator, text = b"~~", expression
    if not text:
        return None
    try:
        return _OPERATORS[_COUNTERS[operator]](text)
    except ScriptError as why:
        log.error("{why}", why=str(why))
        return None


def of_key(test: Test) -> Callable[[bytes, Stored], bool]:
    return lambda key, value: test(key)


def of_value(test: Test) -> Callable[[bytes, Stored], bool]:
    return lambda key, value: isinstance(value, bytes) and test(value)


class Matching(Places):
    """Functions over all items of a table."""

    @script_function(("sht_match_name", "sht_has_name"))
    def sht_match_name(self, htable: bytes, op: bytes, mval: bytes) -> int:
        """sht_match_name(table, operator, text): some key matches. Operators: eq, ne, re (a regular expression), sw
        (starts with), ew (ends with), in (has it in it)."""
        return self._find(htable, of_key(matcher(op, mval)))

    @script_function(("sht_match_str_value", "sht_has_str_value"))
    def sht_match_str_value(self, htable: bytes, op: bytes, mval: bytes) -> int:
        """sht_match_str_value(table, operator, text): some value that is a text matches; operators as for
        sht_match_name()."""
        return self._find(htable, of_value(matcher(op, mval)))

    @script_function()
    def sht_rm_name(self, htable: bytes, op: bytes, val: bytes) -> int:
        """sht_rm_name(table, operator, text): remove the items whose key matches. Operators: re, sw, ew, in."""
        self.table(htable).items.remove(of_key(matcher(op, val, _REMOVERS)))
        return 1

    @script_function()
    def sht_rm_value(self, htable: bytes, op: bytes, val: bytes) -> int:
        """sht_rm_value(table, operator, text): remove the items whose value is a text that matches. Operators: re,
        sw, ew, in."""
        self.table(htable).items.remove(of_value(matcher(op, val, _REMOVERS)))
        return 1

    def _find(self, name: bytes, fits: Callable[[bytes, Stored], bool]) -> int:
        return 1 if any(fits(key, value) for key, value in self.table(name).items.items()) else -1
