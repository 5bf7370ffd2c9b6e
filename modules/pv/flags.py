# -*- test-case-name: tests.modules.pv.test_flags -*-
"""flags: the flags of the message, of its main branch and of the script, together and one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.module import Access, ConfigError, Context, Value, pseudo_variable
from sipapp.module.arguments import own_number
from sipapp.script.values import TextWithNumber, wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

    Get = Callable[[Context], int]
    Set = Callable[[Context, int], None]


def _set_message(ctx: Context, flags: int) -> None:
    ctx.draft.flags = flags


def _set_branch(ctx: Context, flags: int) -> None:
    ctx.draft.branch_flags = flags


def _set_script(ctx: Context, flags: int) -> None:
    ctx.script_flags = flags


_MESSAGE: tuple[Get, Set] = (lambda ctx: ctx.draft.flags, _set_message)
_BRANCH: tuple[Get, Set] = (lambda ctx: ctx.draft.branch_flags, _set_branch)
_SCRIPT: tuple[Get, Set] = (lambda ctx: ctx.script_flags, _set_script)


class FlagVariables:
    """32 bits each."""

    @pseudo_variable("mf", bind=True, writable=True)
    def pv_mf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$mf: the flags of the message, that setflag() sets, as a number. $null clears them all."""
        return _all("mf", inner, index, _MESSAGE, hexadecimal=False)

    @pseudo_variable("mF", bind=True, writable=True)
    def pv_mF(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$mF: the same as eight hexadecimal digits."""
        return _all("mF", inner, index, _MESSAGE, hexadecimal=True)

    @pseudo_variable("Mf", bind=True, writable=True)
    def pv_Mf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$Mf(flag): one flag of the message, 1 or 0; by number or by the name that `flags` gave it."""
        return _one("Mf", inner, index, _MESSAGE)

    @pseudo_variable("bf", bind=True, writable=True)
    def pv_bf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$bf: the flags of the main branch, that setbflag() sets, as a number."""
        return _all("bf", inner, index, _BRANCH, hexadecimal=False)

    @pseudo_variable("bF", bind=True, writable=True)
    def pv_bF(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$bF: the same as eight hexadecimal digits."""
        return _all("bF", inner, index, _BRANCH, hexadecimal=True)

    @pseudo_variable("Bf", bind=True, writable=True)
    def pv_Bf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$Bf(flag): one flag of the main branch."""
        return _one("Bf", inner, index, _BRANCH)

    @pseudo_variable("sf", bind=True, writable=True)
    def pv_sf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$sf: the flags of this run, that setsflag() sets, as a number."""
        return _all("sf", inner, index, _SCRIPT, hexadecimal=False)

    @pseudo_variable("sF", bind=True, writable=True)
    def pv_sF(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$sF: the same as eight hexadecimal digits."""
        return _all("sF", inner, index, _SCRIPT, hexadecimal=True)

    @pseudo_variable("Sf", bind=True, writable=True)
    def pv_Sf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$Sf(flag): one flag of this run."""
        return _one("Sf", inner, index, _SCRIPT)


def _all(name: str, inner: bytes | None, index: bytes | None, flags: tuple[Get, Set], hexadecimal: bool) -> Access:
    if inner is not None or index is not None:
        raise ConfigError(f"${name}: takes no name and no index")
    get, put = flags

    def write(ctx: Context, value: Value) -> None:
        number = 0 if value is None else own_number(value)
        if number is not None:
            put(ctx, number & 0xFFFFFFFF)

    def digits(ctx: Context) -> Value:
        number = get(ctx)
        return TextWithNumber(b"%08x" % number, wrap(number))

    if hexadecimal:
        return Access(digits, write)
    return Access(lambda ctx: wrap(get(ctx)), write, integer=True, shown=get)  # in a text it has no sign


def _one(name: str, inner: bytes | None, index: bytes | None, flags: tuple[Get, Set]) -> Access:
    if inner is None or index is not None:
        raise ConfigError(f"${name}: needs a flag: ${name}(...)")
    bit = _bit(name, inner)
    get, put = flags

    def write(ctx: Context, value: Value) -> None:
        if value is None:
            put(ctx, 0)  # all of them, as in Kamailio
        elif (number := own_number(value)) is not None:
            put(ctx, get(ctx) | bit(ctx) if number else get(ctx) & ~bit(ctx))

    return Access(lambda ctx: 1 if get(ctx) & bit(ctx) else 0, write, integer=True)


def _bit(name: str, flag: bytes) -> Get:
    if flag.isdigit():
        number = int(flag)
        if number > 31:
            raise ConfigError(f"${name}({number}): flags go from 0 to 31")
        return lambda ctx: 1 << number
    named = flag.decode(errors="replace")
    return lambda ctx: 1 << ctx.server.config.flags[named] if named in ctx.server.config.flags else 0
