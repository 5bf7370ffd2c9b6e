# -*- test-case-name: tests.modules.test_statistics -*-
"""statistics: statistics of the script's own making, which it moves and resets; $stat(name) reads them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from zope.interface import implementer

from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.module import (
    ANY,
    BRANCH,
    FAILURE,
    LOCAL,
    ONREPLY,
    REQUEST,
    ConfigError,
    ScriptError,
    Value,
    modparam,
    module,
    script_function,
)
from sipapp.script.values import integer, text
from sipapp.statistics import Counter

GROUP = "script"


class Definition(NamedTuple):
    """`name` or `name/no_reset`."""

    name: str
    resettable: bool

    @classmethod
    def parse(cls, source: str) -> Definition:
        """Raises ConfigError."""
        name, slash, flag = source.partition("/")
        if not name:
            raise ConfigError("empty parameter")
        if slash and flag.lower() != "no_reset":
            raise ConfigError(f"unsupported flag <{flag}>")
        return cls(name, not slash)


class Named:
    """A statistic that a call names; known once every module has its own."""

    __slots__ = ("counter", "name")

    counter: Counter

    def __init__(self, name: bytes) -> None:
        self.name = name.decode("utf-8", "surrogateescape")


def amount(source: bytes) -> int:
    """`1`, `+1`, `-1`. Raises ConfigError: anything else, and 0, which changes nothing."""
    digits = source[1:] if source[:1] in (b"+", b"-") else source
    if not digits.isdigit():
        raise ConfigError(f"bad update number <{source.decode(errors='replace')}>")
    if not int(digits):
        raise ConfigError("update with 0 has no sense")
    return int(source)


@implementer(IAfterStart)
@module("statistics")
class ScriptStatistics:
    """Counters in the group `script`, and whatever others there are."""

    variable: list[Definition] = modparam(
        default=(),
        parse=Definition.parse,
        doc="a new statistic: 'name', or 'name/no_reset' for one that goes on for ever",
    )

    @cached_property
    def named(self) -> list[Named]:
        """What calls name."""
        return []

    def start(self, server: IServer) -> None:
        self.statistics = server.statistics
        for definition in self.variable:
            if self.statistics.find(definition.name, GROUP) is not None:
                raise ConfigError(f'modparam("statistics", "variable"): {GROUP}.{definition.name} already registered')
            self.statistics.counter(GROUP, definition.name, resettable=definition.resettable)

    def started(self) -> None:
        """Raises ConfigError: a call names a statistic that there is not."""
        for named in self.named:
            counter = self.statistics.find(named.name)
            if not isinstance(counter, Counter):
                raise ConfigError(f"update_stat() or reset_stat(): variable <{named.name}> not defined")
            named.counter = counter

    def statistic(self, source: bytes) -> Named:
        """The statistic that a call names."""
        named = Named(source)
        self.named.append(named)
        return named

    @script_function(routes=ANY, parse={"variable": "statistic", "value": amount})
    def update_stat(self, variable: Value, value: Value) -> int:
        """update_stat(name, value): add to a statistic: "5", "+1" or "-1"; either may be a variable. False for a
        statistic that there is not."""
        self._counter(variable).add(integer(value))
        return 1

    @script_function(routes=REQUEST | BRANCH | FAILURE | ONREPLY | LOCAL, parse={"variable": "statistic"})
    def reset_stat(self, variable: Value) -> int:
        """reset_stat(name): a statistic back to 0, unless it was made to go on for ever; the name may be a variable."""
        self.statistics.reset(self._counter(variable))
        return 1

    def _counter(self, variable: Any) -> Counter:
        if isinstance(variable, Named):
            return variable.counter
        name = text(variable).decode("utf-8", "surrogateescape")
        found = self.statistics.find(name)
        if not isinstance(found, Counter):
            raise ScriptError(f"variable <{name}> not defined")
        return found
