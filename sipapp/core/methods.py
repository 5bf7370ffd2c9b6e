# -*- test-case-name: tests.core.test_methods -*-
"""methods: RPC commands about RPC commands."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.interfaces.server import IServer
from sipapp.module import rpc_command

if TYPE_CHECKING:
    from sipapp.interfaces.module import IRpcCommand


class Methods:
    """system.*: a part of the built-in module."""

    server: IServer

    @rpc_command("system.listMethods")
    def rpc_methods(self) -> list[str]:
        """Every command there is."""
        return sorted(self.server.get(IRpc).commands)

    @rpc_command("system.methodHelp")
    def rpc_method_help(self, method: str) -> str:
        """What a command is for."""
        return self._command(method).doc

    @rpc_command("system.methodSignature")
    def rpc_method_signature(self, method: str) -> str:
        """The parameters of a command, with their types and defaults."""
        return _signature(self._command(method))

    def _command(self, name: str) -> IRpcCommand:
        found: Any = self.server.get(IRpc).commands.get(name)
        if found is None:
            raise RpcFault("command not found", 400)
        return found  # type: ignore[no-any-return]


def _signature(command: IRpcCommand) -> str:
    """`core.kill(signal: int = 15)`"""
    parameters = inspect.signature(command.call).parameters.values()
    return f"{command.name}({', '.join(map(str, parameters))})".replace("'", "")
