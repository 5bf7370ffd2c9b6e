# -*- test-case-name: tests.modules.debugger.test_tracing -*-
"""tracing: a log line for each statement that runs, and for each variable that is given a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.interfaces.server import IServer
from sipapp.interfaces.trace import Step
from sipapp.log import Logger
from sipapp.module import Context, modparam

if TYPE_CHECKING:
    from sipapp.script.runtime import CallSite

log = Logger()

WITHOUT_FILE = 1
"""The bit of cfgtrace_format that leaves the file out."""

LEVELS = {"A": -5, "B": -4, "C": -3, "E": -1, "W": 0, "N": 1, "I": 2, "D": 3}
"""L_ALERT, L_BUG, ...: by the letter behind L_."""


def level(name: bytes) -> int:
    """`L_INFO` and its kin as numbers. Raises ConfigError: no such level."""
    found = LEVELS.get(name[2:3].decode(errors="replace"))
    if found is None:
        raise ConfigError(f"no such level: {name.decode(errors='replace')!r}; there are L_ALERT, L_ERR, L_INFO, ...")
    return found


class Tracing:
    """ITrace, where a parameter asks for it: a script that is not traced pays nothing."""

    cfgtrace: int = modparam(default=0, doc="1: log each statement before it runs; dbg.trace turns it off and on")
    cfgtrace_format: int = modparam(default=0, doc="1: lines without the name of the file")
    log_level: int = modparam(default=-1, doc="level of these lines: -1 errors, 0 warnings, 1 notices, 2 info, 3 debug")
    log_prefix: str = modparam(default="*** cfgtrace:", doc="what these lines begin with")
    log_level_name: str = modparam(default="", doc="what stands for their level, in place of its name")
    log_facility: str = modparam(default="", doc="their syslog facility; without effect, the log is no syslog")
    log_assign: int = modparam(default=0, doc="1: log each variable that is given a value, at level debug")
    breakpoint: int = modparam(default=0, doc="1: in Kamailio, stop before each statement; without effect: see dbg.bp")
    step_usleep: int = modparam(default=100000, unit="us", doc="how Kamailio waits at a breakpoint; without effect")
    step_loops: int = modparam(default=200, doc="how often dbg.bp looks for an answer in Kamailio; without effect")
    cfgpkgcheck: int = modparam(default=0, doc="1: check Kamailio's memory at each statement; without effect")
    cfgtest: int = modparam(default=0, doc="1: wants the module cfgt, which is not there")

    server: IServer

    @property
    def tracing(self) -> bool:
        """Asked for when the script is compiled: only then can it be traced."""
        return bool(self.cfgtrace or self.log_assign)

    def start_tracing(self) -> None:
        """Raises ConfigError: cfgtest."""
        if self.cfgtest:
            raise ConfigError('modparam("debugger", "cfgtest", 1): there is no module cfgt')
        if self.breakpoint:
            log.warn("debugger: there are no breakpoints: they would hold up every call")
        self.shows = self.cfgtrace == 1

    def statement(self, ctx: Context, step: Step) -> None:
        """Log it."""
        if not self.shows:
            return
        file = "" if self.cfgtrace_format & WITHOUT_FILE else f" c=[{step.at.file}]"
        facts = {"log_system": self.log_level_name} if self.log_level_name else {}
        log.info(
            "{prefix} {kind}=[{route}]{file} l={line} n={name}",
            severity=self.log_level,
            prefix=self.log_prefix,
            kind=step.route.partition("[")[0],
            route=step.route.partition("[")[2].removesuffix("]") or "DEFAULT_ROUTE",
            file=file,
            line=step.at.line,
            name=step.name,
            **facts,
        )

    def condition(self, ctx: Context, step: Step, value: Value) -> None:
        """Not logged."""

    def assigned(self, ctx: Context, site: Step | CallSite, name: bytes, value: Value) -> None:
        """Log it, where log_assign says so."""
        if not self.log_assign:
            return
        shown = (
            "$null"
            if value is None
            else str(value)
            if isinstance(value, int)
            else f'"{value.decode(errors="replace")}"'
        )
        log.debug("{name}:{value}", name=name.decode(errors="replace"), value=shown)

    def returned(self, ctx: Context, site: CallSite, code: int) -> None:
        """Not logged."""
