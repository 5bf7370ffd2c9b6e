# -*- test-case-name: tests.core.test_waits -*-
"""waits: RPC commands about the scripts that wait, and what their waiting came to."""

from __future__ import annotations

from typing import Any

from sipapp.errors import RpcFault
from sipapp.interfaces.server import IServer
from sipapp.module import rpc_command


class Waits:
    """async.*: a part of the built-in module."""

    server: IServer

    @rpc_command("async.list")
    def rpc_waiting(self, most: int = 0) -> list[dict[str, Any]]:
        """Every script that waits, the longest first; with a number, only so many. `age` is how long it waits already
        (s); `deadline` is null where nothing ends the wait."""
        rows: list[dict[str, Any]] = []
        for row in self.server.suspended.rows():
            if 0 < most <= len(rows):
                break
            rows.append({**row._asdict(), "age": round(row.age, 3)})
        return rows

    @rpc_command("async.cancel")
    def rpc_end_wait(self, id: int) -> None:
        """End the script with this id where it stands: what it waits for is cancelled, its request is answered with
        503."""
        if not self.server.suspended.end(id):
            raise RpcFault(f"no script with the id {id} waits", 404)

    @rpc_command("async.stats")
    def rpc_wait_stats(self) -> dict[str, dict[str, Any]]:
        """For each function that scripts have waited for: how many calls did (count), do (running), got a result
        (finished), took too long (timeouts), were given up (cancelled) or failed (errors); and within which time (ms)
        50, 95 and 99 of 100 were over."""
        return {
            name: {
                "count": waits.started,
                "running": waits.running,
                "finished": waits.finished,
                "timeouts": waits.timeouts,
                "cancelled": waits.cancelled,
                "errors": waits.errors,
                "p50": _milliseconds(waits.percentile(0.5)),
                "p95": _milliseconds(waits.percentile(0.95)),
                "p99": _milliseconds(waits.percentile(0.99)),
            }
            for name, waits in sorted(self.server.suspended.functions.items())
        }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
