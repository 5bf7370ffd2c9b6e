"""neighbour: another process with the same lmdb file, which does what it is told: one expression a line."""

from __future__ import annotations

import subprocess
import sys
from ast import literal_eval
from contextlib import suppress
from typing import Any

from tests.served import TOP, Standin, environment


class Neighbour:
    """Ends with the tests."""

    _living: Neighbour | None = None

    @classmethod
    def ready(cls) -> Neighbour:
        """One that lives: the same for many tests, for it takes its time to begin."""
        if cls._living is None:
            cls._living = cls(Standin.until_exit())
        return cls._living

    def __init__(self, holder: Standin) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.neighbour"],
            cwd=TOP,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        holder.addCleanup(self.end)

    def tell(self, expression: str) -> None:
        """Begin what `expression` says; what it may name is below."""
        assert self.process.stdin is not None
        self.process.stdin.write(expression.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        """What it came to."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        assert line, "the neighbour has ended"
        return literal_eval(line)

    def ask(self, expression: str) -> Any:
        self.tell(expression)
        return self.answer()

    def leave(self) -> None:
        """It has the file no more, if it lives."""
        if self is Neighbour._living:
            self.ask("store.stop()")

    def end(self) -> None:
        """It ends, and nothing of it is stopped in order."""
        Neighbour._living = None
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                assert stream is not None
                stream.close()


def _serve() -> None:
    from sipapp.store.lmdb import LmdbStore
    from sipapp.store.mapped import MEGABYTE
    from sipapp.testing.clock import SteppingClock

    names: dict[str, Any] = {}

    def open(path: str, seconds: float, lifetime: int) -> None:
        clock = SteppingClock()
        clock.advance(seconds)
        store = LmdbStore(path, 16 * MEGABYTE, clock)
        store.start()
        table = store.table(b"t", lifetime)
        gone: list[tuple[bytes, object]] = []
        table.on_expired(lambda key, value: gone.append((key, value)))
        names.update(store=store, table=table, clock=clock, gone=gone, locked=[])

    def lock(key: bytes) -> bool:
        waiting = names["table"].lock(key, "neighbour")
        if waiting is not None:
            waiting.addCallback(lambda _: names["locked"].append(key))
        return waiting is None

    names.update(open=open, lock=lock)
    for line in sys.stdin:
        sys.stdout.write(f"{eval(line, names)!r}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
