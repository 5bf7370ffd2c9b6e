# -*- test-case-name: tests.script.test_background -*-
"""background: launch(): a call that runs beside the script that started it, and its report route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.defer import CancelledError

from sipapp.errors import ScriptError, TooManySuspended
from sipapp.log import Logger
from sipapp.script.answers import AWAITABLE, failed, outcome
from sipapp.script.run import execute
from sipapp.script.runtime import CallSite, Context, Route, ScriptExit

if TYPE_CHECKING:
    from sipapp.interfaces.script import IScriptFunction
    from sipapp.interfaces.trace import ITrace

log = Logger()

PARAMETERS = "parameters"
"""`ctx.extra[PARAMETERS]` holds what $param(1), $param(2), ... are in a report route."""


def launch(
    ctx: Context,
    function: IScriptFunction,
    arguments: tuple[Any, ...],
    site: CallSite,
    report: Route | None,
    parameter: bytes | None,
    watcher: ITrace | None = None,
) -> int:
    """Start the call in a context of its own: a made-up request, no transaction, none of the caller's variables.

    The report route gets the function's return code as $rc, whatever became of the call; `watcher` is told of it.
    Answers 1.
    """
    own = ctx.server.background()
    if parameter is not None:
        own.extra[PARAMETERS] = (parameter,)

    async def launched(own: Context) -> int:
        own.rc = await _result(own, function, arguments, site)
        if watcher is not None:
            watcher.returned(own, site, own.rc)
        if report is None:
            return 1
        assert own.run is not None
        own.run.route, own.run.interrupted = report, False
        answer = report.function(own)
        return await answer if report.suspends else answer  # type: ignore[no-any-return]

    execute(Route("launch", function.name, site.at, launched, suspends=True), own)
    return 1


async def _result(own: Context, function: IScriptFunction, arguments: tuple[Any, ...], site: CallSite) -> int:
    """The return code of the call: its own for a time limit where suspend_timeout has ended it, -1 where it failed in a
    way that nobody foresaw."""
    try:
        answer = function.call(own, *arguments) if function.wants_context else function.call(*arguments)
        if isinstance(answer, AWAITABLE):
            assert own.run is not None
            own.run.site = site
            answer = await answer
        return outcome(answer)
    except ScriptExit as end:
        return end.code
    except Exception as error:
        if own.run is not None and own.run.interrupted:
            log.warn("{site}: launched, and given up", site=str(site))
            return getattr(function, "timeout_code", -1)
        return _failed(own, error, site)


def _failed(own: Context, error: Exception, site: CallSite) -> int:
    if isinstance(error, ScriptError):
        return failed(own, error, site)
    if isinstance(error, TooManySuspended):
        log.error("{site}: not launched: {error}", site=str(site), error=str(error))
    elif isinstance(error, CancelledError):
        log.warn("{site}: launched, and cancelled", site=str(site))
    else:
        log.failure("{site}: launched, and failed", site=str(site))
    return -1
