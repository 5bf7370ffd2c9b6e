"""process: what a process takes of the machine, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path


def resident() -> int:
    """Bytes of the machine's memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor(pid: int | str) -> float:
    """What a process has used of the processor so far (s)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
