"""calls: what a whole call costs without the network, in units that a busy machine leaves (nearly) alone.

    python -m bench.calls [options_sl invite_relay async_sleep] [--calls 4000]      µs of processor time
    python -m bench.calls [KIND ...] --functions                                    Python functions entered
    python -m bench.calls [KIND ...] --instructions                                 instructions, by valgrind
    python -m bench.calls --waiting 0,1000,10000,50000 [--calls 4000]

The kinds are those of `bench_call.py`, whose own work, the messages of the peers, is in the times and the instructions.
`--waiting`: a call that sleeps for 0.1 s while so many others are suspended, and the longest pause of the garbage
collector while these come and while they wait. Figures are per call, and of what is loaded: the C twins of the leaf, or
those in Python with SIPAPP_LEAF=pure in the environment.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from bench.bench_call import KINDS, Bench, ack, request
from bench.table import table
from sipapp import collector

Rows = list[tuple[str, object]]

ROUND = 500
"""Calls: after so many, time goes on until their transactions are forgotten (`bench_call.py`)."""

HERE = str(Path(__file__).parent)

WAITING = """
debug=0
suspend_timeout=360000
suspend_max=1000000
loadmodule "tm" loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "async"
request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    if ($rU == "long") { async_sleep("360000"); }
    async_ms_sleep("100");
    t_reply("404", "Not Found");
}
"""


def prepared(kind: str) -> Callable[[], None]:
    """What makes one call, of a server that has started and has had a round."""
    script, make = KINDS[kind]
    call = make(Bench(script))
    collector.settle()
    run(call, ROUND)
    return call


def run(call: Callable[[], None], calls: int) -> None:
    for _ in range(calls):
        call()


def timed(call: Callable[[], None], calls: int) -> list[float]:
    """µs of processor time for a call, by round."""
    took = []
    for _ in range(max(1, calls // ROUND)):
        began = time.process_time()
        run(call, ROUND)
        took.append((time.process_time() - began) / ROUND * 1e6)
    return took


def times(kinds: list[str], calls: int) -> Rows:
    rows: Rows = []
    for kind in kinds:
        took = timed(prepared(kind), calls)
        rows.append((f"{kind} (µs): least, median", f"{min(took):.0f} {statistics.median(took):.0f}"))
    return rows


# -- counted


def functions(kind: str) -> float:
    """How many functions a call enters, these here not counted; a coroutine that goes on is entered again."""
    call = prepared(kind)
    entered = 0

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal entered
        if event == "call" and not frame.f_code.co_filename.startswith(HERE):
            entered += 1

    sys.setprofile(note)
    run(call, ROUND)
    sys.setprofile(None)
    return entered / ROUND


def instructions(kind: str) -> float:
    """Of a call: what one round more takes."""
    return (executed(kind, 2) - executed(kind, 1)) / ROUND


def executed(kind: str, rounds: int) -> int:
    """Instructions of a process that makes so many rounds of calls."""
    program = f"from bench.calls import ROUND, prepared, run; run(prepared({kind!r}), {rounds} * ROUND)"
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stderr=subprocess.PIPE,
        check=True,
    )
    found = re.search(rb"Collected : (\d+)", done.stderr)
    assert found is not None, done.stderr
    return int(found[1])


# -- beside others that wait


class Pauses:
    """Of the garbage collector; ms of processor time."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._began = 0.0

    def __call__(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.process_time()
        else:
            self.longest = max(self.longest, (time.process_time() - self._began) * 1000)


def short_calls(bench: Bench) -> float:
    """µs of processor time for each of a round of calls that wait for 0.1 s at the same time; what other calls cost by
    the second is not in it."""
    numbers = [next(bench.number) for _ in range(ROUND)]
    began = time.process_time()
    for number in numbers:
        bench.receive(request("INVITE", number), bench.caller)
    bench.sender.sent = []
    bench.clock.advance(0.11)
    answers = [data for data in bench.sender.sent if data.startswith(b"SIP/2.0 404")]
    for number, answer in zip(numbers, answers, strict=True):
        bench.receive(ack(number, answer), bench.caller)
    took = time.process_time() - began
    bench.clock.advance(40)  # their transactions are forgotten
    return took / ROUND * 1e6


def beside(waiting: int, calls: int) -> Rows:
    bench = Bench(WAITING)
    collector.settle()
    bench.server.collector.start()
    pauses = Pauses()
    gc.callbacks.append(pauses)
    for number in range(1, waiting + 1):
        bench.receive(request("INVITE", -number, uri="sip:long@192.0.2.2"), bench.caller)
        if not number % 1000:
            bench.clock.advance(1)
    bench.clock.advance(2)
    took = [short_calls(bench) for _ in range(max(2, calls // ROUND))][1:]
    gc.callbacks.remove(pauses)
    bench.server.collector.stop()
    return [
        (f"{waiting} wait: a short call (µs): least, median", f"{min(took):.0f} {statistics.median(took):.0f}"),
        (f"{waiting} wait: the collector's longest pause (ms)", f"{pauses.longest:.1f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--calls", type=int, default=4000)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--functions", action="store_true")
    what.add_argument("--instructions", action="store_true")
    what.add_argument("--waiting", type=lambda text: [int(one) for one in text.split(",")], metavar="N[,N...]")
    given = parser.parse_args()
    if given.functions:
        print(table([(f"{kind}: functions entered", f"{functions(kind):.0f}") for kind in given.kinds]))
    elif given.instructions:
        if shutil.which("valgrind") is None:
            parser.error("there is no valgrind")
        for kind in given.kinds:
            print(table([(f"{kind}: instructions", f"{instructions(kind):,.0f}")]), flush=True)
    elif given.waiting:
        for waiting in given.waiting:
            print(table(beside(waiting, given.calls)), flush=True)
    else:
        print(table(times(given.kinds, given.calls)))


if __name__ == "__main__":
    main()
