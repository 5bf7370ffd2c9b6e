# -*- test-case-name: tests.module.test_registry -*-
"""module: what a script module is to the loader and the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sipapp.interfaces.script import IPseudoVariable, IScriptFunction, ITransformation
    from sipapp.interfaces.server import IServer


class ModParam(NamedTuple):
    """One parameter of a module, as `modparam("module", "name", value)` sets it."""

    name: str
    types: tuple[type, ...]  # of int, str: what the script may write
    default: Any
    doc: str = ""
    unit: str = ""
    repeat: bool = False  # each modparam adds one
    minimum: int | None = None
    maximum: int | None = None
    parse: Callable[[Any], Any] | str | None = None  # what the module makes of each value; a str: by this method


class IModuleFactory(Interface):
    """Makes a module. Twisted's plugin system finds it: `twisted/plugins/*.py` holds one object per module."""

    name: str = Attribute("what loadmodule calls it")

    def __call__() -> IModule:
        """A new module, its parameters at their defaults."""


class IModule(Interface):
    """A loaded module."""

    name: str = Attribute("what loadmodule calls it")
    provides: tuple[Any, ...] = Attribute("the interfaces that it offers to other modules")
    needs: tuple[Any, ...] = Attribute("the interfaces that must be there before it is loaded")
    parameters: dict[str, ModParam] = Attribute("its parameters by name")

    def set_parameter(name: str, value: int | str) -> None:
        """What modparam() does. Raises ConfigError: unknown name, wrong type, out of range."""

    def script_functions() -> Iterable[IScriptFunction]:
        """Its functions."""

    def pseudo_variables() -> Iterable[IPseudoVariable]:
        """Its variables."""

    def transformations() -> Iterable[ITransformation]:
        """Its transformations."""

    def rpc_commands() -> Iterable[IRpcCommand]:
        """Its RPC commands."""

    def start(server: IServer) -> Any:
        """The script is known to be right; nothing listens yet. May answer a Deferred or a coroutine."""

    def stop() -> Any:
        """The server goes down. May answer a Deferred or a coroutine."""


class IRpcCommand(Interface):
    """One RPC command."""

    name: str = Attribute("its full name: 'tm.stats'")
    doc: str = Attribute("its manual")
    call: Callable[..., Any] = Attribute("takes the parameters; answers what JSON can hold, or a Deferred of it")
