# -*- test-case-name: tests.modules.ratelimit.test_pipes -*-
"""pipes: what lets messages through or not, by how many came; queues: which pipe a method's messages go to."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from sipapp.module import ConfigError

MOST = 32
"""How many pipes there are, from 0, and how many queues there can be."""

NEVER = sys.maxsize
"""A number of messages that does not come together."""

_PIPE = re.compile(r"([0-9]+):([^: ]+):([0-9]+)").fullmatch
_QUEUE = re.compile(r"([0-9]+):([^: ]+)").fullmatch
_STEP = 37  # has no divisor in common with 100: a hundred messages get each number once, spread evenly


class Algorithm(Enum):
    """How a pipe decides; the numbers are Kamailio's."""

    NOP = 0  # there is no such pipe
    RED = 1
    TAILDROP = 2
    FEEDBACK = 3
    NETWORK = 4


class PipeSpec(NamedTuple):
    """One modparam `pipe`."""

    number: int
    algorithm: Algorithm
    limit: int


class QueueSpec(NamedTuple):
    """One modparam `queue`, and one queue."""

    pipe: int
    method: bytes  # in upper case; `*` for all others


def parse_pipe(text: str) -> PipeSpec:
    """`0:RED:100`. Raises ConfigError."""
    found = _PIPE(text)
    if found is None or found[2] not in Algorithm.__members__:
        raise ConfigError(f'modparam("ratelimit", "pipe"): not NUMBER:ALGORITHM:LIMIT: {text!r}')
    spec = PipeSpec(_pipe_number(found[1]), Algorithm[found[2]], int(found[3]))
    if spec.algorithm is Algorithm.FEEDBACK and spec.limit > 100:
        raise ConfigError("FEEDBACK cpu load must be >=0 and <= 100")
    return spec


def parse_queue(text: str) -> QueueSpec:
    """`0:INVITE`. Raises ConfigError."""
    found = _QUEUE(text)
    if found is None:
        raise ConfigError(f'modparam("ratelimit", "queue"): not PIPE:METHOD: {text!r}')
    return QueueSpec(_pipe_number(found[1]), found[2].upper().encode())


def _pipe_number(text: str) -> int:
    if int(text) >= MOST:
        raise ConfigError(f"pipe number {text} not allowed (MAX_PIPES={MOST}, 0-based)")
    return int(text)


class Pipe:
    """One pipe. Others may fill it, too: `tell(pipe)` is called when `step` messages are `untold`."""

    __slots__ = ("algorithm", "counter", "last_counter", "limit", "load", "number", "step", "tell", "untold")

    tell: Callable[[Pipe], None]

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.algorithm = Algorithm.NOP
        self.limit = 0  # messages a second; of FEEDBACK: percent of the processors; of NETWORK: bytes
        self.counter = 0  # messages of this interval
        self.last_counter = 0  # and of the one before
        self.load = 0  # RED: every so many messages get through; NETWORK: 1 over the limit, -1 below
        self.untold = 0  # messages of this interval that others do not know of
        self.step = NEVER

    def push(self, interval: int, drop_rate: int) -> bool:
        """Whether one more message gets through. interval: s; drop_rate: percent, of FEEDBACK."""
        self.counter += 1
        self.untold += 1
        if self.untold >= self.step:
            self.tell(self)
        match self.algorithm:
            case Algorithm.TAILDROP:
                return self.counter <= self.limit * interval
            case Algorithm.RED:
                return not self.load or not self.counter % self.load
            case Algorithm.FEEDBACK:
                return self.counter * _STEP % 100 >= drop_rate
            case Algorithm.NETWORK:
                return self.load <= 0
        return True

    def tick(self, interval: int, waiting: int) -> None:
        """An interval is over; `waiting` bytes have not been read yet."""
        if self.algorithm is Algorithm.NETWORK:
            self.load = 1 if waiting > self.limit else -1
        self.last_counter, self.counter, self.untold = self.counter, 0, 0
        self.judge(interval)

    def judge(self, interval: int) -> None:
        """What the messages of the last interval mean for this one."""
        if self.algorithm is not Algorithm.NETWORK and self.limit:
            self.load = self.last_counter // (self.limit * interval)


def setpoint(pipes: list[Pipe]) -> int:
    """The load that FEEDBACK pipes aim at (percent), the same for all; -1 without any. Raises ConfigError."""
    limits = {pipe.limit for pipe in pipes if pipe.algorithm is Algorithm.FEEDBACK}
    if any(not 0 <= limit <= 100 for limit in limits):
        raise ConfigError("FEEDBACK cpu load must be >=0 and <= 100")
    if len(limits) > 1:
        raise ConfigError("FEEDBACK cpu load values must be equal for all pipes")
    return limits.pop() if limits else -1


def find_queue(queues: list[QueueSpec], method: bytes) -> QueueSpec | None:
    """The queue of a method (in upper case), else the last one for all others."""
    found = None
    for queue in queues:
        if queue.method == method:
            return queue
        if queue.method == b"*":
            found = queue
    return found
