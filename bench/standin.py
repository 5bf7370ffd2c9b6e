"""standin: what the helpers of the tests want of a test, for scripts that measure."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any


class Standin(ExitStack):
    """`with Standin() as test:`: temporary folders, and whatever is started ends with it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = self.enter_context(tempfile.TemporaryDirectory(prefix="sipapp-bench-"))
        self._count = 0

    def mktemp(self) -> str:
        self._count += 1
        return str(Path(self._folder) / str(self._count))

    def addCleanup(self, call: Callable[..., object], *arguments: Any) -> None:
        self.callback(call, *arguments)


def table(rows: list[tuple[str, object]]) -> str:
    """Rows of a name and a value, the values below each other."""
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
