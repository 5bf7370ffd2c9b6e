# -*- test-case-name: tests.modules.tsilo.test_others -*-
"""others: calls that wait in other workers: who has some is written where all see it, and is asked to send them on."""

from __future__ import annotations

from typing import Any

from sipapp.errors import RpcFault
from sipapp.interfaces.server import IServer
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.module.others import ask_one, owner_of

log = Logger()


class Others:
    """The other workers of this server."""

    def __init__(self, server: IServer) -> None:
        self._server = server
        self._worker = server.worker
        self._marks = server.get(IStore).table(b"tsilo:waiting")
        mine = self._mark(server.worker, b"")
        self._marks.remove(lambda key, value: key.startswith(mine))  # of one that this worker replaces

    def _mark(self, worker: int, address: bytes) -> bytes:
        return b"%d:%b" % (worker, address)

    def wait(self, address: bytes) -> None:
        """Calls wait here for this address."""
        self._marks.put(self._mark(self._worker, address), 1)

    def forget(self, address: bytes) -> None:
        """None does any more."""
        self._marks.delete(self._mark(self._worker, address))

    def waiting(self, address: bytes) -> list[int]:
        """The workers in which calls wait for an address."""
        everybody = range(1, self._server.workers + 1)
        return [w for w in everybody if w != self._worker and self._marks.get(self._mark(w, address)) is not None]

    def owner(self, label: int) -> int:
        """The worker whose transaction has this $T(id_label); 0: this one."""
        return owner_of(self._server, label)

    async def ask(self, worker: int, command: str, *parameters: Any) -> int:
        """What a command comes to there; 0 where that cannot be had."""
        try:
            return int(await ask_one(self._server, worker, command, *parameters))
        except RpcFault as why:
            log.error("worker {worker}: {command}: {why}", worker=worker, command=command, why=str(why))
            return 0
