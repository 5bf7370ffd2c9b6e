# -*- test-case-name: tests.workers.test_shared -*-
"""shared: where the tables are that all workers share: a file in memory, private to the server, gone when it ends."""

from __future__ import annotations

import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sipapp.log import Logger

log = Logger()

MEMORY = Path("/dev/shm")


class SharedStore:
    """`url` is what the workers' `store` is to be, "" where they are to go by the script's own."""

    def __init__(self, config: Any) -> None:
        self.url = ""
        self._folder = ""
        if config.store and not config.store.startswith("memory"):
            return
        if find_spec("lmdb") is None:
            log.warn("lmdb is not installed: each worker has tables ($shv, htable) of its own")
            return
        parent = MEMORY if MEMORY.is_dir() else Path(config.rundir)
        self._folder = tempfile.mkdtemp(prefix="sipapp-", dir=parent)
        self.url = f"lmdb:{self._folder}/tables"

    def remove(self) -> None:
        """The server has ended."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
