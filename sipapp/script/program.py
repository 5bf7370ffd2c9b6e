# -*- test-case-name: tests.script.test_program -*-
"""program: the compiled routes of a script, by kind and name."""

from __future__ import annotations

import ast

from sipapp.script.runtime import Route


class Program:
    """What a script compiles to. `request_route` is None where a script has none; so are `reply_route`,
    `onsend_route`; the others are looked up by name."""

    def __init__(self, modules: dict[str, ast.Module]) -> None:
        self._modules = modules
        self.request_route: Route | None = None
        self.reply_route: Route | None = None
        self.onsend_route: Route | None = None
        self.branch_route: Route | None = None
        self.routes: dict[str, Route] = {}
        self.failure_routes: dict[str, Route] = {}
        self.onreply_routes: dict[str, Route] = {}
        self.branch_routes: dict[str, Route] = {}
        self.event_routes: dict[str, Route] = {}

    def add(self, route: Route) -> None:
        """File a route where it belongs."""
        if route.name:
            getattr(self, f"{route.kind}s")[route.name] = route
        else:
            setattr(self, route.kind, route)

    @property
    def files(self) -> frozenset[str]:
        """The files that its routes stand in."""
        return frozenset(self._modules)

    def dump(self) -> str:
        """The Python that the routes compile to, to be read."""
        return "\n\n".join(f"# {file}\n{ast.unparse(module)}" for file, module in self._modules.items())
