# -*- test-case-name: tests.modules.pv.test_checks -*-
"""checks: functions that look at the value of a variable, remove it, or evaluate a text twice."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sipapp.errors import ConfigError, Position
from sipapp.log import Logger
from sipapp.module import Context, PvRef, Text, Value, script_function
from sipapp.module.functions import writable
from sipapp.script.pv import Binder
from sipapp.script.values import TextWithNumber

if TYPE_CHECKING:
    from sipapp.interfaces.script import Access, Getter

log = Logger()

_REMEMBERED = 1000  # texts
_HERE = Position("pv_evalx()", 0, 0)


class Checks:
    """What kind of value a variable has."""

    @script_function()
    def pv_isset(self, ctx: Context, pvar: PvRef) -> int:
        """True unless the variable is null."""
        return 1 if pvar.get(ctx) is not None else -1

    @script_function(parse={"pvar": writable})
    def pv_unset(self, ctx: Context, pvar: PvRef) -> int:
        """Set the variable to $null."""
        return _assign(ctx, pvar, None)

    @script_function()
    def is_int(self, ctx: Context, pvar: PvRef) -> int:
        """True if the variable is an integer, or a text that has a number of its own, as $rp and $rm."""
        return 1 if isinstance(pvar.get(ctx), int | TextWithNumber) else -1

    @script_function(late=True)
    def typeof(self, ctx: Context, pvar: PvRef, vtype: Text) -> int:
        """typeof("$var(x)", "int"): true if the variable is of this type: int, str or null."""
        value = pvar.get(ctx)
        kind = b"n" if value is None else b"i" if isinstance(value, int) else b"s"
        return 1 if vtype[:1].lower() == kind else -1

    @script_function()
    def not_empty(self, ctx: Context, pvar: PvRef) -> int:
        """True if the variable is a text and not an empty one."""
        value = pvar.get(ctx)
        return 1 if isinstance(value, bytes) and value else -1

    @script_function(parse={"dst": writable})
    def pv_evalx(self, ctx: Context, dst: PvRef, fmt: bytes) -> int:
        """pv_evalx("$var(x)", "$var(template)"): evaluate the text, and then the variables in what came out of it,
        into a variable. False where what came out is no text with variables."""
        evaluate = self._evaluated.get(fmt)
        if evaluate is None:
            try:
                evaluate = Binder(ctx.server.registry, _HERE).text(fmt)
            except ConfigError as why:
                log.error("pv_evalx(): {why}", why=why.reason)
                return -1
            if len(self._evaluated) >= _REMEMBERED:
                self._evaluated.clear()
            self._evaluated[fmt] = evaluate
        return _assign(ctx, dst, evaluate(ctx))

    @cached_property
    def _evaluated(self) -> dict[bytes, Getter]:
        """Texts that pv_evalx() has evaluated."""
        return {}


def _assign(ctx: Context, variable: Access, value: Value) -> int:
    if variable.set is None:
        return -1
    variable.set(ctx, value)
    return 1
