# -*- test-case-name: tests.script.test_check -*-
"""check: every mistake of a script's routes in one run, and all its names resolved for the compiler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sipapp.errors import ConfigError, Position, each
from sipapp.interfaces.script import IRegistry
from sipapp.script import bound, nodes, values
from sipapp.script.doubts import doubts
from sipapp.script.members import misplaced
from sipapp.script.posix import compile_regex
from sipapp.script.pvsyntax import parse_variable
from sipapp.script.references import References
from sipapp.script.resolve import Resolver
from sipapp.script.runtime import CallSite


@dataclass
class Checked:
    """A script that the compiler can take where `errors` is empty; `warnings` are accepted, but hardly meant."""

    file: str
    routes: list[bound.RouteBlock] = field(default_factory=list)
    limits: bound.Limits = field(default_factory=bound.Limits)
    errors: list[ConfigError] = field(default_factory=list)
    warnings: list[ConfigError] = field(default_factory=list)


def check(script: nodes.Script, registry: IRegistry, config: Any, whole: bool = True) -> Checked:
    """Resolve and judge all route blocks. `config` holds the core parameters as attributes. Unless the script could be
    read `whole`, nothing is said of routes that nobody seems to call."""
    checked = Checked(script.file, limits=_limits(config))
    _Checker(script, registry, checked).run(whole)
    return checked


def _limits(config: Any) -> bound.Limits:
    usual = bound.Limits()
    return bound.Limits(
        while_loops=getattr(config, "max_while_loops", usual.while_loops),
        depth=getattr(config, "max_recursive_level", usual.depth),
        return_mode=getattr(config, "return_mode", usual.return_mode),
    )


class _Checker:
    """Walks the statements; `Resolver` does the rest."""

    def __init__(self, script: nodes.Script, registry: IRegistry, checked: Checked) -> None:
        self._script = script
        self._checked = checked
        self._references = References(script, checked.warnings.append)
        self._expressions = Resolver(registry, self._references, self.report, self.statements)
        self._missing: set[str] = set()

    def run(self, whole: bool) -> None:
        for block in self._script.routes:
            self._expressions.kind = block.kind
            self._expressions.route = f"{block.kind}[{block.name}]" if block.name else block.kind
            body = self.statements(block.body)
            self._checked.warnings += doubts(body)
            self._checked.routes.append(bound.RouteBlock(block.at, block.kind, block.name, body))
        if whole and not self._checked.errors:
            self._checked.warnings += self._references.unused()

    def report(self, error: ConfigError) -> None:
        """Where a module is missing, each name that it would offer is a mistake once."""
        if error.missing and error.reason in self._missing:
            return
        self._missing.add(error.reason)
        self._checked.errors.append(error)

    def mistake(self, at: Position, reason: str) -> None:
        self.report(ConfigError(reason, at))

    def statements(self, body: list[nodes.Statement]) -> list[bound.Statement]:
        made = (self.statement(node) for node in body)
        return [statement for statement in made if statement is not None]

    def statement(self, node: nodes.Statement) -> bound.Statement | None:
        try:
            return _STATEMENTS[type(node)](self, node)
        except ConfigError as error:
            for one in each(error, node.at):
                self.report(one)
            return None

    def _do(self, node: nodes.Do) -> bound.Statement | None:
        made = self._expressions.bind(node.expression)
        if made is None:
            return None
        if isinstance(made, (bound.Async, bound.Launch)):
            return made
        if not isinstance(made, (bound.Call, bound.RouteCall, bound.Block)):
            raise ConfigError("this has no effect: a statement is a call or an assignment")
        return bound.Do(node.at, made)

    def _assign(self, node: nodes.Assign) -> bound.Statement | None:
        target = self._target(node.target)
        value = self._expressions.bind(node.value)
        return None if value is None or target is None else bound.Assign(node.at, target, value)

    def _target(self, node: nodes.Variable) -> bound.Read | None:
        target = self._expressions.bind(node)
        if not isinstance(target, bound.Read):
            return None
        name = target.text.decode(errors="replace")
        if parse_variable(target.text).transformations:
            self.mistake(node.at, f"{name} has a transformation: it can be read, not written")
            return None
        if target.access.set is None:
            self.mistake(node.at, f"{name} cannot be written")
            return None
        return target

    def _if(self, node: nodes.If) -> bound.Statement | None:
        condition = self._expressions.bind(node.condition)
        then, otherwise = self.statements(node.then), self.statements(node.otherwise or [])
        return None if condition is None else bound.If(node.at, condition, then, otherwise)

    def _while(self, node: nodes.While) -> bound.Statement | None:
        condition = self._number("while", node.condition)
        body = self.statements(node.body)
        return None if condition is None else bound.While(node.at, condition, body)

    def _number(self, statement: str, node: nodes.Expression) -> bound.Expression | None:
        made = self._expressions.bind(node)
        if made is not None and made.type is bytes:
            self.mistake(made.at, f"{statement} wants a number, got a text; write (int) before it")
            return None
        return made

    def _switch(self, node: nodes.Switch) -> bound.Statement | None:
        subject = self._expressions.bind(node.subject)
        made = (self._case(case) for case in node.cases)
        cases = [case for case in made if case is not None]
        seen: set[Any] = set()
        for case in cases:
            if isinstance(case.label, (int, bytes)) and case.label in seen:
                self.mistake(case.at, "this case is there already")
            seen.add(case.label)
        texts = any(case.label is not None and not isinstance(case.label, int) for case in cases)
        return None if subject is None else bound.Switch(node.at, subject, cases, texts)

    def _case(self, node: nodes.Case) -> bound.Case | None:
        body = self.statements(node.body)
        if node.label is None:
            return bound.Case(node.at, None, body)
        made = self._expressions.bind(node.label)
        if made is None:
            return None
        if not isinstance(made, bound.Constant):
            self.mistake(made.at, "the label of a case has no value")
            return None
        if not node.pattern:
            return bound.Case(node.at, made.value, body)
        try:
            # Unlike `=~`, it minds the case of letters.
            return bound.Case(node.at, compile_regex(values.text(made.value), icase=False), body)
        except ConfigError as error:
            self.mistake(made.at, error.reason)
            return None

    def _break(self, node: nodes.Break) -> bound.Statement:
        return bound.Break(node.at)

    def _return(self, node: nodes.Return) -> bound.Statement | None:
        value = self._number("return", node.value) if node.value is not None else None
        return bound.Return(node.at, value)

    def _exit(self, node: nodes.Exit) -> bound.Statement | None:
        value = self._number("exit", node.value) if node.value is not None else None
        return bound.Exit(node.at, value)

    def _drop(self, node: nodes.Drop) -> bound.Statement | None:
        value = self._number("drop", node.value) if node.value is not None else None
        return bound.Drop(node.at, value)

    def _async(self, node: nodes.Async) -> bound.Statement | None:
        return self._expressions.async_(node)

    def _launch(self, node: nodes.Launch) -> bound.Statement | None:
        return self._expressions.launch(node)

    def _parallel(self, node: nodes.Parallel) -> bound.Statement | None:
        members = [bound.Member(member.at, self.statements(member.body)) for member in node.members]
        for member in members:
            for mistake in misplaced(member.body):
                self.report(mistake)
        site = CallSite("parallel", "core", node.at, self._expressions.route)
        return bound.Parallel(node.at, members, node.first, node.seconds, site)


_STATEMENTS: dict[type, Callable[[_Checker, Any], bound.Statement | None]] = {
    nodes.Do: _Checker._do,
    nodes.Assign: _Checker._assign,
    nodes.If: _Checker._if,
    nodes.While: _Checker._while,
    nodes.Switch: _Checker._switch,
    nodes.Break: _Checker._break,
    nodes.Return: _Checker._return,
    nodes.Exit: _Checker._exit,
    nodes.Drop: _Checker._drop,
    nodes.Async: _Checker._async,
    nodes.Launch: _Checker._launch,
    nodes.Parallel: _Checker._parallel,
}
