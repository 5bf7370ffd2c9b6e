# -*- test-case-name: tests.workers.test_joining -*-
"""joining: which RPC commands are asked of which workers, and what their answers come to.

What is not named here is answered by the first worker alone: what the workers share (htable, $shv) and what is done
once (timers, registrations) is there.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any


class Join(Enum):
    """What becomes of the answers of all workers."""

    ONE = "the first worker's alone"
    SUM = "numbers are added up, wherever they stand; of the rest the first"
    ROWS = "lists one behind the other, each row with the number of its worker"
    LISTS = "lists one behind the other"
    EACH = "all do it; the first one's answer"
    FIND = "one of them has it: the first that does not fail"


_WAYS = {
    Join.SUM: """
        async.stats core.tcp_info core.shmmem tm.stats tm.hash_stats sl.stats stats.get_statistics stats.fetch
        stats.fetchn stats.clear_statistics cnt.get cnt.get_raw cnt.get_vars cnt.grp_get_all shm.info shm.stats
        httpclient.backends pkg.info ts.append""",
    Join.ROWS: "async.list core.psx core.psa core.tcp_list tm.list pike.top pike.list pkg.stats dbg.ls",
    Join.LISTS: "core.ps",
    Join.EACH: """
        stats.reset_statistics cnt.reset cfgutils.set_gflag cfgutils.reset_gflag cfgutils.rand_set_prob
        cfgutils.rand_reset_prob cfg.set cfg.set_now_int cfg.seti cfg.set_now_string cfg.sets cfg.del cfg.reset
        cfg.set_delayed cfg.set_delayed_int cfg.set_delayed_string cfg.del_delayed cfg.commit cfg.rollback
        cfg.add_group_inst cfg.del_group_inst corex.debug dbg.trace dbg.bp dbg.set_mod_level dbg.set_mod_facility
        dbg.reset_msgid rl.set_pipe rl.set_queue rl.set_pid rl.push_load rl.set_dbg regex.reload tm.clean ul.flush""",
    Join.FIND: """
        tmx.cancel_callid tmx.reply_callid
        async.cancel tm.cancel tm.reply tm.reply_callid tm.retransmit_reply tm.retransmit_reply_callid ts.lookup
        ts.append_to""",
}

_BY_METHOD = {name: way for way, names in _WAYS.items() for name in names.split()}

_LARGEST = ("p50", "p95", "p99", "circuit")
"""How names end of which the largest figure holds for all: times within which something is over, states that are the
worse the larger they are."""

_counted = re.compile(r"(.*?)(-?\d+)(?: \((-?\d+)\))?").fullmatch


def way_of(method: str) -> Join:
    """How a command is asked."""
    return _BY_METHOD.get(method, Join.ONE)


def join(way: Join, answers: list[tuple[int, Any]]) -> Any:
    """One answer of those of several workers, (number, answer), of which there is at least one."""
    results = [result for _, result in answers]
    if way is Join.SUM:
        return total(results)
    if way is Join.LISTS:
        return [one for result in results for one in result or ()]
    if way is Join.ROWS:
        rows = []
        for worker, result in answers:
            for row in result if isinstance(result, list) else [result]:
                if row:
                    rows.append({**row, "worker": worker} if isinstance(row, dict) else row)
        return rows
    return results[0]


def total(values: list[Any]) -> Any:
    """The sum of what is alike in each: numbers, and texts that end in one; by name in dicts, by place in lists."""
    first = values[0]
    alike = [value for value in values if type(value) is type(first)]
    if isinstance(first, bool):
        return first
    if isinstance(first, (int, float)):
        return sum(value for value in values if isinstance(value, (int, float)))
    if isinstance(first, str):
        return _text(alike)
    if isinstance(first, dict):
        names = dict.fromkeys(name for value in alike for name in value)
        return {name: figure(name, [value[name] for value in alike if name in value]) for name in names}
    if isinstance(first, list):
        return _list(alike)
    return first


def figure(name: str, values: list[Any]) -> Any:
    """What the figures of several workers come to that have this name."""
    return max(values) if name.endswith(_LARGEST) else total(values)


def _list(values: list[list[Any]]) -> list[Any]:
    if any(len(value) != len(values[0]) for value in values):
        return [one for value in values for one in value]
    return [total(list(row)) for row in zip(*values, strict=True)]


def _text(values: list[str]) -> str:
    """`core:rcv_requests = 5` and the like; others are the first."""
    found = [_counted(value) for value in values]
    heads = {one[1] for one in found if one is not None}
    if None in found or len(heads) != 1:
        return values[0]
    add = max if values[0].split(" = ")[0].endswith(_LARGEST) else sum
    sums = [add(int(one[n] or 0) for one in found if one is not None) for n in (2, 3)]
    behind = f" ({sums[1]})" if any(one is not None and one[3] for one in found) else ""
    return f"{heads.pop()}{sums[0]}{behind}"
