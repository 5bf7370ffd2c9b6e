# -*- test-case-name: tests.modules.ratelimit.test_load -*-
"""load: how busy the processors are, how much waits to be read, and how many messages to drop because of it.

Linux tells both in /proc; elsewhere they are 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from socket import inet_pton

from sipapp.interfaces.transport import Socket
from sipapp.log import Logger

log = Logger()

PROC = Path("/proc")


class Processors:
    """What part of the time they were busy, between one question and the next."""

    def __init__(self, path: Path = PROC / "stat") -> None:
        self._path = path
        self._last: tuple[int, ...] | None = None

    def load(self) -> float | None:
        """0.0 to 1.0; 0.0 the first time, None where it cannot be known."""
        try:
            with self._path.open("rb") as file:
                first = file.readline().split()
            now = tuple(map(int, first[1:9]))  # user, nice, system, idle, iowait, irq, softirq, steal
        except (OSError, ValueError):
            now = ()
        if len(now) < 8:
            log.error("could not parse load information in {path}", path=str(self._path))
            return None
        last, self._last = self._last, now
        if last is None:
            return 0.0
        passed = [after - before for after, before in zip(now, last, strict=True)]
        total = sum(passed)
        return min(max(1.0 - passed[3] / total, 0.0), 1.0) if total else 0.0


class Controller:
    """A PID controller that keeps the load at its setpoint by dropping messages."""

    __slots__ = ("_integral", "_last", "drop_rate", "kd", "ki", "kp", "setpoint", "value")

    def __init__(self, setpoint: float) -> None:
        self.kp = 0.0
        self.ki = -25.0
        self.kd = 0.0
        self.setpoint = setpoint
        self.value = 0.0  # the load, 0.0 to 1.0
        self.drop_rate = 0  # percent
        self._integral = 0.0
        self._last = 0.0

    def update(self, value: float) -> None:
        """The load is this now."""
        self.value = value
        error = self.setpoint - value
        difference = error - self._last
        if self._integral < 0 or error < 0:  # a low load, which nobody can make up for, must not be remembered
            self._integral += error
        self._last = error
        self.drop_rate = max(int(self.kp * error + self.ki * self._integral + self.kd * difference), 0)


def waiting_bytes(sockets: Iterable[Socket], folder: Path = PROC / "net") -> int:
    """How much the kernel has received for these sockets that nobody has read yet (bytes)."""
    places: dict[str, set[str]] = {}
    for socket in sockets:
        if socket.proto in ("udp", "tcp", "tls"):
            name = ("udp" if socket.proto == "udp" else "tcp") + ("6" if socket.family == 6 else "")
            places.setdefault(name, set()).add(_local_address(socket))
    return sum(_waiting(folder / name, wanted) for name, wanted in places.items())


def _local_address(socket: Socket) -> str:
    """As /proc/net/udp has it: words of 32 bits in the byte order of the machine."""
    packed = inet_pton(10 if socket.family == 6 else 2, socket.host)
    words = (packed[at : at + 4][::-1] for at in range(0, len(packed), 4))
    return f"{b''.join(words).hex().upper()}:{socket.port:04X}"


def _waiting(path: Path, wanted: set[str]) -> int:
    total = 0
    try:
        with path.open() as lines:
            for line in lines:
                columns = line.split()
                if len(columns) > 4 and columns[1] in wanted:
                    total += int(columns[4].partition(":")[2], 16)
    except (OSError, ValueError) as why:
        log.error("could not read {path}: {why}", path=str(path), why=str(why))
    return total
