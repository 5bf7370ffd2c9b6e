# -*- test-case-name: tests.module.test_sql -*-
"""sql: the database of a URL, for the modules that keep something there."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.sql import ISql, ISqlEngine


def database(server: IServer, url: str, what: str) -> ISql:
    """The database of a URL; `what` names the parameter in errors. Raises ConfigError: no loaded module knows it."""
    scheme = url.partition(":")[0]
    for engine in (server.find(ISqlEngine), *server.modules.values()):
        if engine is not None and ISqlEngine.providedBy(engine) and scheme in engine.schemes:
            found: ISql = engine.database(url)
            return found
    raise ConfigError(f'{what}: no database module for {scheme}: is loaded (loadmodule "db_{scheme}"?)')
