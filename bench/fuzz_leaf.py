"""fuzz_leaf: messages broken by chance, read by both twins of the leaf; where they differ, the message is shown.

python -m bench.fuzz_leaf [--messages 10000000] [--seed 0] [--jobs 2]

Each worker begins with the torture messages and those of the recorded cases, and breaks them: bytes changed, cut out,
doubled, pieces of two messages joined. Most lines come again, so that what the Python twin knows by heart is tested as
well as what it reads. `.ci/slow` runs it with a C twin that AddressSanitizer watches.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from sipapp.errors import ParseError
from sipapp.message import _leaf, build, leaf_pure
from sipapp.message.draft import Draft, Outbound
from sipapp.message.response import Response
from tests.message.samples import INVITE
from tests.message.test_leaf_twins import seen, written

CONFORMANCE = Path(__file__).parents[1] / "tests" / "conformance"
VALUES = ("via_parts", "address_parts", "uri_parts", "place", "parameters", "cseq_parts", "start_line")
AWKWARD = (
    *(b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b";", b",", b"<", b">", b'"', b"\\", b"=", b"@", b"?", b"\0", b"\xff"),
    *(
        b"\r\n ",
        b"\r\n\r\n",
        b"SIP/2.0",
        b"Via: ",
        b"v:",
        b";branch=z9hG4bK",
        b";rport",
        b"255.255.255.255",
        b"Content-Length: 4",
        b"l: -1",
    ),
    *(b"99999999999999999999", b"[2001:db8::1]", b"sip:", b"tel:", b"CSeq: 1 INVITE", b"To: <sip:a@b>;tag=1"),
)


def corpus() -> list[bytes]:
    """Messages to begin with: at least one of every kind that a test of ours knows."""
    found = [INVITE, *(path.read_bytes() for path in sorted((CONFORMANCE / "torture").rglob("*.dat")))]
    for path in sorted((CONFORMANCE / "cases").rglob("*.json"))[:200]:
        found += {text.encode() for text in _texts(json.loads(path.read_text())) if "SIP/2.0\r\n" in text}
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))


def broken(chance: random.Random, messages: list[bytes]) -> bytes:
    """One of the messages with one to five mishaps."""
    data = bytearray(chance.choice(messages))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        at = chance.randrange(len(data) + 1)
        until = min(len(data), at + chance.choice((1, 1, 2, 8, 40)))
        kind = chance.randrange(6)
        if kind == 0:
            data[at:until] = bytes([chance.randrange(256)]) * (until - at)
        elif kind == 1:
            del data[at:until]
        elif kind == 2:
            data[at:at] = data[at:until] * chance.choice((1, 2, 30))
        elif kind == 3:
            data[at:until] = chance.choice(AWKWARD)
        elif kind == 4:
            data[at:at] = chance.choice(AWKWARD)
        else:
            other = chance.choice(messages)
            data[at:] = other[chance.randrange(len(other)) :]
    return bytes(data[:65535])


def made_of(message: Any, edit: tuple[int, int]) -> list[bytes]:
    """What goes out because of a message: as a proxy sends it on, and what answers it."""
    draft = Draft()
    if isinstance(message, Response):
        return [draft.render_response(message)]
    draft.replace(*edit, b"X: y\r\n")
    return [
        draft.render_request(message, b"sip:b@192.0.2.3", b"Via: new\r\n", Outbound()),
        build.response(message, 200, b"OK", b"tag", [b"X: y\r\n"], b"body", b"a/b"),
    ]


def each_way(data: bytes, forced: bool, edit: tuple[int, int]) -> list[object]:
    """The same in three ways: by each twin, and step by step."""

    def make(message: Any) -> list[bytes] | str:
        try:
            return made_of(message, edit)
        except ParseError as why:
            return str(why)

    try:
        return [*written(make, data, "192.0.2.9", forced)]
    except ParseError:
        return [""] * 3  # `differs` has asked whether they agree on that


def differs(data: bytes, taken: int) -> bool:
    """Whether the twins do not say or write the same: of the message, with so many bytes in its middle replaced, or of
    a header field's value by itself."""
    told = seen(_leaf, data)
    if told != seen(leaf_pure, data):
        return True
    at = len(data) // 2
    first, *others = each_way(data, taken == 1, (at, at + taken))
    if others != [first, first]:
        return True
    if isinstance(told, tuple):
        return False  # both refuse it, for the same reason at the same place
    values = [told[str(number)][1] for number in range(len(told["keys"]))]
    return any(
        getattr(_leaf, name)(value) != getattr(leaf_pure, name)(value)
        for value in (told["line"], *values)
        for name in VALUES
    )


def work(job: tuple[int, int]) -> list[tuple[int, bytes]]:
    """The differing messages (bytes replaced, bytes) of one seed's share, three at most."""
    seed, count = job
    chance = random.Random(seed)
    messages = corpus()
    found: list[tuple[int, bytes]] = []
    for _ in range(count):
        data = broken(chance, messages)
        taken = chance.choice((0, 0, 0, 1, 5)) if len(data) > 5 else 0
        if differs(data, taken):
            found.append((taken, data))
            if len(found) == 3:
                break
    return found


def main() -> int:
    """The exit status: 1 where the twins differ."""
    parser = argparse.ArgumentParser(prog="bench.fuzz_leaf", description="Both twins of the leaf, on broken messages.")
    parser.add_argument("--messages", type=int, default=10_000_000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="the first share's; each has one more than the one before")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    given = parser.parse_args()
    began = time.monotonic()
    share = min(20_000, -(-given.messages // given.jobs))
    shares = -(-given.messages // share)
    different = 0
    with Pool(given.jobs) as pool:
        for found in pool.imap_unordered(work, ((given.seed + number, share) for number in range(shares))):
            for taken, data in found:
                different += 1
                print(f"{taken} replaced: {data!r}", flush=True)
    print(f"{shares * share} messages, {different} read differently, {time.monotonic() - began:.0f} s")
    return bool(different)


if __name__ == "__main__":
    raise SystemExit(main())
