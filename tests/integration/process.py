"""process: a database server for tests: a process of an unprivileged user, in a folder that goes with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import SkipTest

from tests.served import Standin, free_ports

LONGEST_START = 60.0  # s: a busy machine


def program(name: str, package: str, *folders: str) -> str:
    """The path of a program. Raises SkipTest: it is not here."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *folders)))
    if found is None:
        raise SkipTest(f"{name} is not installed (Debian: {package})")
    return found


class Database:
    """A server that is started, stopped and started again. Those that refuse to run for root run as `user`."""

    def __init__(self, holder: Standin, user: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sipapp-sql-"))
        holder.addCleanup(shutil.rmtree, self.folder, True)
        self.port = free_ports()[0]
        self._prefix = [program("setpriv", "util-linux"), "--pdeathsig", "KILL"]
        if os.getuid() == 0:
            account = pwd.getpwnam(user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._prefix += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        self._process: subprocess.Popen[bytes] | None = None
        self._command: list[str] = []
        holder.addCleanup(self.stop, signal.SIGKILL)

    def run(self, *command: str) -> None:
        """Run a command to its end, as that user."""
        done = subprocess.run(
            [*self._prefix, *command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        assert done.returncode == 0, done.stdout.decode(errors="replace")

    def serve(self, *command: str) -> None:
        """Start the server, and remember how."""
        self._command = list(command)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._prefix, *command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.wait_for(self.answers)

    def start(self) -> None:
        """Start it again."""
        self.serve(*self._command)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it; there is none any more when this returns."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(LONGEST_START)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it does nothing at all, and its connections stay."""
        assert self._process is not None
        processes = [*self._children(), self._process.pid]
        try:
            for process in processes:
                _signal(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                _signal(process, signal.SIGCONT)

    def _children(self) -> list[int]:
        assert self._process is not None
        return [
            int(p) for p in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        ]

    def answers(self) -> bool:
        """It can be asked."""
        raise NotImplementedError

    def ask(self, statement: str) -> Sequence[tuple[Any, ...]]:
        """The rows that a statement answers, none where it answers none."""
        raise NotImplementedError

    def running(self, text: str) -> int:
        """How many statements with this text are under way."""
        raise NotImplementedError

    def wait_for(self, done: Callable[[], bool], seconds: float = LONGEST_START) -> None:
        """Until `done()`."""
        end = time.monotonic() + seconds
        while not done():
            assert self._process is None or self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, f"not within {seconds} s"
            time.sleep(0.02)


def _signal(process: int, number: signal.Signals) -> None:
    """A server's own workers come and go."""
    with suppress(ProcessLookupError):
        os.kill(process, number)
