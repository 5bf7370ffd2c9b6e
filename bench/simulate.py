"""simulate: calls by chance, many seeds of them; a seed that fails is played again by its number.

python -m bench.simulate [--seeds 10000] [--first 0]
python -m bench.simulate 4711           # one seed, with every packet and log line
"""

from __future__ import annotations

import argparse
import time

from tests.simulation.world import World, failures


def main() -> int:
    """The exit status: 1 where something was violated."""
    parser = argparse.ArgumentParser(prog="bench.simulate", description="Calls by chance, by seed.")
    parser.add_argument("seed", nargs="?", type=int, help="show this one")
    parser.add_argument("--seeds", type=int, default=10000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first")
    given = parser.parse_args()
    if given.seed is not None:
        found = World(given.seed).run(show=print)
        print(*found or ["nothing was violated"], sep="\n")
        return bool(found)
    began = time.monotonic()
    failed = 0
    for seed, found in failures(range(given.first, given.first + given.seeds)):
        failed += 1
        print(f"{seed}: {'; '.join(found)}", flush=True)
    print(f"{given.seeds} seeds, {failed} failed, {time.monotonic() - began:.0f} s")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
