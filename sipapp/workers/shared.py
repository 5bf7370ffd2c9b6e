# -*- test-case-name: tests.workers.test_shared -*-
"""shared: where the tables are that all workers share: a file in memory, private to the server, gone when it ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

MEMORY = Path("/dev/shm")

PREFIX = "sipapp-workers-"
"""What the folder's name begins with; the supervisor's process id follows."""


class SharedStore:
    """`url` is what the workers' `store` is to be, "" where they are to go by the script's own."""

    def __init__(self, config: Any) -> None:
        self.url = ""
        self._folder = ""
        if config.store:
            return
        parent = MEMORY if MEMORY.is_dir() else Path(config.rundir)
        _remove_left(parent)
        self._folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent)
        self.url = f"lmdb:{self._folder}/tables"

    def remove(self) -> None:
        """The server has ended."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _remove_left(parent: Path) -> None:
    """Folders of supervisors that were killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and folder.stat().st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)
