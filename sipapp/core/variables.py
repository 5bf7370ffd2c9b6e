# -*- test-case-name: tests.core.test_variables -*-
"""variables: the variables of the language itself: return codes, defines, the environment, $null."""

from __future__ import annotations

import os
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from sipapp.module import Access, ConfigError, Context, pseudo_variable
from sipapp.script.load_time import value_of
from sipapp.script.parallel import RESULTS
from sipapp.script.values import wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

_number = re.compile(r"[+-]?[0-9]+").match


class CoreVariables:
    """A part of the built-in module."""

    assembly: Any
    """The script as it was read; its `script.defines` are name -> bytes, None for those without a value."""

    @pseudo_variable("rc", "?", "retcode", integer=True, bind=True)
    def pv_rc(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$rc: what the last function or route returned. $rc(1), $rc(2), ...: what the statements of the last parallel
        block returned, one by one; null for one that was cancelled."""
        if index is not None or (inner is not None and not (inner.isdigit() and int(inner))):
            raise ConfigError("$rc: takes the number of a parallel block's statement and no index: $rc(1)")
        if inner is None:
            return Access(lambda ctx: ctx.rc, integer=True)
        return Access(partial(_result, int(inner) - 1), integer=True)

    @pseudo_variable("null", constant=True)
    def pv_null(self, ctx: Context) -> None:
        """$null: no value; assigned, it removes what there was."""

    @pseudo_variable("$", constant=True)
    def pv_dollar(self, ctx: Context) -> bytes:
        """$$: a dollar sign, where a text would take it for the start of a variable."""
        return b"$"

    @pseudo_variable("iuid")
    def pv_iuid(self, ctx: Context) -> bytes | None:
        """$iuid: the id that `coreparam["iuid"] = "..."` gives this server; null where it gives none."""
        return str(ctx.server.config.iuid).encode("utf-8", "surrogateescape") or None

    @pseudo_variable("env", bind=True)
    def pv_env(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$env(NAME): a variable of the process's environment; null where it is not set."""
        name = _name("env", inner, index)
        return Access(lambda ctx: None if (value := os.environ.get(name)) is None else os.fsencode(value))

    @pseudo_variable("envn", bind=True)
    def pv_envn(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$envn(NAME): the number that a variable of the environment starts with, 0 for none; null where it is not
        set."""
        name = _name("envn", inner, index)
        return Access(lambda ctx: None if (value := os.environ.get(name)) is None else _as_number(value), integer=True)

    @pseudo_variable("def", bind=True)
    def pv_def(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$def(NAME): the value of a define as it is written, with its quotes; null where there is none."""
        return self._define("def", inner, index)

    @pseudo_variable("defv", bind=True)
    def pv_defv(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$defv(NAME): the value of a define without the quotes around it."""
        return self._define("defv", inner, index)

    @pseudo_variable("defs", bind=True)
    def pv_defs(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$defs(NAME): the value of a define with quotes around it, double ones where it had none."""
        return self._define("defs", inner, index)

    @pseudo_variable("defn", bind=True)
    def pv_defn(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$defn(NAME): the number that the value of a define starts with; 0 for none."""
        value = _as_number((self.assembly.script.defines.get(_name("defn", inner, index)) or b"").decode("latin-1"))
        return Access(lambda ctx: value, constant=True, integer=True)

    def _define(self, kind: str, inner: bytes | None, index: bytes | None) -> Access:
        name = _name(kind, inner, index)
        defines = self.assembly.script.defines
        written = {name: (defines[name] or b"").decode("latin-1")} if name in defines else {}
        text = value_of(kind, name, written)
        value = None if text is None else text.encode("latin-1")
        return Access(lambda ctx: value, constant=True)


def _name(variable: str, inner: bytes | None, index: bytes | None) -> str:
    if not inner or index is not None:
        raise ConfigError(f"${variable}: needs a name and takes no index: ${variable}(NAME)")
    return inner.decode("utf-8", "surrogateescape")


def _result(number: int, ctx: Context) -> int | None:
    codes: list[int | None] = ctx.extra.get(RESULTS, [])
    return codes[number] if number < len(codes) else None


def _as_number(text: str) -> int:
    found = _number(text)
    return wrap(int(found[0])) if found else 0
