# -*- test-case-name: tests.test_plugin -*-
"""plugin: a module known by name, imported only when a script loads it.

What a plugin file in `twisted/plugins/` holds for each module: cheap, so that twistd starts fast.
"""

from __future__ import annotations

from importlib import import_module
from inspect import isclass
from typing import cast

from twisted.plugin import IPlugin
from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.module import IModule, IModuleFactory


@implementer(IPlugin, IModuleFactory)
class ModulePlugin:
    """`quota = ModulePlugin("quota", "acme.sip.quota")`: the @module class of that name in that Python module."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path

    def __call__(self) -> IModule:
        return module_class(self.name, self.path)()

    def __repr__(self) -> str:
        return f"<ModulePlugin {self.name}: {self.path}>"


def module_class(name: str, path: str) -> IModuleFactory:
    """The provider of IModuleFactory called `name` in the Python module at `path`. Raises ConfigError."""
    found = import_module(path)
    for factory in vars(found).values():
        if isclass(factory) and IModuleFactory.providedBy(factory) and getattr(factory, "name", None) == name:
            return cast(IModuleFactory, factory)
    raise ConfigError(f"{path} has no module {name!r} in it")
