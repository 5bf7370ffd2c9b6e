# -*- test-case-name: tests.cli.test_judge -*-
"""judge: which of the things that a script names are here, which differ from Kamailio's, and which are missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sipapp.cli.differences import Difference, about
from sipapp.cli.usage import KINDS, Use, short, uses
from sipapp.core import Core
from sipapp.core.language import LANGUAGE
from sipapp.core.parameter_table import PARAMETERS
from sipapp.errors import ConfigError, Position
from sipapp.interfaces.module import IModule
from sipapp.module.events import fits
from sipapp.module.kamailio import homes
from sipapp.module.loader import Loader
from sipapp.module.registry import Registry
from sipapp.script import nodes
from sipapp.script.selects import parse_select


class Verdict(NamedTuple):
    """One thing that a script names, however often."""

    kind: str
    name: str  # a parameter's with its module: `tm.fr_timer`
    at: Position  # where first
    uses: int
    state: str  # supported, differs, missing
    note: str = ""
    differences: tuple[Difference, ...] = ()


def judged(script: nodes.Script, mpath: str = "") -> list[Verdict]:
    """Everything that the script names, by kind, in the order in which it does."""
    judge = _Judge(script, mpath)
    found: dict[tuple[str, str], list[Use]] = {}
    for use in uses(script):
        if use.sure or judge.is_known(use):
            found.setdefault((use.kind, f"{use.module}.{use.name}" if use.module else use.name), []).append(use)
    order = sorted(found.items(), key=lambda item: KINDS.index(item[0][0]))
    return [judge.verdict(name, named) for (_, name), named in order]


class _Judge:
    """Knows all modules that are here: our own, and what is found along the mpath."""

    def __init__(self, script: nodes.Script, mpath: str) -> None:
        loader = Loader(mpath)
        for setting in script.settings:
            if isinstance(setting, nodes.LoadPath):
                loader.add_path(setting.path)
        self._modules: dict[str, IModule] = {module.name: module for module in loader.catalogue()}
        self._wanted = {short(s.name) for s in script.settings if isinstance(s, nodes.LoadModule)}
        for name in self._wanted - set(self._modules):
            try:
                self._modules[name] = loader.load(name)
            except ConfigError:
                continue
        core: Any = Core()
        self._registry = Registry()
        for module in (core, *self._modules.values()):
            self._registry.add(module)
        self._events = [*core.event_routes, *self._events_of(self._modules.values())]

    def _events_of(self, modules: Iterable[IModule]) -> list[str]:
        return [name for module in modules for name in getattr(module, "event_routes", ())]

    def is_known(self, use: Use) -> bool:
        """Whether what stands in a text is a name of anything at all."""
        return self._is_here(use) or bool(homes(use.name))

    def verdict(self, name: str, named: list[Use]) -> Verdict:
        first = named[0]
        facts = (first.kind, name, first.at, len(named))
        if not self._is_here(first):
            return Verdict(*facts, "missing", self._home(first))
        notice = PARAMETERS[first.name].notice if first.kind == "core parameter" and first.name in PARAMETERS else ""
        rows = tuple(about(first.name))
        if rows or notice:
            return Verdict(*facts, "differs", f"has no effect: {notice}" if notice else "", rows)
        return Verdict(*facts, "supported")

    def _is_here(self, use: Use) -> bool:
        bare = use.name.strip("${}")
        match use.kind:
            case "module":
                return use.name in self._modules
            case "core parameter":
                return True  # the parser knows no others
            case "parameter":
                module = self._modules.get(use.module)
                return module is not None and use.name in module.parameters
            case "function":
                bare = bare.removesuffix("()")
                return bool(self._registry.functions(bare)) or bare in LANGUAGE["functions"]
            case "variable":
                return self._registry.variable(bare) is not None
            case "transformation":
                return self._registry.transformation(bare) is not None
            case "event route":
                return any(fits(name, use.name) for name in self._events)
        return _is_select(use.name)

    def _home(self, use: Use) -> str:
        """The module of Kamailio that has it."""
        found = homes(use.name.removesuffix("()"))
        home = min(found, key=lambda module: (module not in self._wanted, len(module)), default="")
        return f"module {home}" if home else ""


def _is_select(written: str) -> bool:
    try:
        parse_select(written[1:].encode())
    except ConfigError:
        return False
    return True
