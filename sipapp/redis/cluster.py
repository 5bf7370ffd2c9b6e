# -*- test-case-name: tests.redis.test_cluster -*-
"""cluster: which nodes a Redis cluster has, and which of them is the master of a slot, as one of them tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sipapp.redis.protocol import Reply

Place = tuple[str, int]
"""Host and port."""


class Range(NamedTuple):
    """Slots, and who has them: the master first, then its replicas."""

    first: int
    last: int
    nodes: list[Place]


def ranges(reply: Reply, teller: Place) -> list[Range]:
    """The answer to CLUSTER SLOTS; a node that has not been told its own address leaves it to us. Raises ValueError: it
    is none."""
    if not isinstance(reply, list):
        raise ValueError(reply.decode(errors="replace") if isinstance(reply, bytes) else f"no slots: {reply!r}")
    try:
        return [Range(first, last, [_place(node, teller) for node in nodes]) for first, last, *nodes in reply]
    except (TypeError, IndexError, ValueError, AttributeError):
        raise ValueError(f"no slots: {reply!r}") from None


def _place(node: Sequence[Reply], teller: Place) -> Place:
    host = (node[0] or b"?").decode()
    return (teller[0] if host == "?" else host), int(node[1])


def master_of(slot: int, found: list[Range]) -> Place | None:
    """None: nobody has it."""
    return next((one.nodes[0] for one in found if one.first <= slot <= one.last), None)


class Nodes:
    """The nodes that can be asked. Each time another one is: one may be cut off from the others without knowing it."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._named = list(places)
        self._places = list(places)

    def __len__(self) -> int:
        return len(self._places)

    def next(self) -> Place:
        place = self._places.pop(0)
        self._places.append(place)
        return place

    def learn(self, found: list[Range]) -> None:
        """These are the nodes now; those that were named in the beginning are asked as well."""
        there = dict.fromkeys([node for one in found for node in one.nodes] + self._named)
        known = [place for place in self._places if place in there]
        self._places = [*(place for place in there if place not in known), *known]
