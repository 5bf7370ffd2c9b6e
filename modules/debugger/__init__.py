# -*- test-case-name: tests.modules.debugger.test_debugger -*-
"""debugger: what a script does, statement by statement, in the log; what it holds; how much each module logs."""

from __future__ import annotations

from zope.interface import implementer

from sipapp.interfaces.server import IBeforeScript, IServer
from sipapp.interfaces.trace import ITrace
from sipapp.module import Context, RouteType, module
from sipapp.modules.debugger.commands import Commands
from sipapp.modules.debugger.dumps import Dumps


@implementer(ITrace, IBeforeScript)
@module("debugger")
class Debugger(Commands, Dumps):
    """Its parts."""

    def start(self, server: IServer) -> None:
        """Raises ConfigError: cfgtest."""
        self.server = server
        self.start_tracing()
        self.start_levels()

    def stop(self) -> None:
        self.stop_levels()

    def before_script(self, ctx: Context) -> bool:
        """`reset_msgid`: $mi counts from the last dbg.reset_msgid on."""
        if ctx.route_type in (RouteType.REQUEST, RouteType.REPLY):
            self.count_message(ctx.message)
        return True
