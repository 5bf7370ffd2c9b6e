# -*- test-case-name: tests.module.test_others -*-
"""others: what modules ask of the other workers of their server: RPC commands, of all or of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.interfaces.rpc import IRpc

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from sipapp.interfaces.server import IServer

ASK_ONE = "workers.ask"
"""The command that asks one worker."""


def owner_of(server: IServer, label: int) -> int:
    """The worker whose transaction has this $T(id_label); 0: this one."""
    found = label % server.workers + 1
    return 0 if found == server.worker else found


def ask(server: IServer, command: str, *parameters: Any) -> Deferred[Any]:
    """What a command comes to; texts may be bytes. Fails with RpcFault."""
    given = [one.decode("utf-8", "surrogateescape") if isinstance(one, bytes) else one for one in parameters]
    asked: Deferred[Any] = server.get(IRpc).call(command, given)
    return asked


def ask_one(server: IServer, worker: int, command: str, *parameters: Any) -> Deferred[Any]:
    """What a command comes to in that worker alone."""
    return ask(server, ASK_ONE, worker, command, *parameters)
