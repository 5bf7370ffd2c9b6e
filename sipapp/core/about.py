# -*- test-case-name: tests.core.test_about -*-
"""about: RPC commands that say what this server is, and the few that try out the line."""

from __future__ import annotations

import os
import platform
import sys
import time
from typing import Any

from sipapp import __version__
from sipapp.errors import RpcFault
from sipapp.interfaces.server import IServer
from sipapp.message import leaf
from sipapp.module import rpc_command
from sipapp.module.memory import usage

_UNITS = {"b": 0, "k": 10, "m": 20, "g": 30}


class About:
    """core.*: a part of the built-in module."""

    server: IServer
    assembly: Any

    def start_clocks(self) -> None:
        """Called once, when the server starts."""
        self._began = self.server.clock.seconds()
        self._up_since = time.time()

    def _uptime(self) -> int:
        return int(self.server.clock.seconds() - self._began)

    @rpc_command("core.version")
    def rpc_version(self) -> str:
        """The version of the server."""
        return f"sipapp {__version__} ({platform.machine()}/{sys.platform})"

    @rpc_command("core.uptime")
    def rpc_uptime(self) -> dict[str, Any]:
        """Since when the server runs, and for how long (s)."""
        return {"now": time.ctime(), "up_since": time.ctime(self._up_since), "uptime": self._uptime()}

    @rpc_command("core.info")
    def rpc_info(self) -> dict[str, str]:
        """The version, and what it was built with."""
        return {
            "version": f"sipapp {__version__}",
            "id": "unknown",
            "compiler": f"{platform.python_implementation()} {platform.python_version()}",
            "compiled": "",
            "flags": self.rpc_flags(),
        }

    @rpc_command("core.flags")
    def rpc_flags(self) -> str:
        """What this build can do."""
        names = ["USE_TCP", "USE_DNS_CACHE", "USE_DNS_FAILOVER", "USE_NAPTR"]
        return ", ".join([*names, f"LEAF: {leaf.TWIN}"])

    @rpc_command("core.runinfo")
    def rpc_runinfo(self) -> dict[str, Any]:
        """core.info and core.uptime in one."""
        up = self._uptime()
        return {
            "name": "sipapp",
            "version": __version__,
            "sourceid": "unknown",
            "compiler": f"{platform.python_implementation()} {platform.python_version()}",
            "compiled": "",
            "time_now": time.ctime(),
            "time_started": time.ctime(self._up_since),
            "uptime_secs": up,
            "utime_days": f"{up // 86400}d {up // 3600 % 24}h {up // 60 % 60}m {up % 60}s",
        }

    @rpc_command("core.modules")
    def rpc_modules(self) -> list[str]:
        """The names of the loaded modules, the last one loaded first."""
        return [name for name in reversed(self.server.modules) if name != "core"]

    @rpc_command("core.ppdefines")
    def rpc_defines(self) -> list[str]:
        """The names that are defined for the script's #!ifdef."""
        return list(self.assembly.script.defines)

    @rpc_command("core.ppdefines_full")
    def rpc_defines_full(self) -> list[dict[str, Any]]:
        """The same with what they stand for."""
        return [
            {"name": name, "type": 0, "value": "none" if value is None else value.decode("utf-8", "replace")}
            for name, value in self.assembly.script.defines.items()
        ]

    # -- the process

    @rpc_command("core.ps")
    def rpc_ps(self) -> list[Any]:
        """Process id and description of each process, in a row."""
        return [part for row in self._processes() for part in row]

    @rpc_command("core.psx")
    def rpc_psx(self) -> list[dict[str, Any]]:
        """The same, each process a structure."""
        return [{"IDX": n, "PID": pid, "DSC": what} for n, (pid, what) in enumerate(self._processes())]

    @rpc_command("core.psa")
    def rpc_psa(self) -> list[dict[str, Any]]:
        """The same with the state and rank of each process."""
        return [
            {"index": n, "pid": pid, "status": 1, "rank": n, "description": what}
            for n, (pid, what) in enumerate(self._processes())
        ]

    def _processes(self) -> list[tuple[int, str]]:
        return [(os.getpid(), "main process")]

    @rpc_command("core.pwd")
    def rpc_pwd(self) -> list[str]:
        """The folder that the server works in."""
        return [os.getcwd()]

    @rpc_command("core.arg")
    def rpc_arguments(self) -> list[str]:
        """The command line that started the server."""
        return list(sys.argv)

    @rpc_command("core.kill")
    def rpc_kill(self, signal: int = 15) -> None:
        """Send the server a signal, 15 (TERM) where none is given: it ends in good order."""
        # The answer goes out first.
        self.server.clock.callLater(0.1, os.kill, os.getpid(), signal)

    @rpc_command("core.shmmem")
    def rpc_memory(self, unit: str = "b") -> dict[str, int]:
        """The memory of the process, in bytes or in the unit given: b, k, m, g. `fragments` are the objects that the
        collector looks after."""
        shift = _UNITS.get(unit.lower())
        if shift is None:
            raise RpcFault("bad unit, must be b, k, m or g")
        now = usage()
        return {
            "total": now.total >> shift,
            "free": now.total - now.used >> shift,
            "used": now.used >> shift,
            "real_used": now.used >> shift,
            "max_used": now.most >> shift,
            "fragments": now.objects,
        }

    # -- the line

    @rpc_command("core.echo")
    def rpc_echo(self, *words: Any) -> list[str]:
        """What it is given, as texts."""
        return [str(word) for word in words]

    @rpc_command("core.prints")
    def rpc_prints(self, *words: str) -> list[str]:
        """The texts that it is given."""
        return list(words)

    @rpc_command("core.printi")
    def rpc_printi(self, *numbers: int) -> list[int]:
        """The numbers that it is given."""
        return list(numbers)
