"""sipp: SIPp as callers and callees of a test."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MISSING = "" if shutil.which("sipp") else "sipp is not installed: apt-get install sip-tester"

OK, SOME_FAILED = 0, 1
"""Exit statuses of SIPp."""


class Sipp:
    """One SIPp that plays a scenario of this folder `calls` times, then ends."""

    def __init__(self, test: Any, scenario: str, port: int, calls: int, proto: str, *arguments: str) -> None:
        folder = Path(test.mktemp()).absolute()
        folder.mkdir(parents=True)
        self.scenario = scenario
        self._errors = folder / "errors"
        self._screen = folder / "screen"
        with self._screen.open("wb") as screen:
            self.process = subprocess.Popen(
                [
                    "sipp",
                    *("-sf", str(HERE / f"{scenario}.xml")),
                    *("-i", "127.0.0.1"),
                    *("-p", str(port)),
                    *("-t", {"udp": "u1", "tcp": "t1"}[proto]),
                    *("-m", str(calls)),
                    *("-trace_err", "-error_file", str(self._errors)),
                    *("-nostdin", "-recv_timeout", "20000"),
                    *arguments,
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=screen,
            )
        test.addCleanup(self.stop)

    def wait(self, seconds: float) -> int:
        """Its exit status once it has ended."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)  # it shows its screen, then ends
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
            raise AssertionError(f"{self.scenario} has not ended after {seconds} s:\n{self.report()}") from None

    def report(self) -> str:
        """What went wrong, in its words, and the end of what it shows on its screen."""
        errors = self._errors.read_text(errors="replace")[:3000] if self._errors.exists() else ""
        return f"{errors}\n{self._screen.read_text(errors='replace')[-4000:]}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def callee(test: Any, scenario: str, port: int, calls: int, proto: str) -> Sipp:
    """Takes calls at a port, from now on."""
    party = Sipp(test, scenario, port, calls, proto)
    end = time.monotonic() + 10
    while not _is_taken(port, proto):
        if time.monotonic() > end or party.process.poll() is not None:
            raise AssertionError(f"{scenario} does not listen:\n{party.report()}")
        time.sleep(0.01)
    return party


def _is_taken(port: int, proto: str) -> bool:
    """Somebody has this port of the loopback interface, as the kernel's table says: to try it would take it away."""
    rows = Path(f"/proc/net/{proto}").read_text().splitlines()[1:]
    return any(row.split()[1] == f"0100007F:{port:04X}" for row in rows)


def caller(
    test: Any, scenario: str, server: int, port: int, calls: int, proto: str, *, rate: int = 200, user: str = "bob"
) -> Sipp:
    """Places `rate` calls a second to `user` of the server."""
    target = f"127.0.0.1:{server}"
    return Sipp(test, scenario, port, calls, proto, "-r", str(rate), "-s", user, "-l", str(calls), target)
