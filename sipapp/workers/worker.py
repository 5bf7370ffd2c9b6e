# -*- test-case-name: tests.workers.test_service -*-
"""worker: the process that the supervisor starts: `python -m sipapp.workers.worker FILE`.

It reads the script and waits; when it is told who it is, it serves. When the supervisor is gone, so is it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

from twisted.internet.defer import ensureDeferred
from twisted.internet.error import ConnectionDone, ReactorNotRunning
from twisted.internet.interfaces import IReadDescriptor
from twisted.logger import globalLogBeginner
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp import collector
from sipapp.assemble import Assembly, assemble
from sipapp.errors import ConfigErrors, SipAppError
from sipapp.log import Logger
from sipapp.script.show import show
from sipapp.workers.handover import Links
from sipapp.workers.logs import Pipe
from sipapp.workers.ownership import Ownership
from sipapp.workers.serving import WorkerServer
from sipapp.workers.setup import Role, Setup

log = Logger()

READY, UP, FAILED = "ready", "up", "failed"
"""What it reports: the script is read; it serves; why it does not."""


class Worker:
    """The process."""

    def __init__(self, setup: Setup, assembly: Assembly, reactor: Any, pipe: Pipe) -> None:
        self.setup = setup
        self.assembly = assembly
        self.reactor = reactor
        self.pipe = pipe
        self.server: WorkerServer | None = None

    def begin(self, role: Role) -> None:
        """Serve, as this worker."""
        setup, number = self.setup, role.worker
        if setup.store:
            self.assembly.config.store = setup.store
        ownership = Ownership(number, setup.workers, setup.mark.encode())
        own = [(endpoint, _adopted(descriptor)) for endpoint, descriptor in setup.places(number)]
        outboxes = {other: _adopted(descriptor) for other, descriptor in enumerate(setup.outboxes)}
        inbox = _adopted(setup.inboxes[number])
        outboxes.pop(number).close()
        for numbers in (*setup.descriptors, setup.inboxes, setup.outboxes):
            for descriptor in numbers:
                os.close(descriptor)
        links = Links(number, inbox, outboxes, self.reactor)
        try:
            self.server = WorkerServer(self.assembly, self.reactor, role, ownership, links, own)
        except SipAppError as why:
            self.not_started(Failure(why))
            return
        self.reactor.addSystemEventTrigger("before", "shutdown", self.stop)
        ensureDeferred(self.server.start()).addCallbacks(self.started, self.not_started)

    def started(self, _: Any) -> None:
        collector.settle()
        assert self.server is not None
        self.pipe.report({"state": UP, "sockets": self.server.listening()})

    def not_started(self, failure: Failure) -> None:
        if not failure.check(SipAppError, OSError):
            log.failure("not started", failure)
        self.pipe.report({"state": FAILED, "why": failure.getErrorMessage()})
        os._exit(1)

    def stop(self) -> Any:
        assert self.server is not None
        return ensureDeferred(self.server.stop())


def _adopted(descriptor: int) -> socket.socket:
    """A socket object of its own for an inherited descriptor, which stays open."""
    return socket.socket(fileno=os.dup(descriptor))


@implementer(IReadDescriptor)
class Orders:
    """Standard input: the role, once; then only its end, which is the supervisor's."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._text = b""

    def doRead(self) -> None:
        data = os.read(0, 65536)
        if not data:
            self._worker.reactor.removeReader(self)
            self.connectionLost(Failure(ConnectionDone()))
            return
        self._text += data
        line, end, _ = self._text.partition(b"\n")
        if end and self._worker.server is None:
            self._worker.begin(Role(**json.loads(line)))

    def fileno(self) -> int:
        return 0

    def logPrefix(self) -> str:
        return "supervisor"

    def connectionLost(self, reason: Failure) -> None:
        """The supervisor is gone, or the reactor has stopped."""
        with suppress(ReactorNotRunning):
            self._worker.reactor.stop()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the supervisor has it too, and stops us in good order
    with open(0, "rb", buffering=0, closefd=False) as stream:
        setup = Setup(**json.loads(stream.readline()))
    pipe = Pipe()
    globalLogBeginner.beginLoggingTo([pipe], redirectStandardIO=False)
    collector.hold()
    try:
        assembly = assemble(setup.config, setup.defines, setup.mpath)
        for address in setup.listen:
            assembly.config.add_listen(address)
    except ConfigErrors as errors:
        pipe.report({"state": FAILED, "why": "\n".join(show(error) for error in errors.errors)})
        sys.exit(1)
    except OSError as why:
        pipe.report({"state": FAILED, "why": f"cannot read {setup.config}: {why.strerror}"})
        sys.exit(1)
    from twisted.internet import reactor as installed

    reactor: Any = installed
    worker = Worker(setup, assembly, reactor, pipe)
    reactor.addReader(Orders(worker))
    pipe.report({"state": READY})
    reactor.run()


if __name__ == "__main__":
    main()
