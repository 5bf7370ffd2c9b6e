# -*- test-case-name: tests.script.test_traced -*-
"""trace: who watches a script run, statement by statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sipapp.errors import Position
    from sipapp.interfaces.script import Value
    from sipapp.script.runtime import CallSite, Context


class Step(NamedTuple):
    """One statement of the script."""

    at: Position
    route: str  # the block that it stands in: request_route, route[AUTH], ...
    name: str  # a function's name; assign, if, while, switch, route, return, exit, drop, break, async, launch, {

    def __str__(self) -> str:
        return f"{self.at}: {self.name}"


class ITrace(Interface):
    """Is told of everything that the script does, before the next thing happens.

    The calls are compiled into the routes: `compile_program(checked, trace)`. Without a trace nothing is compiled in,
    and nothing is paid. A module that provides this is compiled in where its `tracing` is true once all parameters
    are set; it cannot be added later, but may choose at any time to do nothing. What a method raises ends the run.
    """

    tracing: bool = Attribute("whether the routes shall be compiled with it")

    def statement(ctx: Context, step: Step) -> None:
        """This statement is about to run."""

    def condition(ctx: Context, step: Step, value: Value) -> None:
        """What an `if`, `while` (a bool) or `switch` (the value) has found."""

    def assigned(ctx: Context, site: Step | CallSite, name: bytes, value: Value) -> None:
        """A variable has been given a value: by an assignment, or by the function called at `site`. `name` is as it
        is written in the script, `$var(x)`."""

    def returned(ctx: Context, site: CallSite, code: int) -> None:
        """A function has answered, after whatever it waited for (launch()'s too), or `route(NAME)` has: its return
        code. A function that ends the run with 0 answers 0; after an `exit` in it, a route does not return."""
