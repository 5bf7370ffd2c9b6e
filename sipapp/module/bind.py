# -*- test-case-name: tests.module.test_bind -*-
"""bind: variables and texts with variables that a module gets outside the script's statements, in modparam()."""

from __future__ import annotations

from sipapp.errors import ConfigError, Position
from sipapp.interfaces.script import Access, Getter
from sipapp.interfaces.server import IServer
from sipapp.script.pv import Binder


def bind_variable(server: IServer, what: str, source: bytes) -> Access:
    """A variable, `$avp(x)`; `what` names it in errors. Raises ConfigError: it is none."""
    return _bind(server, what, source, "variable")  # type: ignore[no-any-return]


def bind_text(server: IServer, what: str, source: bytes) -> Getter:
    """A text in which variables are evaluated. Raises ConfigError: a wrong variable."""
    return _bind(server, what, source, "text")  # type: ignore[no-any-return]


def _bind(server: IServer, what: str, source: bytes, kind: str) -> object:
    try:
        return getattr(Binder(server.registry, Position(what, 1, 1)), kind)(source)
    except ConfigError as why:
        raise ConfigError(f"{what}: {why.reason}") from None
