# -*- test-case-name: tests.cli.test_usage -*-
"""usage: what a script names: modules, parameters, functions, variables, transformations, selects, event routes.

The syntax tree is enough: nothing of it need exist here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from sipapp.errors import ConfigError, Position
from sipapp.script import nodes
from sipapp.script.node import Node
from sipapp.script.pvsyntax import Applied, end_of_variable, parse_variable

KINDS = ("module", "core parameter", "parameter", "function", "variable", "transformation", "select", "event route")


class Use(NamedTuple):
    """One thing, where it is named."""

    kind: str  # one of KINDS
    name: str  # `t_relay()`, `$avp`, `{s.len}`, `@via.host`, `debug`
    at: Position
    module: str = ""  # of a parameter: the module; of a function: empty
    sure: bool = True  # false: in a text, which may not be meant for variables


def uses(script: nodes.Script) -> Iterator[Use]:
    """Everything, in the order of settings, then routes; as often as it is named."""
    loaded = [short(s.name) for s in script.settings if isinstance(s, nodes.LoadModule)]
    for setting in script.settings:
        yield from _setting(setting, loaded)
    for route in script.routes:
        if route.kind == "event_route":
            yield Use("event route", route.name, route.at)
        yield from _of_all(route.body)


def short(name: str) -> str:
    """`/usr/lib/kamailio/modules/tm.so` -> `tm`"""
    return PurePosixPath(name).name.removesuffix(".so").removesuffix(".py")


def _setting(setting: nodes.Setting, loaded: list[str]) -> Iterator[Use]:
    match setting:
        case nodes.LoadModule(at, name):
            yield Use("module", short(name), at)
        case nodes.CoreParam(at, name):
            yield Use("core parameter", name, at)
        case nodes.ModParam(at, modules, name):
            for module in _matching(modules, loaded) or [modules]:
                yield Use("parameter", name, at, module)


def _matching(expression: str, loaded: Iterable[str]) -> list[str]:
    """The modules that a modparam()'s first argument is about."""
    try:
        pattern = re.compile(f"(?:{expression})$")
    except re.error:
        return []
    return [module for module in dict.fromkeys(loaded) if pattern.match(module)]


def _of_all(thing: Any) -> Iterator[Use]:
    """Of a node, or whatever holds nodes."""
    if isinstance(thing, (list, tuple)):
        for one in thing:
            yield from _of_all(one)
    if not isinstance(thing, Node):
        return
    match thing:
        case nodes.Call(at, name):
            yield Use("function", f"{name}()", at)
        case nodes.Variable(at, text, or_avp):
            yield from _variable(text, at, not or_avp)
        case nodes.String(at, text):
            yield from _text(text, at)
        case nodes.Select(at, text):
            yield Use("select", f"@{text.decode(errors='replace')}", at)
    names: tuple[str, ...] = type(thing).__match_args__[1:]
    for field in names:
        yield from _of_all(getattr(thing, field))


def _variable(text: bytes, at: Position, sure: bool) -> Iterator[Use]:
    """A variable, its transformations, and what stands in them."""
    try:
        written = parse_variable(text)
    except ConfigError:
        return
    if written.name != "$":
        yield Use("variable", f"${written.name}", at, sure=sure)
    for inner in (written.inner, written.index):
        yield from _text(inner or b"", at)
    for applied in written.transformations:
        yield from _transformation(applied, at, sure)


def _transformation(applied: Applied, at: Position, sure: bool) -> Iterator[Use]:
    yield Use("transformation", f"{{{applied.name}}}", at, sure=sure)
    yield from _text(applied.arguments, at)


def _text(text: bytes, at: Position) -> Iterator[Use]:
    """The variables in a text, if they are any."""
    place = 0
    while (dollar := text.find(b"$", place)) >= 0:
        try:
            place = end_of_variable(text, dollar)
        except ConfigError:
            return
        yield from _variable(text[dollar:place], at, sure=False)
        place = max(place, dollar + 1)
