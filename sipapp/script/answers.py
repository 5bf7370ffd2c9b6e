# -*- test-case-name: tests.script.test_answers -*-
"""answers: what the compiled routes make of the answers of functions, and of what goes wrong."""

from __future__ import annotations

from collections.abc import Coroutine
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred

from sipapp.errors import ScriptError
from sipapp.log import Logger
from sipapp.script.awaiting import Awaiting
from sipapp.script.pause import Pause
from sipapp.script.runtime import CallSite, Context, ScriptExit
from sipapp.script.stack import open_routes, shown

if TYPE_CHECKING:
    from sipapp.interfaces.script import Value

log = Logger()

PLAIN = frozenset((int, bool, type(None), bytes, str))
"""The types of answers that need not be waited for."""

AWAITABLE: tuple[type[Any], ...] = (CoroutineType, Pause, Awaiting, Deferred, Coroutine)
"""The types of those that must be; the one that costs least to recognise first."""


def outcome(answer: Any) -> int:
    """The return code of a function's answer: Kamailio's number as it is, False as -1, anything else is true."""
    if answer is None or answer is True:
        return 1
    if answer is False:
        return -1
    if isinstance(answer, int):
        return answer
    if isinstance(answer, (bytes, str)):
        return 1
    raise TypeError(f"a script function answered {answer!r}")


def code_of(answer: Any) -> int:
    """The same where the script goes on. Raises ScriptExit: 0."""
    code = answer if answer.__class__ is int else outcome(answer)
    if not code:
        raise ScriptExit(0)
    return code


def value_of(ctx: Context, answer: Any) -> Value:
    """What `$var(x) = f()` gets: a value that the function answered, else its return code. Sets $rc."""
    ctx.rc = code = code_of(answer)
    if isinstance(answer, bytes):
        return answer
    return answer.encode("utf-8", "surrogateescape") if isinstance(answer, str) else code


def failed(ctx: Context, error: ScriptError, site: CallSite) -> int:
    """A ScriptError of a function: one log line at its place, false to the script."""
    inside = shown(open_routes()) or f"launched in {site.route}"
    call_id = getattr(ctx.message, "call_id", b"").decode(errors="replace")
    text = "{site}: {error}, {inside}, call {call_id}"
    log.error(text, site=str(site), error=str(error), inside=inside, call_id=call_id)
    return error.code


def unevaluated(ctx: Context, error: ScriptError, at: str) -> None:
    """An expression without a value, or a variable that cannot take one: a log line, and the script goes on."""
    call_id = getattr(ctx.message, "call_id", b"").decode(errors="replace")
    inside = shown(open_routes())
    log.error("{at}: {error}, {inside}, call {call_id}", at=at, error=str(error), inside=inside, call_id=call_id)


def runaway(at: str, limit: int) -> None:
    """A `while` was left because it went round too often."""
    text = "{at}: left this while after {limit} rounds (max_while_loops), {inside}"
    log.warn(text, at=at, limit=limit, inside=shown(open_routes()))


def too_deep(site: str, limit: int) -> int:
    """route() was not called because that would be too deep; what it answers instead."""
    log.error("{site}: not called, {limit} routes and blocks are open (max_recursive_level)", site=site, limit=limit)
    return -1


def no_route(at: str, name: bytes) -> int:
    """route() of a computed name that no route has; what it answers."""
    inside = shown(open_routes())
    log.error("{at}: there is no route[{name}], {inside}", at=at, name=name.decode(errors="replace"), inside=inside)
    return -10
