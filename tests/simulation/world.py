"""world: one seed's calls through a whole server, and what must be true when all is over.

`World(4711).run()` answers what was violated, in words; `World(4711).run(show=print)` prints every packet, too;
`World(4712, world.sip)` lets another seed loose on the same server, if nothing was violated so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, cast

from twisted.logger import formatEvent

from sipapp.message.parse import parse
from sipapp.message.response import Response
from sipapp.testing.harness import Harness
from sipapp.testing.memory import Packet
from tests.simulation.agents import Callee, Caller
from tests.simulation.script import ENDS, SCRIPT, STEPS

SERVER = "192.0.2.100"
LAST_CALL = 10.0  # s: when the last call may begin
ENOUGH = 400.0  # s: by then nothing may be left
LONGEST_DELAY = 3.0  # s; below T4 (5 s): a request that comes later than that may rightly count as new


class World:
    """Everything that happens follows from the seed."""

    def __init__(self, seed: int, sip: Harness | None = None) -> None:
        self.seed = seed
        chance = self.chance = Random(seed)
        self.lossy = chance.random() < 0.7
        self.slow = chance.choice((0.0, 0.02, 0.2))
        self.sip = sip or Harness(SCRIPT)
        self.stopped = False
        self.sip.log.clear()
        self.backend = cast(Any, self.sip.server.modules["backend"])
        self.backend.chance = Random(seed)
        self.backend.ran.clear()
        network, clock = self.sip.network, self.sip.clock
        network.packets.clear()
        network.delay, network.lose, network.copies = self._delay, self._lose, self._copies
        self.callers = [Caller(network, clock, chance, f"udp:192.0.2.1:{5060 + n}", self.sip.address) for n in range(2)]
        self.callees = [Callee(network, clock, chance, f"udp:192.0.2.{n}:5060") for n in (11, 12, 13)]
        for number in range(1, chance.randint(2, 6)):
            clock.callLater(chance.uniform(0.0, LAST_CALL), self._call, number)
        # What may not wait any more is refused before it has a transaction: when it comes again, it counts as new.
        self.crowded = chance.random() < 0.1
        config: Any = self.sip.server.config
        config.suspend_max = 4 if self.crowded else 100000
        for _ in range(chance.choice((0, 0, 3))):
            clock.callLater(chance.uniform(0.0, 20.0), self._interfere)
        self.ends_at = chance.uniform(0.0, 30.0) if chance.random() < 0.05 else None  # when the server is stopped

    def _call(self, number: int) -> None:
        chance = self.chance
        steps = "".join(chance.choices(list(STEPS), k=chance.randint(0, 4)))
        fields = {
            "X-Do": steps + chance.choice(list(ENDS) + ["R"] * 6),
            "X-Next": f"sip:next@192.0.2.{chance.choice((11, 11, 12, 99))}:5060",
            "X-Arm": "".join(letter for letter in "frbs" if chance.random() < 0.4) or "-",
            "X-Fail": chance.choice(("answer", "again", "wait", "nothing", "jump", "held")),
        }
        cancel_after = chance.choice((0.0, chance.uniform(0.0, 5.0))) if chance.random() < 0.5 else None
        chance.choice(self.callers).call(chance.choice(("INVITE", "INVITE", "MESSAGE")), number, fields, cancel_after)

    def _interfere(self) -> None:
        """An operator ends one of the scripts that wait."""
        rows = self.sip.rpc("async.list")
        if rows:
            self.sip.rpc("async.cancel", self.chance.choice(rows)["id"])

    # -- the network

    def _lose(self, packet: Packet) -> bool:
        return self.lossy and self.chance.random() < 0.1

    def _delay(self, packet: Packet) -> float:
        kind = self.chance.random()
        if kind < 0.9 or not self.lossy:
            return self.chance.random() * self.slow
        return self.chance.random() * (0.5 if kind < 0.98 else LONGEST_DELAY)

    def _copies(self, packet: Packet) -> int:
        return 2 if self.lossy and self.chance.random() < 0.05 else 1

    # -- what comes of it

    def run(self, show: Callable[[str], object] | None = None) -> list[str]:
        """What was violated; nothing where all went well."""
        if self.ends_at is None:
            self.sip.advance(ENOUGH)
        else:
            self.sip.advance(self.ends_at)
            self.sip.close()
            self.stopped = True
            self.sip.advance(ENOUGH)
        if show is not None:
            self._show(show)
        calls = () if self.stopped else (*self._calls(), *self._runs())
        return [*calls, *self._left(), *self._log()]

    def _calls(self) -> Iterator[str]:
        answered = self._answered()
        for caller in self.callers:
            for call in caller.calls.values():
                name = f"{call.request.method.decode()} {call.request.call_id.decode()}"
                if not self._arrived(call.request.call_id):
                    continue
                if call.request.call_id not in answered:
                    yield f"{name} was never answered"
                elif not call.finals and not call.timed_out:
                    yield f"{name} has got no final response"
                # Each 2xx to an INVITE is passed on, also after a refusal. RFC 3261 §16.7 step 5.
                finals = {status for status in call.finals if status >= 300 or not call.is_invite}
                if len(finals) > 1:
                    yield f"{name} has got {call.finals}"

    def _arrived(self, call_id: bytes) -> bool:
        return any(ran == call_id.decode() for ran, _, _ in self.backend.ran)

    def _answered(self) -> set[bytes]:
        """The Call-IDs of requests that the server has sent a final response to."""
        found = set()
        for packet in self.sip.network.packets:
            if packet.source[1] == SERVER and packet.data.startswith(b"SIP/2.0 "):
                message = parse(packet.data)
                if isinstance(message, Response) and message.status >= 200 and message.method != b"CANCEL":
                    found.add(message.call_id)
        return found

    def _runs(self) -> Iterator[str]:
        """A CANCEL or ACK that finds no transaction leaves none behind: it may well come again."""
        for (call_id, cseq, branch), times in self.backend.ran.items():
            if times > 1 and not self.crowded and not cseq.endswith(("ACK", "CANCEL")):
                yield f"the script has run {times} times for {cseq} of {call_id} ({branch})"

    def _left(self) -> Iterator[str]:
        server: Any = self.sip.server
        counts = {
            "scripts still wait": len(server.suspended),
            "transactions of tm are left": self.sip.rpc("tm.stats")["current"],
            "lookups are still asked for": len(self.backend.open),
            "timers of the wheel are left": len(server.wheel),
            "calls of the clock are left": len(self.sip.clock.getDelayedCalls()),
            "measured waits still run": sum(waits.running for waits in server.suspended.functions.values()),
        }
        for what, number in counts.items():
            if number:
                yield f"{number} {what}"

    def _log(self) -> Iterator[str]:
        for event in self.sip.log:
            if event.get("log_failure") is not None:
                yield f"logged: {formatEvent(event)}: {event['log_failure'].getTraceback()}"

    def _show(self, show: Callable[[str], object]) -> None:
        for caller in self.callers:
            for call in caller.calls.values():
                facts = [call.request.first(name) for name in (b"x-do", b"x-next", b"x-arm", b"x-fail")]
                show(f"{call.request.call_id.decode()}: {facts} finals {call.finals} cancelled {call.cancelled}")
        for packet in self.sip.network.packets:
            message = parse(packet.data)
            show(f"{packet!r} {message.call_id.decode()} {(message.first(b'cseq') or b'').decode()}")
        for line in self.sip.lines():
            show(line)


def failures(seeds: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
    """The seeds with which something is violated, and what. One server takes all of them until then."""
    sip: Harness | None = None
    for seed in seeds:
        world = World(seed, sip)
        found = world.run()
        sip = world.sip
        if found and not world.stopped:
            sip.close()
        if found or world.stopped:
            sip = None
        if found:
            yield seed, found
    if sip is not None:
        sip.close()
