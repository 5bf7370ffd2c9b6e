# -*- test-case-name: tests.modules.test_kex_memory -*-
"""memory: what the process uses.

There is neither shared nor private memory of our own: both sorts of question are answered with the memory of the
process, as the system sees it.
"""

from __future__ import annotations

import os
import platform
import resource
import tracemalloc
from collections import defaultdict
from pathlib import Path
from typing import Any

import sipapp.modules
from sipapp.module import ScriptError, rpc_command
from sipapp.statistics import Statistics

_PAGE = os.sysconf("SC_PAGE_SIZE")


def total() -> int:
    """The machine's memory (bytes)."""
    return _PAGE * os.sysconf("SC_PHYS_PAGES")


def free() -> int:
    """What of it nobody uses (bytes)."""
    return _PAGE * os.sysconf("SC_AVPHYS_PAGES")


def peak() -> int:
    """The most that this process has used (bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def used() -> int:
    """What this process uses now (bytes); its peak where the system does not tell."""
    try:
        return _PAGE * int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak()


class Memory:
    """pkg.*, mod.* and the statistics of the group shmem."""

    def start_memory(self, statistics: Statistics) -> None:
        for name, read in (
            ("total_size", total),
            ("used_size", used),
            ("real_used_size", used),
            ("max_used_size", peak),
            ("free_size", free),
            ("fragments", lambda: 0),
        ):
            statistics.gauge("shmem", name, read, common=read in (total, free))  # those of the machine

    @rpc_command("pkg.stats")
    def rpc_pkg_stats(self, filter: str = "", value: int = 0) -> list[dict[str, Any]]:
        """pkg.stats([pid|rank|index, number]): the memory (bytes) of this process, in a list of one."""
        row = {
            "entry": 0,
            "pid": os.getpid(),
            "rank": 0,
            "used": used(),
            "free": free(),
            "real_used": used(),
            "total_size": total(),
            "total_frags": 0,
            "desc": "main process",
        }
        fields = {"": "", "pid": "pid", "rank": "rank", "index": "entry"}
        if filter not in fields:
            raise ScriptError(f"no such filter: {filter!r}; there are pid, rank and index")
        return [row] if not filter or row[fields[filter]] == value else []

    @rpc_command("pkg.info")
    def rpc_pkg_info(self) -> dict[str, Any]:
        """pkg.info(): whose memory manager it is, and how much there is for it (bytes)."""
        return {"name": platform.python_implementation(), "size": total()}

    @rpc_command("mod.stats", "mod.mem_stats")
    def rpc_mod_stats(self, module: str, kind: str) -> list[Any]:
        """mod.mem_stats(module or `all`, `pkg`, `shm` or `all`): the memory (bytes) that each line of a module holds.
        Needs the environment's PYTHONTRACEMALLOC=1."""
        return _by_module(module, kind, details=False)

    @rpc_command("mod.mem_statsx")
    def rpc_mod_statsx(self, module: str, kind: str) -> list[Any]:
        """mod.mem_statsx(module, kind): the same with the number of blocks: `bytes (blocks)`."""
        return _by_module(module, kind, details=True)


def _by_module(wanted: str, kind: str, details: bool) -> list[Any]:
    """[`Module: name`, {`file(line)`: bytes, ..., `Total`: bytes}, ...]."""
    if kind not in ("pkg", "shm", "all"):
        raise ScriptError(f"no such memory: {kind!r}; there are pkg, shm and all")
    if not tracemalloc.is_tracing():
        raise ScriptError("memory is not traced: start with PYTHONTRACEMALLOC=1 in the environment")
    lines: dict[str, dict[str, Any]] = defaultdict(dict)
    totals: dict[str, int] = defaultdict(int)
    for statistic in tracemalloc.take_snapshot().statistics("lineno"):
        frame = statistic.traceback[0]
        name, file = _place(frame.filename)
        if not name or wanted not in ("all", name):
            continue
        shown: Any = f"{statistic.size} ({statistic.count})" if details else statistic.size
        lines[name][f"{file}({frame.lineno})"] = shown
        totals[name] += statistic.size
    answer: list[Any] = []
    for name in sorted(lines) or ([wanted] if wanted != "all" else []):
        answer += [f"Module: {name}", {**lines[name], "Total": totals[name]}]
    return answer


def _place(path: str) -> tuple[str, str]:
    """The module that a source file belongs to, and the file's name; ("", "") for anything else."""
    for folder in sipapp.modules.__path__:
        try:
            relative = Path(path).relative_to(folder)
        except ValueError:
            continue
        return relative.parts[0].removesuffix(".py").rstrip("_"), relative.name
    return "", ""
