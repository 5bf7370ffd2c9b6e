# -*- test-case-name: tests.workers.test_setup -*-
"""setup: what the supervisor tells a process that is to be a worker, as JSON on its standard input.

First what all of them are told at once, so that they can read the script; later, to each, who it is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sipapp.transport.listen import Endpoint

_FIELDS = Endpoint._fields.index("names")


@dataclass
class Setup:
    """What all workers have in common. Descriptors are numbers in the worker; of an endpoint there is one for each
    worker or one for all."""

    config: str
    defines: dict[str, str | None]
    mpath: str
    listen: list[str]
    workers: int
    mark: str
    store: str
    endpoints: list[list[Any]] = field(default_factory=list)
    descriptors: list[list[int]] = field(default_factory=list)
    inboxes: list[int] = field(default_factory=list)
    outboxes: list[int] = field(default_factory=list)

    def places(self, worker: int) -> list[tuple[Endpoint, int]]:
        """Where a worker listens, and its descriptor for each."""
        own = [numbers[worker - 1] if len(numbers) > 1 else numbers[0] for numbers in self.descriptors]
        return [(endpoint(values), number) for values, number in zip(self.endpoints, own, strict=True)]


@dataclass
class Role:
    """Who a process is: `begins` where nobody was that worker before. routes: see `kinds.DUTIES`."""

    worker: int
    begins: bool
    routes: list[int]


def line(told: Setup | Role) -> bytes:
    """As it is sent."""
    return json.dumps(asdict(told)).encode() + b"\n"


def plain(place: Endpoint) -> list[Any]:
    """An endpoint as JSON has it; where in the script it stands is left out."""
    return [*place[:_FIELDS], list(place.names)]


def endpoint(values: list[Any]) -> Endpoint:
    """What `plain` was given."""
    *fields, names = values
    return Endpoint(*fields)._replace(names=tuple(names))
