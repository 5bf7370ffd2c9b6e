"""running: a real server with several workers, and its operators' socket."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from sipapp.rpc.client import ask
from tests.served import Served


class Workers(Served):
    """It runs `script`, in which @RPC@ is where that socket is."""

    def __init__(self, test: Any, script: str) -> None:
        folder = tempfile.mkdtemp(prefix="sipapp-")  # a socket's path is short
        self.rpc_path = str(Path(folder) / "rpc")
        super().__init__(test, script, RPC=self.rpc_path)

    def rpc(self, method: str, *parameters: Any) -> Any:
        return ask(self.rpc_path, method, parameters, 20)

    def pids(self) -> list[int]:
        """The process of each worker."""
        rows = [row for row in self.rpc("core.psx") if "worker" in row]
        return [row["PID"] for row in sorted(rows, key=lambda row: row["worker"])]
