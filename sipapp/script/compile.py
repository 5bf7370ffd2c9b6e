# -*- test-case-name: tests.script.test_compile -*-
"""compile: a checked script becomes Python functions whose code has the script's own positions."""

from __future__ import annotations

import ast
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from sipapp.errors import ScriptError
from sipapp.script import answers, awaiting, background, bound, parallel, runtime, values
from sipapp.script.callgraph import CallGraph
from sipapp.script.check import Checked
from sipapp.script.emit import Globals
from sipapp.script.lower import Plan
from sipapp.script.program import Program
from sipapp.script.references import MAIN, MAIN_KEY
from sipapp.script.runtime import Route
from sipapp.script.stack import INSIDE
from sipapp.script.statements import Statements
from sipapp.script.switches import RETURN
from sipapp.script.traced import WATCHER

if TYPE_CHECKING:
    from sipapp.interfaces.trace import ITrace

_KNOWN: dict[str, Any] = {
    "ScriptError": ScriptError,
    "TextWithNumber": values.TextWithNumber,
    "launch": background.launch,
    "parallel": parallel.parallel,
    **{name: getattr(values, name) for name in ("divide", "equal", "integer", "matches", "modulo", "plus")},
    **{name: getattr(values, name) for name in ("shift_left", "shift_right", "text", "wrap")},
    **{name: getattr(runtime, name) for name in ("ScriptExit", "ScriptJump", "run_of")},
    "within": awaiting.within,
    **{name: getattr(answers, name) for name in ("AWAITABLE", "PLAIN", "code_of", "failed", "no_route", "outcome")},
    **{name: getattr(answers, name) for name in ("runaway", "too_deep", "unevaluated", "value_of")},
}


def compile_program(checked: Checked, trace: ITrace | None = None) -> Program:
    """The program of a script without mistakes; `trace` is told of all that it does."""
    graph = CallGraph(checked.routes)
    routes: dict[bytes, Route] = {}
    known = Globals({**_KNOWN, "ROUTES": routes, **({} if trace is None else {WATCHER: trace})})
    names = {(b.kind, b.name): known.name(object(), f"{b.kind}_{b.name}") for b in checked.routes}
    functions = {name: python for (kind, name), python in names.items() if kind == "route"}
    if ("request_route", "") in names:
        functions[MAIN] = names["request_route", ""]
    plan = Plan(checked.limits, functions, graph.waiting(), graph.recursive(), graph.any_waits)
    modules: dict[str, ast.Module] = {}
    for block in checked.routes:
        module = modules.setdefault(block.at.file, ast.Module([], []))
        module.body.append(_function(block, names[block.kind, block.name], known, plan, graph))
    for file, module in modules.items():
        exec(compile(module, file, "exec", dont_inherit=True), known.names)
    program = Program(modules)
    for block in checked.routes:
        function = known.names[names[block.kind, block.name]]
        waits = graph.waits(block.kind, block.name)
        route = Route(block.kind, block.name, block.at, function, waits, waits and _is_top(block, graph))
        _name_in_tracebacks(function, str(route))
        program.add(route)
        if block.kind == "route":
            routes[block.name.encode("utf-8", "surrogateescape")] = route
    if program.request_route is not None:
        routes[MAIN_KEY] = program.request_route
    return program


def _function(block: bound.RouteBlock, name: str, known: Globals, plan: Plan, graph: CallGraph) -> ast.stmt:
    writer = Statements(known, plan)
    writer.route_name = f"{block.kind}[{block.name}]" if block.name else block.kind
    writer.coroutine = graph.waits(block.kind, block.name)
    writer.top = _is_top(block, graph)
    writer.stand_at(block.at)
    writer.statements(block.body, RETURN)
    writer.stand_at(block.at)
    return writer.define(name, ["ctx", "depth"], writer.body, writer.coroutine)


def _is_top(block: bound.RouteBlock, graph: CallGraph) -> bool:
    """Whether no route() can call it."""
    return block.kind != "route" and not (block.kind == "request_route" and graph.calls_main)


def _name_in_tracebacks(function: FunctionType, name: str) -> None:
    function.__code__ = _named(function.__code__, name, name)


def _named(code: CodeType, name: str, qualified: str) -> CodeType:
    """The code under another name; functions in it keep theirs, but say where they are."""
    inner = (
        _named(one, one.co_name, f"{qualified}{INSIDE}{one.co_name}") if isinstance(one, CodeType) else one
        for one in code.co_consts
    )
    return code.replace(co_name=name, co_qualname=qualified, co_consts=tuple(inner))
