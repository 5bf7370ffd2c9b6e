# -*- test-case-name: tests.modules.debugger.test_commands -*-
"""commands: dbg.*, for operators."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError, RpcFault
from sipapp.module import modparam, rpc_command
from sipapp.modules.debugger.levels import Levels, facility
from sipapp.modules.debugger.tracing import Tracing

if TYPE_CHECKING:
    from sipapp.message.message import Message

TRACE = 2
"""The bit of `set` in dbg.ls that says that statements are logged."""


class Commands(Tracing, Levels):
    """What is traced and logged, changed while the server runs."""

    reset_msgid: int = modparam(default=0, doc="1: dbg.reset_msgid makes $mi begin again")

    last_number = 0
    first_number = 0

    def count_message(self, message: Message) -> None:
        """$mi of this message counts from the last reset on."""
        if self.reset_msgid:
            self.last_number = message.number
            message.number -= self.first_number

    @rpc_command("dbg.trace")
    def rpc_trace(self, command: str, pid: int = 0) -> str:
        """dbg.trace on|off: log statements, or not; wants modparam("debugger", "cfgtrace", 1): a script is compiled
        to be traced, or not."""
        if command not in ("on", "off"):
            raise RpcFault("Unknown trace command")
        self._check_pid(pid)
        if not self.tracing:
            raise RpcFault('the script is not compiled to be traced: modparam("debugger", "cfgtrace", 1)')
        self.shows = command == "on"
        return "200 ok"

    @rpc_command("dbg.ls")
    def rpc_ls(self, pid: int = 0) -> list[dict[str, int]]:
        """dbg.ls: this process, and whether it logs statements (`set` 2)."""
        self._check_pid(pid)
        own = os.getpid()
        return [{"entry": 0, "pid": own, "set": TRACE * self.shows, "state": 0, "in.pid": 0, "in.cmd": 0}]

    @rpc_command("dbg.bp")
    def rpc_bp(self, command: str, pid: int = 0) -> None:
        """dbg.bp: breakpoints, of which there are none: one would hold up every call. `sipapp explain` takes a message
        through a script, statement by statement."""
        raise RpcFault("there are no breakpoints; sipapp explain takes a message through a script")

    def _check_pid(self, pid: int) -> None:
        if pid not in (0, os.getpid()):
            raise RpcFault("No such pid")

    @rpc_command("dbg.set_mod_level")
    def rpc_set_level(self, module: str, level: int) -> str:
        """dbg.set_mod_level MODULE LEVEL: how much a module logs; wants mod_level_mode 1."""
        self.levels[module] = level
        self.use_levels()
        return "200 ok"

    @rpc_command("dbg.get_mod_level")
    def rpc_get_level(self, module: str) -> dict[str, int]:
        """dbg.get_mod_level MODULE|all: how much a module logs."""
        if module == "all":
            return dict(self.levels)
        return {module: self.levels.get(module, self.server.config.debug)}

    @rpc_command("dbg.set_mod_facility")
    def rpc_set_facility(self, module: str, name: str) -> str:
        """dbg.set_mod_facility MODULE FACILITY: kept and shown; the log is no syslog."""
        try:
            self.facilities[module] = facility(name)
        except ConfigError as why:
            raise RpcFault(why.reason) from None
        return "200 ok"

    @rpc_command("dbg.get_mod_facility")
    def rpc_get_facility(self, module: str) -> dict[str, Any]:
        """dbg.get_mod_facility MODULE|all: what was set; LOG_DAEMON where nothing was."""
        if module == "all":
            return dict(self.facilities)
        return {module: self.facilities.get(module, "LOG_DAEMON")}

    @rpc_command("dbg.reset_msgid")
    def rpc_reset(self) -> str:
        """dbg.reset_msgid: let $mi begin again at 1; wants reset_msgid 1."""
        if not self.reset_msgid:
            raise RpcFault('reset_msgid is not set: modparam("debugger", "reset_msgid", 1)')
        self.first_number = self.last_number
        return "200 ok"
