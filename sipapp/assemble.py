# -*- test-case-name: tests.test_assemble -*-
"""assemble: a script file becomes loaded modules, resolved names and compiled routes; nothing is started.

Everything that can be wrong with a script is found here, all of it in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Any

from sipapp.core import Core
from sipapp.core.parameters import CoreConfig
from sipapp.errors import ConfigError, ConfigErrors, Gathering, SyntaxErrors, each
from sipapp.interfaces.module import IModule
from sipapp.interfaces.trace import ITrace
from sipapp.module.events import fits
from sipapp.module.loader import Loader
from sipapp.module.registry import Registry
from sipapp.nearest import nearest
from sipapp.script import nodes
from sipapp.script.check import check
from sipapp.script.compile import compile_program
from sipapp.script.load_time import Binder
from sipapp.script.parser import parse_file, parse_text
from sipapp.script.program import Program
from sipapp.store.open import open_store


@dataclass
class Assembly:
    """A script with all that it names."""

    script: nodes.Script
    config: CoreConfig
    registry: Registry
    modules: dict[str, IModule]
    warnings: list[ConfigError] = field(default_factory=list)
    program: Program | None = None

    def located(self, error: ConfigError) -> ConfigError:
        """What a module says of a parameter of its when it starts, at the place where the script sets that."""
        for setting in reversed(self.script.settings):
            if isinstance(setting, nodes.ModParam) and error.at is None:
                for module in self.modules:
                    if error.reason.startswith(f'modparam("{module}", "{setting.name}")'):
                        return ConfigError(error.reason, setting.at)
        return error


def assemble(
    path: str, defines: Mapping[str, str | None] | None = None, mpath: str = "", trace: ITrace | None = None
) -> Assembly:
    """Read, load, check and compile a script file. trace: what watches it run, in place of a module that would.

    Raises ConfigErrors: every mistake, in order of the script. Raises OSError: the file cannot be read.
    """
    return _assemble(lambda: parse_file(path, defines), mpath, trace)


def assemble_text(
    text: str,
    name: str = "app.cfg",
    defines: Mapping[str, str | None] | None = None,
    mpath: str = "",
    trace: ITrace | None = None,
) -> Assembly:
    """The same for a text; files that it includes are looked for beside `name`."""
    return _assemble(lambda: parse_text(text, name, defines), mpath, trace)


def _assemble(parse: Callable[[], nodes.Script], mpath: str, trace: ITrace | None) -> Assembly:
    errors: list[ConfigError] = []
    whole = True
    try:
        script = parse()
    except SyntaxErrors as found:
        # What could be read is checked all the same: every mistake in one run.
        errors += found.errors
        whole = False
        assert isinstance(found.partial, nodes.Script)
        script = found.partial
    loader = Loader(mpath)
    core: Any = Core()
    assembly = Assembly(script, CoreConfig(), Registry(loader.catalogue), {"core": core})
    core.assembly = assembly
    assembly.registry.add(core)
    for setting in script.settings:
        try:
            _apply(setting, assembly, loader)
        except ConfigError as error:
            errors += each(error, setting.at)
    checked = check(script, assembly.registry, assembly.config, whole)
    errors += script.errors + checked.errors
    warnings = script.warnings + assembly.config.warnings + checked.warnings
    assembly.warnings = _in_order([*warnings, *_misspelt_events(assembly)])
    if errors:
        raise ConfigErrors(_in_order(errors), assembly.warnings)
    assembly.program = compile_program(checked, trace or _tracing(assembly))
    return assembly


def _misspelt_events(assembly: Assembly) -> Iterator[ConfigError]:
    """A warning for each event_route whose name is all but one that a module runs; others may be anybody's."""
    known = [name for module in assembly.modules.values() for name in getattr(module, "event_routes", ())]
    for block in assembly.script.routes:
        if block.kind == "event_route" and not any(fits(name, block.name) for name in known):
            for near in get_close_matches(block.name, known, n=1, cutoff=0.9):
                yield ConfigError(f'nothing runs event_route[{block.name}]; did you mean "{near}"?', block.at)


def _tracing(assembly: Assembly) -> ITrace | None:
    """The module that wants to watch the script, if one does."""
    for module in assembly.modules.values():
        if ITrace.providedBy(module) and module.tracing:
            return module
    return None


def _apply(setting: nodes.Setting, assembly: Assembly, loader: Loader) -> None:
    match setting:
        case nodes.LoadModule():
            _load(setting, assembly, loader)
        case nodes.LoadPath():
            loader.add_path(setting.path)
        case nodes.ModParam():
            _set_parameter(setting, assembly, loader)
        case nodes.CoreParam(name="store"):
            assembly.config.apply(setting)
            open_store(assembly.config.store, None)  # one that there is not is a mistake of the script
        case _:
            assembly.config.apply(setting)


