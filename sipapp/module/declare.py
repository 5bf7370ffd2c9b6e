# -*- test-case-name: tests.cli.test_manual -*-
"""declare: @module and @rpc_command: a plain class becomes a script module.

The Python name of a method is its name in the script. The class provides IModuleFactory, its instances IModule;
each decorated method becomes a provider of IScriptFunction, IPseudoVariable, ITransformation or IRpcCommand,
which is all that the registry sees.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, dataclass_transform, get_type_hints

from twisted.plugin import IPlugin
from zope.interface import Interface, directlyProvides, implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.module import IModule, IModuleFactory, IRpcCommand
from sipapp.module.functions import ScriptFunction
from sipapp.module.params import convert, declared, modparam
from sipapp.module.variables import PseudoVariable, Transformation, pseudo_variable, transformation
from sipapp.nearest import nearest

_MANY = 20
"""Where a module has more parameters than these, the ones that nobody sets stay in the class. That takes longer to look
up there, but all else does in an object that has more than 30 attributes."""

_F = TypeVar("_F", bound=Callable[..., Any])
_C = TypeVar("_C", bound=type)


@implementer(IRpcCommand)
class RpcCommand:
    """A decorated RPC method, bound to its module."""

    def __init__(self, name: str, method: Callable[..., Any]) -> None:
        self.name = name
        self.call = method
        self.doc = inspect.getdoc(method) or ""


def rpc_command(*names: str) -> Callable[[_F], _F]:
    """Make a method an RPC command: `@rpc_command("quota.reset")`."""

    def mark(method: _F) -> _F:
        method.__sipapp_rpc__ = names  # type: ignore[attr-defined]
        return method

    return mark


# What @module adds to a class, where the class does not have it: IModule by its declarations.


def _set_parameter(self: Any, name: str, value: int | str) -> None:
    if name not in self.__sipapp_parameters__:
        near = nearest(name, self.__sipapp_parameters__)
        raise ConfigError(f'modparam("{self.name}", "{name}"): no such parameter{near}')
    attribute, parameter, hint = self.__sipapp_parameters__[name]
    converted = convert(self.name, parameter, hint, value, self)
    if parameter.repeat:
        getattr(self, attribute).append(converted)
    else:
        setattr(self, attribute, converted)


def _script_functions(self: Any) -> Iterator[ScriptFunction]:
    for attribute, found in _members(type(self)):
        for facts in getattr(found, "__sipapp_functions__", ()):
            yield ScriptFunction(self.name, getattr(self, attribute), facts)


def variables_of(self: Any) -> Iterator[PseudoVariable]:
    """The decorated variables of a module, for one that offers others beside them."""
    for _, found in _members(type(self)):
        if isinstance(found, pseudo_variable):
            for name in found.names:
                yield PseudoVariable(self.name, name, self, found)


def _transformations(self: Any) -> Iterator[Transformation]:
    for _, found in _members(type(self)):
        if isinstance(found, transformation):
            for name in found.names:
                yield Transformation(self.name, name, self, found)


def _rpc_commands(self: Any) -> Iterator[RpcCommand]:
    for attribute, found in _members(type(self)):
        for name in getattr(found, "__sipapp_rpc__", ()):
            yield RpcCommand(name, getattr(self, attribute))


def _start(self: Any, server: Any) -> None:
    """Nothing to start."""


def _stop(self: Any) -> None:
    """Nothing to stop."""


_DEFAULTS = {
    "set_parameter": _set_parameter,
    "script_functions": _script_functions,
    "pseudo_variables": variables_of,
    "transformations": _transformations,
    "rpc_commands": _rpc_commands,
    "start": _start,
    "stop": _stop,
}


def _members(cls: type) -> Iterator[tuple[str, Any]]:
    """Every class attribute once, base classes first, in the order of the source."""
    seen: dict[str, Any] = {}
    for owner in reversed(cls.__mro__):
        for attribute, found in vars(owner).items():
            seen[attribute] = found
    yield from seen.items()


@dataclass_transform(field_specifiers=(modparam,))
def module(
    name: str, *, provides: Iterable[type[Interface]] = (), needs: Iterable[type[Interface]] = ()
) -> Callable[[_C], _C]:
    """Make a class a script module: instances provide IModule, the class IModuleFactory (and IPlugin).

    provides, needs: interfaces, enforced at load in the order of the script.
    """

    def make(cls: _C) -> _C:
        hints = get_type_hints(cls)
        table = declared(cls, hints)

        def __init__(self: Any, **given: Any) -> None:  # noqa: N807  (of the class to be)
            for attribute, parameter, _ in table.values():
                if attribute in given:
                    setattr(self, attribute, given.pop(attribute))
                elif parameter.repeat:
                    setattr(self, attribute, list(parameter.default))
                elif len(table) <= _MANY:
                    setattr(self, attribute, parameter.default)
            if given:
                raise TypeError(f"{name}: no such parameter: {', '.join(given)}")

        for attribute, parameter, _ in table.values():
            # An instance's attribute is looked up the long way where the class has an object of a class of ours there.
            setattr(cls, attribute, parameter.default)
        own = dict(_members(cls))
        for attribute, method in _DEFAULTS.items():
            if attribute not in own:
                setattr(cls, attribute, method)
        cls.__init__ = __init__  # type: ignore[misc]
        cls.name = name  # type: ignore[attr-defined]
        cls.provides = tuple(provides)  # type: ignore[attr-defined]
        cls.needs = tuple(needs)  # type: ignore[attr-defined]
        cls.__sipapp_parameters__ = table  # type: ignore[attr-defined]
        cls.parameters = {n: parameter for n, (_, parameter, _) in table.items()}  # type: ignore[attr-defined]
        implementer(IModule)(cls)
        directlyProvides(cls, IModuleFactory, IPlugin)
        return cls

    return make
