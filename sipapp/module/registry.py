# -*- test-case-name: tests.module.test_registry -*-
"""registry: all names that the loaded modules offer, and what to say of those that they don't."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.module import IModule, IRpcCommand
from sipapp.interfaces.script import IPseudoVariable, IRegistry, IScriptFunction, ITransformation
from sipapp.module.kamailio import homes
from sipapp.nearest import closest, nearest


@implementer(IRegistry)
class Registry:
    """Names to providers; where two modules offer the same name and arity, the first one loaded has it."""

    def __init__(self, catalogue: Callable[[], Iterable[IModule]] = list) -> None:
        self._catalogue = catalogue  # every module there is, loaded or not: only asked when a name is wrong
        self._all: Registry | None = None
        self._functions: dict[str, list[IScriptFunction]] = {}
        self._variables: dict[str, IPseudoVariable] = {}
        self._transformations: dict[str, ITransformation] = {}
        self.commands: dict[str, IRpcCommand] = {}
        self.modules: set[str] = set()
        self.refused: set[str] = set()  # modules that the script wanted and could not have
        self.unready: set[str] = set()  # those of them that are here, and lack a package, say

    def add(self, module: IModule) -> None:
        """Take in what a module offers."""
        self.modules.add(module.name)
        for function in module.script_functions():
            self._functions.setdefault(function.name, []).append(function)
        for variable in module.pseudo_variables():
            self._variables.setdefault(variable.name, variable)
        for transformation in module.transformations():
            self._transformations.setdefault(transformation.name, transformation)
        for command in module.rpc_commands():
            self.commands.setdefault(command.name, command)

    def functions(self, name: str) -> list[IScriptFunction]:
        return self._functions.get(name, [])

    def variable(self, name: str) -> IPseudoVariable | None:
        return self._variables.get(name)

    def transformation(self, name: str) -> ITransformation | None:
        return self._transformations.get(name)

    # -- what no loaded module offers

    def elsewhere(self) -> Registry:
        if self._all is None:
            self._all = Registry()
            for module in self._catalogue():
                self._all.add(module)
        return self._all

    def unknown(self, name: str) -> ConfigError:
        kind, bare = _told_apart(name)
        here, everywhere = self._offered(kind), self.elsewhere()._offered(kind)
        home = _home(everywhere[bare]) if bare in everywhere else ""
        if home:
            where = f'; it is in module {home}: loadmodule "{home}"'
        elif lacking := self._home_in_kamailio(name.removesuffix("()")):
            if lacking in self.elsewhere().modules:
                where = f"; Kamailio's module {lacking} has it, sipapp's has not"
            elif lacking in self.unready:
                home = lacking
                where = f"; it is in module {home}, which could not be loaded"
            else:
                home = lacking
                where = f"; it is in Kamailio's module {home}, which sipapp does not have"
        else:
            where = nearest(bare, here) or _nearest_elsewhere(bare, everywhere)
        return ConfigError(f"{name}: no such {kind}{where}", missing=home)

    def _home_in_kamailio(self, name: str) -> str:
        """The module that the script wanted to load, where several have it; else the one of the plainest name."""
        found = homes(name)
        return min(found, key=lambda module: (module not in self.refused, len(module)), default="")

    def _offered(self, kind: str) -> dict[str, Any]:
        offered: dict[str, Any] = getattr(self, f"_{kind}s")
        return offered


def _told_apart(name: str) -> tuple[str, str]:
    """What a name is by its spelling, and itself."""
    if name.startswith("$"):
        return "variable", name[1:]
    if name.startswith("{"):
        return "transformation", name[1:-1]
    return "function", name.removesuffix("()")


def _nearest_elsewhere(bare: str, everywhere: dict[str, Any]) -> str:
    found = closest(bare, everywhere)
    return f'; did you mean "{found}" of module {_home(everywhere[found])}?' if found else ""


def _home(found: Any) -> str:
    """The module of a variable, a transformation or the functions of one name."""
    home: str = (found[0] if isinstance(found, list) else found).module
    return home