def _load(setting: nodes.LoadModule, assembly: Assembly, loader: Loader) -> None:
    name = _binder(assembly).evaluated(setting.name) if setting.evaluate else setting.name
    try:
        module = loader.load(name)
    except ConfigError as why:
        assembly.registry.refused.add(_short(name))
        if not why.missing:
            assembly.registry.unready.add(_short(name))
        raise
    if module.name in assembly.modules:
        return
    offered = {interface for loaded in assembly.modules.values() for interface in loaded.provides}
    assembly.modules[module.name] = module
    assembly.registry.add(module)
    for interface in module.needs:
        if interface not in offered and not interface.queryTaggedValue("core", False):
            home = next((m.name for m in loader.catalogue() if interface in m.provides), None)
            if interface.queryTaggedValue("anywhere", False) and home in _named(assembly.script):
                continue
            wants = f'loadmodule "{home}" before it' if home else f"nobody provides {interface.__name__}"
            raise ConfigError(f'loadmodule "{setting.name}": {wants}')


def _named(script: nodes.Script) -> set[str]:
    """The modules that the script loads somewhere."""
    return {_short(setting.name) for setting in script.settings if isinstance(setting, nodes.LoadModule)}


def _set_parameter(setting: nodes.ModParam, assembly: Assembly, loader: Loader) -> None:
    """Kamailio takes the first argument for a regular expression over the names of the loaded modules."""
    modules, name, given = setting.module, setting.name, setting.value
    value = given.decode("utf-8", "surrogateescape") if isinstance(given, bytes) else given
    if setting.evaluate:
        binder = _binder(assembly)
        modules, name, value = binder.evaluated(modules), binder.evaluated(name), _evaluated(value, binder)
    assert not isinstance(value, nodes.Variable)
    try:
        pattern = re.compile(f"(?:{modules})$")
    except re.error as why:
        raise ConfigError(f'modparam("{modules}", ...): {why}') from None
    named = [m for short, m in assembly.modules.items() if short != "core" and pattern.match(short)]
    if not named and modules in assembly.registry.refused:
        return  # that it could not be loaded is said already
    if not named:
        raise _not_loaded(modules, name, [m for m in loader.catalogue() if pattern.match(m.name)], assembly)
    mistakes = Gathering()
    for module in named:
        mistakes.attempt(module.set_parameter, name, value)
    mistakes.check()


def _not_loaded(modules: str, name: str, there: list[IModule], assembly: Assembly) -> ConfigError:
    """A modparam() of a module that is there but not loaded, is loaded further down, or is not there at all."""
    what = f'modparam("{modules}", "{name}")'
    if not there:
        return ConfigError(f"{what}: no such module is loaded{nearest(modules, assembly.modules)}")
    module = there[0]
    for other in assembly.script.settings:
        if isinstance(other, nodes.LoadModule) and _short(other.name) == module.name:
            return ConfigError(f"{what}: it must stand behind its loadmodule, which is at {other.at}")
    mistakes = [ConfigError(f'{what}: module {module.name} is not loaded: loadmodule "{module.name}" before it')]
    if name not in module.parameters:
        near = nearest(name, module.parameters)
        mistakes.append(ConfigError(f"{what}: no such parameter{near}"))
    return ConfigErrors(mistakes)


def _short(name: str) -> str:
    """`/usr/lib/kamailio/modules/tm.so` -> `tm`"""
    return PurePosixPath(name).name.removesuffix(".so").removesuffix(".py")


def _binder(assembly: Assembly) -> Binder:
    """What loadmodulex and modparamx evaluate their texts with."""
    known = assembly.script.defines.items()
    return Binder({name: None if value is None else value.decode("utf-8", "surrogateescape") for name, value in known})


def _evaluated(value: int | str | nodes.Variable, binder: Binder) -> int | str:
    """The third argument of modparamx(). Raises ConfigError: a variable without a value."""
    if not isinstance(value, nodes.Variable):
        return binder.evaluated(value) if isinstance(value, str) else value
    written = value.text.decode("utf-8", "surrogateescape")
    binder.variable(value.text)
    found = binder.evaluated(written)
    if not found:
        raise ConfigError(f"{written} has no value")
    return int(found) if written.startswith(("$defn(", "$envn(")) else found


def _in_order(errors: list[ConfigError]) -> list[ConfigError]:
    return sorted(errors, key=attrgetter("order"))
