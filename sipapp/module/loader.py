# -*- test-case-name: tests.module.test_loader -*-
"""loader: finds the module that loadmodule names: among Twisted's plugins, then along mpath."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from keyword import iskeyword
from pathlib import Path, PurePosixPath
from typing import Any
from warnings import catch_warnings, simplefilter

from twisted.plugin import getPlugins

import sipapp.modules
from sipapp.errors import ConfigError
from sipapp.interfaces.module import IModule, IModuleFactory
from sipapp.log import Logger
from sipapp.module import kamailio
from sipapp.nearest import nearest
from sipapp.plugin import module_class


@cache
def own_modules() -> dict[str, IModuleFactory]:
    """Our modules by name, from our plugin file itself: Twisted's record of what is in it may be older than that."""
    ours = importlib.import_module("twisted.plugins.sipapp_plugin")
    return {thing.name: thing for thing in vars(ours).values() if IModuleFactory.providedBy(thing)}


_EXTRAS = {"ldaptor": "ldap", "psycopg": "postgres", "pymysql": "mysql"}
"""What of sipapp's extras brings a package."""

log = Logger()


class Loader:
    """Names to new modules. Kamailio's own module folders in mpath do no harm: nothing of ours is found there."""

    def __init__(self, mpath: str = "") -> None:
        self.folders: list[Path] = []
        self.add_path(mpath)
        self._factories: dict[str, IModuleFactory] | None = None

    def add_path(self, mpath: str) -> None:
        """More folders to look in, colon-separated."""
        for part in mpath.split(":"):
            folder = Path(part)
            if part and folder not in self.folders:
                self.folders.append(folder)

    def load(self, name: str) -> IModule:
        """A new module for what loadmodule says: `tm.so`, `tm`, `/opt/acme/quota.py`. Raises ConfigError."""
        path = PurePosixPath(name)
        short = path.name.removesuffix(".so").removesuffix(".py")
        try:
            return _from_file(short, Path(name)) if path.suffix == ".py" else self._factory(name, short)()
        except (ImportError, SyntaxError) as why:  # a package that this module alone needs; somebody's mistake
            raise ConfigError(f'loadmodule "{name}": {_lacking(why)}') from why

    def _factory(self, name: str, short: str) -> IModuleFactory:
        """Raises ConfigError: there is none; ImportError."""
        factory = own_modules().get(short) or self.factories().get(short) or self._along_mpath(short)
        if factory is None:
            if short in kamailio.modules():
                raise ConfigError(f'loadmodule "{name}": this module of Kamailio\'s is not in sipapp', missing=short)
            raise ConfigError(f'loadmodule "{name}": no such module{nearest(short, self.factories())}')
        return factory

    def factories(self) -> dict[str, IModuleFactory]:
        """Every module that a plugin offers, by name."""
        if self._factories is None:
            self._factories = dict(own_modules())
            for factory in getPlugins(IModuleFactory):
                self._factories.setdefault(factory.name, factory)
        return self._factories

    def catalogue(self) -> Iterator[IModule]:
        """One of each module that a plugin offers; those that cannot be imported here, whatever the reason, are left
        out: nobody has asked for them."""
        for _, factory in sorted(self.factories().items()):
            try:
                with catch_warnings():
                    simplefilter("ignore")  # about what they import themselves
                    module = factory()
            except Exception as why:
                log.debug("module {name} is left out: {why}", name=factory.name, why=why)
            else:
                yield module

    def _along_mpath(self, name: str) -> IModuleFactory | None:
        stem = f"{name}_" if iskeyword(name) else name
        for folder in self.folders:
            if (folder / f"{stem}.py").is_file() or (folder / stem / "__init__.py").is_file():
                # One import name a file: the folder joins the package that ours are in.
                if str(folder) not in sipapp.modules.__path__:
                    sipapp.modules.__path__.append(str(folder))
                return module_class(name, f"sipapp.modules.{stem}")
        return None


def _lacking(why: Exception) -> str:
    """What keeps a module from being imported, and what to do where a package of ours is missing."""
    package = (getattr(why, "name", None) or "").partition(".")[0]
    extra = _EXTRAS.get(package) if isinstance(why, ModuleNotFoundError) else None
    return f"the package {package} is missing: pip install 'sipapp[{extra}]'" if extra else str(why)


def _from_file(name: str, path: Path) -> IModule:
    if not path.is_file():
        raise ConfigError(f'loadmodule "{path}": no such file')
    full = f"sipapp.modules.{path.stem}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, path)
        assert spec is not None and spec.loader is not None
        found: Any = importlib.util.module_from_spec(spec)
        sys.modules[full] = found
        spec.loader.exec_module(found)
    return module_class(name, full)()
