# -*- test-case-name: tests.module.test_children -*-
"""children: shell commands as processes of their own: what they wrote, how they ended, and their end when nobody waits.

    ended = run(reactor, b"curl -s https://example.com", stdin=b"", timeout=2.0)   # Deferred of an Ended

Cancelling it, or its time limit, ends the whole process group: TERM first, KILL `GRACE` seconds later.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from shutil import which
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

GRACE = 1.0
"""s between TERM and KILL."""

MAX_OUTPUT = 1 << 20
"""bytes that a command may write to each of its outputs; one that writes more is ended."""


class Ended(NamedTuple):
    """How a command ended."""

    status: int | None  # its exit status; None where a signal ended it, or it could not be started
    out: bytes
    err: bytes
    reason: str  # for the log: "" where it ended by itself

    @property
    def good(self) -> bool:
        return self.status == 0


def run(
    reactor: Any,
    command: bytes,
    stdin: bytes = b"",
    env: Mapping[bytes, bytes] | None = None,
    timeout: float = 0.0,
    max_output: int = MAX_OUTPUT,
) -> Deferred[Ended]:
    """Run a command of the shell; fires when it has ended and its outputs are closed.

    env: beside our own environment. timeout: s, 0 for none. A `stdin` that it does not read is thrown away.
    """
    child = _Child(reactor, stdin, max_output)
    child.ended = Deferred(lambda _: child.end("cancelled"))
    shell = ["/bin/sh", "-c", command]
    session = which("setsid")  # a group of its own, so that what it starts ends with it
    words = [session, *shell] if session else shell
    surroundings = {**os.environb, **env} if env else None
    try:
        reactor.spawnProcess(child, words[0], words, env=surroundings)
    except OSError as why:  # no process, no descriptor to be had
        return succeed(Ended(None, b"", b"", str(why)))
    if timeout:
        child.alarm = reactor.callLater(timeout, child.end, f"took longer than {timeout:g} s")
    return child.ended


class _Child(ProcessProtocol):
    ended: Deferred[Ended]

    def __init__(self, reactor: Any, stdin: bytes, max_output: int) -> None:
        self._reactor = reactor
        self._stdin = stdin
        self._max_output = max_output
        self._out = bytearray()
        self._err = bytearray()
        self._reason = ""
        self.alarm: Any = None

    def connectionMade(self) -> None:
        transport: Any = self.transport
        transport.write(self._stdin)
        transport.closeStdin()

    def outReceived(self, data: bytes) -> None:
        self._keep(self._out, data)

    def errReceived(self, data: bytes) -> None:
        self._keep(self._err, data)

    def _keep(self, kept: bytearray, data: bytes) -> None:
        if not self._reason:
            kept += data
            if len(kept) > self._max_output:
                self.end(f"wrote more than {self._max_output} bytes")

    def end(self, reason: str) -> None:
        """It shall end; a second time has no effect."""
        if self._reason:
            return
        self._reason = reason
        self._stop_alarm()
        self._signal(signal.SIGTERM)
        self.alarm = self._reactor.callLater(GRACE, self._kill)

    def _kill(self) -> None:
        self.alarm = None
        self._signal(signal.SIGKILL)
        if self.transport is not None:
            self.transport.loseConnection()  # a grandchild may hold our pipes

    def _signal(self, number: int) -> None:
        pid = getattr(self.transport, "pid", None)
        if not pid:
            return
        try:
            if os.getpgid(pid) == pid:
                os.killpg(pid, number)
            else:
                self.transport.signalProcess(number)  # type: ignore[union-attr]
        except (ProcessLookupError, ProcessExitedAlready):
            pass

    def _stop_alarm(self) -> None:
        alarm, self.alarm = self.alarm, None
        if alarm is not None and alarm.active():
            alarm.cancel()

    def processEnded(self, reason: Failure) -> None:
        self._stop_alarm()
        if self.ended.called:
            return
        status: int | None = None
        if reason.check(ProcessDone, ProcessTerminated):
            status = reason.value.exitCode  # type: ignore[union-attr]
        why = self._reason or ("" if status is not None else reason.getErrorMessage())
        self.ended.callback(Ended(None if self._reason else status, bytes(self._out), bytes(self._err), why))
