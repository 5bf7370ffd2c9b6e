# -*- test-case-name: tests.modules.cfgutils.test_cfgutils -*-
"""cfgutils: odds and ends of the script language: chance, locks, global flags, pauses, routes by name."""

from __future__ import annotations

import os
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.log import Logger
from sipapp.module import Context, IServer, module, script_function
from sipapp.module.sleep import Sleep
from sipapp.modules.cfgutils.chance import Chance
from sipapp.modules.cfgutils.gflags import GlobalFlags
from sipapp.modules.cfgutils.hashes import Hashes
from sipapp.modules.cfgutils.locks import Locks
from sipapp.modules.cfgutils.memory import Memory

log = Logger()


@module("cfgutils")
class Cfgutils(Chance, GlobalFlags, Hashes, Locks, Memory):
    """Its parts, and what needs no file of its own."""

    def start(self, server: IServer) -> None:
        self.server = server
        self.clock = server.clock
        self.start_chance()
        self.start_flags()
        self.start_hashes()
        self.start_locks()

    @script_function()
    def sleep(self, time: int) -> int | Deferred[int]:
        """Hold this route for `time` seconds, then go on with the next statement. Nothing else waits."""
        return self._pause(time)

    @script_function()
    def usleep(self, time: int) -> int | Deferred[int]:
        """Hold this route for `time` microseconds, then go on with the next statement."""
        return self._pause(time / 1e6)

    def _pause(self, seconds: float) -> int | Deferred[int]:
        return Sleep(self.server, seconds) if seconds > 0 else 1

    @script_function()
    def abort(self) -> int:
        """End the server at once, with a core dump where the system makes them. For debugging."""
        log.critical("abort called")
        os.abort()

    @script_function()
    def check_route_exists(self, route: str) -> int:
        """True when the script has a route[NAME] of this name."""
        return 1 if route in self.server.script.routes else -1

    @script_function(suspends=True, asynchronous=False)
    def route_if_exists(self, ctx: Context, route: str) -> Any:
        """Run route[NAME] and answer its return code; -1 where there is no such route."""
        found = self.server.script.routes.get(route)
        return -1 if found is None else found.function(ctx)
