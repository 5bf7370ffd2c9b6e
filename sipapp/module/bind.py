# -*- test-case-name: tests.module.test_bind -*-
"""bind: variables and texts with variables that a module gets outside the script's statements, in modparam()."""

from __future__ import annotations

from sipapp.errors import ConfigError, Position
from sipapp.interfaces.script import Access, Getter
from sipapp.interfaces.server import IServer
from sipapp.script.pv import Binder


def bind_variable(server: IServer, what: str, source: bytes) -> Access:
    """A variable, `$avp(x)`; `what` names it in errors. Raises ConfigError: it is none."""
    try:
        return _binder(server, what).variable(source)
    except ConfigError as why:
        raise ConfigError(f"{what}: {why.reason}") from None


def bind_text(server: IServer, what: str, source: bytes) -> Getter:
    """A text in which variables are evaluated. Raises ConfigError: a wrong variable."""
    try:
        return _binder(server, what).text(source)
    except ConfigError as why:
        raise ConfigError(f"{what}: {why.reason}") from None


def _binder(server: IServer, what: str) -> Binder:
    return Binder(server.registry, Position(what, 1, 1))
