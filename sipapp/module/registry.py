# -*- test-case-name: tests.module.test_registry -*-
"""registry: all names that the loaded modules offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from zope.interface import implementer

from sipapp.interfaces.module import IModule, IRpcCommand
from sipapp.interfaces.script import IPseudoVariable, IRegistry, IScriptFunction, ITransformation


@implementer(IRegistry)
class Registry:
    """Names to providers; where two modules offer the same name and arity, the first one loaded has it."""

    def __init__(self, catalogue: Callable[[], Iterable[IModule]] = list) -> None:
        self._catalogue = catalogue  # every module there is, loaded or not: only asked when a name is wrong
        self._functions: dict[str, list[IScriptFunction]] = {}
        self._variables: dict[str, IPseudoVariable] = {}
        self._transformations: dict[str, ITransformation] = {}
        self.commands: dict[str, IRpcCommand] = {}

    def add(self, module: IModule) -> None:
        """Take in what a module offers."""
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

    def function_names(self) -> Iterable[str]:
        return self._functions

    def variable_names(self) -> Iterable[str]:
        return self._variables

    def transformation_names(self) -> Iterable[str]:
        return self._transformations

    def home_of_function(self, name: str) -> str | None:
        for module in self._catalogue():
            if any(function.name == name for function in module.script_functions()):
                return module.name
        return None
