# -*- test-case-name: tests.script.test_calls -*-
"""calls: function calls, route() and the other things that act, as Python statements.

After each, `ctx.rc` is what the script sees as $rc. A function's 0 ends the run; a ScriptError is false.
"""

from __future__ import annotations

import ast

from sipapp.script import bound
from sipapp.script.lower import Values, acts
from sipapp.script.references import MAIN, MAIN_KEY
from sipapp.script.runtime import CallSite
from sipapp.script.traced import WATCHER


class Calls(Values):
    """Emits what acts. `block` (of the class that derives from it) emits statements in a value's place, `leave` an
    `exit`."""

    coroutine = False  # the function being made may wait
    top = False  # `exit` may return: nothing of the script has called this function
    nesting = 0  # blocks open around the statement, as they count towards max_recursive_level

    def block(self, node: bound.Block) -> str:
        raise NotImplementedError

    def leave(self) -> None:
        raise NotImplementedError

    def action(self, node: bound.Expression, raw: bool = False) -> str:
        """Inside an expression $rc starts from 0, as in Kamailio."""
        match node:
            case bound.Call(_, function, arguments):
                if function.module == "core" or any(not isinstance(one, bound.Given) for one in arguments):
                    self.assign("rc", self.constant(0))
                return self.invoke(node, raw)
            case bound.RouteCall():
                self.assign("rc", self.constant(0))
                return self.route(node)
            case bound.Block():
                return self.block(node)
            case bound.Launch():
                return self.launch(node)
        assert isinstance(node, bound.Async)
        self.resume_in(node)
        name = self.temp("r")
        self.assign(name, self.constant(0))
        return name

    # -- functions

    def invoke(self, node: bound.Call, raw: bool = False) -> str:
        """Call a function; answers the local name of its return code (of its value, where `raw`).

        The core's own functions leave $rc as it was.
        """
        name = self.temp("r")
        self._answer(node, name, None)
        self._tell_code(node, name)
        self.stand_at(node.at)
        core = node.function.module == "core"
        if raw and not core:
            self.assign(name, self.call("value_of", self.load("ctx"), self.load(name)))
            return name
        other = self.call("outcome" if core else "code_of", self.load(name))
        false = self.compare(self.load(name), "is", self.constant(False))
        true = self.compare(self.load(name), "is", self.constant(True))
        number = self.compare(self.attribute(self.load(name), "__class__"), "is", self.object(int, "int"))
        usual = number if core else self.logical(ast.And, number, self.load(name))
        code = self.either(true, self.constant(1), self.either(false, self.constant(-1), other))
        code = self.either(usual, self.load(name), code)
        self.assign(name if core else f"rc {name}", code)
        return name

    def _tell_code(self, node: bound.Call, name: str) -> None:
        """Before a 0 ends the run."""
        if self.watcher is not None:
            self.tell("returned", node.site, self.call("outcome", self.load(name)))

    def _answer(self, node: bound.Call, name: str, seconds: int | None) -> None:
        """`name` = the function's answer, waited for; where it raised a ScriptError, that one's code."""
        self.stand_at(node.at)
        site = self.globals.name(node.site, f"at_{node.site.function}_{node.at.line}")
        with self.apart() as tried:
            self.assign(name, self._call(node))
            if node.function.suspends and self.coroutine:
                self._wait(node, name, site, seconds)
        self._or_failed(tried, name, site)

    def _or_failed(self, tried: list[ast.stmt], name: str, site: str) -> None:
        with self.apart() as handler:
            self.assign(name, self.call("failed", self.load("ctx"), self.load("error"), self.load(site)))
        self.attempt(tried, handler)

    def _call(self, node: bound.Call) -> ast.expr:
        function = node.function
        arguments = self.arguments(node)
        self.stand_at(node.at)
        if function.wants_context:
            arguments.insert(0, self.load("ctx"))
        return self.call(self.object(function.call, f"call_{function.name}"), *arguments)

    def _wait(self, node: bound.Call, name: str, site: str, seconds: int | None) -> None:
        with self.apart() as waiting:
            driver = self.temp("w")
            self.assign(driver, self.call("run_of", self.load("ctx")))  # made now, for most runs: asked for once
            run = self.load(driver)
            self.body.append(_set_site(run, self.load(site)))
            pending: ast.expr = self.load(name)
            if seconds:
                code = getattr(node.function, "timeout_code", -1)
                pending = self.call("within", self.load("ctx"), pending, self.constant(seconds), self.constant(code))
            elif self.top and self.watcher is None:
                self.assign(name, self.call(self.attribute(run, "leave_by"), pending))
                self._leave_with(name)
                pending = self.load(name)
            else:
                pending = self.call(self.attribute(run, "result_of"), pending)
            self.assign(name, self.awaited(pending))
        strange = self.compare(self.attribute(self.load(name), "__class__"), "not in", self.load("PLAIN"))
        must = self.call("isinstance", self.load(name), self.load("AWAITABLE"))
        self.branch(self.logical(ast.And, strange, must), waiting)

    def arguments(self, node: bound.Call) -> list[ast.expr]:
        """All of them, from left to right whatever they do."""
        act = any(isinstance(one, bound.Inline) and acts(one.expression) for one in node.arguments)
        made = (self.argument(one, node.site) for one in node.arguments)
        return [self.spill(one) if act else one for one in made]

    def argument(self, node: bound.Argument, site: CallSite) -> ast.expr:
        self.stand_at(node.at)
        match node:
            case bound.Given():
                return self.object(self.watched(node, site), "given")
            case bound.Got(_, get, text):
                return self.call(self.object(get, f"text_{text[:24].decode(errors='replace')}"), self.load("ctx"))
        value = self.value(node.expression) if node.raw else self.text(node.expression)
        if node.convert is None:
            return value
        return self.call(self.object(node.convert, "convert"), value)

    # -- routes

    def route(self, node: bound.RouteCall) -> str:
        """route(NAME); answers the local name of its return code."""
        name = self._computed_route(node) if node.name is None else self._known_route(node)
        if self.watcher is not None:
            site = CallSite(f"route({_target(node)})", "core", node.at, self.route_name)
            self.tell("returned", site, self.load(name))
        return name

    def _known_route(self, node: bound.RouteCall) -> str:
        assert node.name is not None
        self.stand_at(node.at)
        name = self.temp("r")
        called = self.call(self.load(self.plan.functions[node.name]), self.load("ctx"), self._deeper())
        if node.name in self.plan.waiting:
            called = self.awaited(called)
        with self.apart() as entered:
            self.assign(name, called)
            self._leave_with(name)
        if node.name in self.plan.recursive:
            self.branch(self._too_deep(), self._refused(node, name), entered)
        else:
            self.body += entered
        self.assign("rc", self.load(name))
        return name

    def _leave_with(self, name: str) -> None:
        """A route that has been left by `exit` answers None: who has called it leaves as well."""
        with self.apart() as left:
            self.leave()
        self.branch(self.compare(self.load(name), "is", self.constant(None)), left)

    def _deeper(self) -> ast.expr:
        return self.binary(self.load("depth"), "+", self.constant(self.nesting + 1))

    def _too_deep(self) -> ast.expr:
        most = self.plan.limits.depth - self.nesting - 1
        return self.compare(self.load("depth"), ">", self.constant(most))

    def _refused(self, node: bound.RouteCall, name: str) -> list[ast.stmt]:
        called = f"{node.at}: route({node.name or ''})"
        with self.apart() as refused:
            self.assign(name, self.call("too_deep", self.constant(called), self.constant(self.plan.limits.depth)))
        return refused

    def _computed_route(self, node: bound.RouteCall) -> str:
        """route($var(x)): looked up when it runs; a name that no route has leaves $rc alone."""
        wanted, found, name = self.temp("n"), self.temp("f"), self.temp("r")
        self.assign(wanted, self.text(node.target))
        self.stand_at(node.at)
        self.assign(found, self.call(self.attribute(self.load("ROUTES"), "get"), self.load(wanted)))
        with self.apart() as allowed:
            function = self.attribute(self.load(found), "function")
            self.assign(name, self.call(function, self.load("ctx"), self._deeper()))
            if self.plan.any_waits:
                with self.apart() as waiting:
                    self.assign(name, self.awaited(self.load(name)))
                self.branch(self.attribute(self.load(found), "suspends"), waiting)
            self._leave_with(name)
            self.assign("rc", self.load(name))
        with self.apart() as there:
            self.branch(self._too_deep(), self._refused(node, f"rc {name}"), allowed)
        with self.apart() as missing:
            self.assign(name, self.call("no_route", self.constant(str(node.at)), self.load(wanted)))
        self.branch(self.compare(self.load(found), "is", self.constant(None)), missing, there)
        return name

    # -- the OpenSIPS dialect

    def resume_in(self, node: bound.Async) -> None:
        """async(f(), route): the run goes on in that route, with the result as $rc."""
        name = self.temp("r")
        self._answer(node.call, name, node.seconds)
        self._tell_code(node.call, name)
        self.stand_at(node.at)
        self.assign("rc", self.call("outcome", self.load(name)))
        self.raises(self.call("ScriptJump", self._route_object(node.route)))

    def launch(self, node: bound.Launch) -> str:
        """launch(f(), route, parameter); answers the local name of its 1."""
        call = node.call
        name = self.temp("r")
        self.stand_at(node.at)
        site = self.globals.name(call.site, f"at_{call.site.function}_{call.at.line}")
        with self.apart() as tried:
            arguments = self.arguments(call)
            parameter = self.constant(None) if node.parameter is None else self.argument(node.parameter, call.site)
            self.stand_at(node.at)
            function = self.object(call.function, f"function_{call.function.name}")
            report = self.constant(None) if node.route is None else self._route_object(node.route)
            given = self.tuple(*arguments)
            facts = [function, given, self.load(site), report, parameter]
            facts += [] if self.watcher is None else [self.load(WATCHER)]
            self.assign(name, self.call("launch", self.load("ctx"), *facts))
        self._or_failed(tried, name, site)
        self.assign("rc", self.load(name))
        return name

    def _route_object(self, name: str) -> ast.expr:
        key = MAIN_KEY if name == MAIN else name.encode("utf-8", "surrogateescape")
        return self.item(self.load("ROUTES"), self.constant(key))


def _target(node: bound.RouteCall) -> str:
    """What stands in the parentheses of route(), as short as may be."""
    if node.name is not None:
        return node.name
    return node.target.text.decode(errors="replace") if isinstance(node.target, bound.Read) else "..."


def _set_site(run: ast.expr, site: ast.expr) -> ast.stmt:
    target = ast.Attribute(run, "site", ast.Store(), lineno=run.lineno, col_offset=run.col_offset)
    return ast.Assign([target], site, lineno=run.lineno, col_offset=run.col_offset)
