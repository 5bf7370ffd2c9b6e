# -*- test-case-name: tests.core.test_odds -*-
"""odds: log(), error(), exec(), and cfg_select(): instances of the script's own parameters."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.logger import LogLevel

from sipapp.interfaces.server import IServer
from sipapp.log import SEVERITIES, Logger
from sipapp.module import ANY, ONSEND, Context, ScriptError, Text, pseudo_variable, script_function
from sipapp.module.children import run
from sipapp.script.background import PARAMETERS
from sipapp.script.configured import INSTANCES

log = Logger()

_ELSEWHERE = ANY & ~ONSEND
_NONE = Text(b"")
_LEVELS = sorted((number, level) for level, number in SEVERITIES.items())


class OddFunctions:
    """What belongs nowhere else."""

    server: IServer

    @script_function()
    def log(self, level: Text, text: Text = _NONE) -> int:
        """Log a text as it stands; log(level, text) at one of Kamailio's levels, -5 to 3."""
        number, line = (int(level), text) if text else (3, level)
        nearest = next((known for most, known in _LEVELS if number <= most), LogLevel.debug)
        log.emit(nearest, "{line}", line=line.decode(errors="replace").rstrip("\n"), severity=number)
        return 1

    @script_function(routes=_ELSEWHERE)
    def error(self, code: Text, text: Text) -> int:
        """Log that the script says so; it has never done more than that."""
        log.info("error({code}, {text})", code=code.decode(errors="replace"), text=text.decode(errors="replace"))
        return 1

    @script_function(routes=_ELSEWHERE, asynchronous=True)
    def exec(self, command: Text) -> Deferred[int]:
        """Run a shell command, and wait until it has ended; 1 whatever its exit status is."""
        return run(self.server.reactor, command).addCallback(lambda _: 1)

    @script_function(routes=_ELSEWHERE)
    def cfg_select(self, ctx: Context, group: Text, id: int) -> int:
        """Read the parameters of a group from one of its instances, `group[id].name`, for this run."""
        name = group.decode(errors="replace")
        if not any(known == (name, id) for known in ((g, i) for g, i, _ in self.server.config.instances)):
            raise ScriptError(f"there is no {name}[{id}]")
        ctx.extra.setdefault(INSTANCES, {})[name] = id
        return 1

    @script_function(routes=_ELSEWHERE)
    def cfg_reset(self, ctx: Context, group: Text) -> int:
        """Read the parameters of a group from the group itself again."""
        ctx.extra.get(INSTANCES, {}).pop(group.decode(errors="replace"), None)
        return 1

    @pseudo_variable("param")
    def pv_param(self, ctx: Context, inner: bytes) -> bytes | None:
        """$param(1): in the report route of launch(), the text that launch() was given."""
        given = ctx.extra.get(PARAMETERS, ())
        return given[int(inner) - 1] if inner.isdigit() and 0 < int(inner) <= len(given) else None
