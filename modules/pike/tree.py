# -*- test-case-name: tests.modules.pike.test_tree -*-
"""tree: who sends how much, in the memory that suspicion deserves: addresses byte by byte.

A prefix counts for all addresses below it; only once it has a quarter of the limit it gets a child for the byte that
follows. So a few noisy addresses become nodes of their own, and a million quiet ones stay a few prefixes. A node that
nothing happens to is forgotten after a while. What others have counted of an address is added to what it has here.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from enum import Enum

_MOST = 0xFFFE  # where counting stops


class Verdict(Enum):
    """About one more message of an address; the numbers are what the script gets."""

    FINE = 1
    BLOCKED = -1  # since before
    NEWLY_BLOCKED = -2


class Node:
    """One prefix or, where `is_address`, one address. Hits are of the window before and of this one."""

    __slots__ = (
        "address_hits",
        "byte",
        "expires",
        "hits",
        "is_address",
        "is_red",
        "kids",
        "last_address_hits",
        "last_hits",
        "last_others",
        "others",
        "parent",
        "untold",
        "window",
    )

    def __init__(self, byte: int, parent: Node | None, window: int) -> None:
        self.byte = byte
        self.parent = parent
        self.kids: dict[int, Node] = {}
        self.window = window  # the one that the hits are of
        self.hits = 0  # of addresses below that have no node
        self.last_hits = 0
        self.address_hits = 0
        self.last_address_hits = 0
        self.others = 0  # of the address, elsewhere
        self.last_others = 0
        self.untold = 0  # of address_hits: nobody else knows of them
        self.is_address = False
        self.is_red = False
        self.expires = 0.0

    def turn(self, window: int) -> None:
        """Windows may have passed since it was looked at."""
        passed = window - self.window
        if passed:
            self.last_hits, self.hits = (self.hits if passed == 1 else 0), 0
            self.last_address_hits, self.address_hits = (self.address_hits if passed == 1 else 0), 0
            self.last_others, self.others = (self.others if passed == 1 else 0), 0
            self.untold = 0
            self.window = window

    @property
    def address(self) -> bytes:
        node: Node | None = self
        path = bytearray()
        while node is not None:
            path.append(node.byte)
            node = node.parent
        return bytes(reversed(path))


def _over(last: int, now: int, limit: int) -> bool:
    return last >= limit or now >= limit or (last + now) >> 1 >= limit


def _to_nobody(node: Node) -> None:
    """There is nobody else."""


class Tree:
    """All prefixes. `limit`: hits per window that block an address; `latency`: s until a quiet node is forgotten;
    `parts`: how many such trees share the messages. `tell(node)` is called when `step` hits of an address are untold.
    """

    def __init__(self, limit: int, latency: float, parts: int = 1) -> None:
        self.limit = limit
        self.quarter = (limit >> 2) // parts
        self.step = sys.maxsize
        self.tell: Callable[[Node], None] = _to_nobody
        self.untold: dict[Node, None] | None = None  # addresses with such hits, where there are others
        self.window = 0
        self._latency = latency
        self._roots: dict[int, Node] = {}
        self._ages: OrderedDict[Node, None] = OrderedDict()  # those that can be forgotten, the next one first
        self.red: set[Node] = set()

    def hit(self, address: bytes, now: float) -> Verdict:
        """One more message of an address (4 or 16 bytes)."""
        node, depth = self._nearest(address)
        if node is None:
            self._added(Node(address[0], None, self.window), now).hits = 1
            return Verdict.FINE
        node.turn(self.window)
        if depth == len(address):
            return self._hit_address(node, now)
        node.hits = min(node.hits + 1, _MOST)
        if _over(node.last_hits, node.hits, self.quarter):
            self._split(node, address[depth], now)
        elif not node.kids and node.hits >= self.quarter:
            self._keep(node, now)
        return Verdict.FINE

    def _nearest(self, address: bytes) -> tuple[Node | None, int]:
        """The longest prefix that has a node, and its length."""
        found = None
        kids = self._roots
        for depth, byte in enumerate(address):
            node = kids.get(byte)
            if node is None:
                return found, depth
            found, kids = node, node.kids
        return found, len(address)

    def _hit_address(self, node: Node, now: float) -> Verdict:
        node.is_address = True
        node.address_hits = min(node.address_hits + 1, _MOST)
        if self.untold is not None:
            self.untold[node] = None
            node.untold += 1
        self._keep(node, now)
        if node.is_red:
            return Verdict.BLOCKED
        if node.untold >= self.step:
            self.tell(node)
        if not self.is_hot(node):
            return Verdict.FINE
        node.is_red = True
        self.red.add(node)
        return Verdict.NEWLY_BLOCKED

    def _split(self, parent: Node, byte: int, now: float) -> None:
        """A child, which takes over what its parent has counted."""
        node = Node(byte, parent, self.window)
        node.hits = max(parent.hits - 1, 0)
        self._added(node, now)
        if not parent.is_address:
            self._ages.pop(parent, None)  # it stays as long as it has children

    def _added(self, node: Node, now: float) -> Node:
        kids = self._roots if node.parent is None else node.parent.kids
        kids[node.byte] = node
        self._ages[node] = None
        node.expires = now + self._latency
        return node

    def _keep(self, node: Node, now: float) -> None:
        self._ages[node] = None
        self._ages.move_to_end(node)
        node.expires = now + self._latency

    def turn(self, window: int | None = None) -> list[Node]:
        """The next window begins, or this one; answers the nodes that are blocked no more."""
        self.window = self.window + 1 if window is None else window
        cooled = []
        for node in list(self.red):
            node.turn(self.window)
            if not self.is_hot(node):
                node.is_red = False
                self.red.discard(node)
                cooled.append(node)
        return cooled

    def forget(self, now: float) -> None:
        """Drop the nodes whose time is over."""
        while self._ages:
            node = next(iter(self._ages))
            if node.expires > now:
                return
            del self._ages[node]
            if node.kids:  # addresses of the other family below it: a prefix from now on
                node.is_address, node.address_hits = False, 0
            else:
                self._drop(node, now)

    def _drop(self, node: Node, now: float) -> None:
        self.red.discard(node)
        parent = node.parent
        if parent is None:
            del self._roots[node.byte]
            return
        del parent.kids[node.byte]
        if not parent.kids and not parent.is_address:
            self._keep(parent, now)

    def is_hot(self, node: Node) -> bool:
        """The address sends too much."""
        node.turn(self.window)
        return _over(node.last_address_hits + node.last_others, node.address_hits + node.others, self.limit)

    def is_warm(self, node: Node) -> bool:
        """It may come to that."""
        node.turn(self.window)
        return node.hits >= self.quarter

    def addresses(self) -> Iterator[Node]:
        """Every address that has a node."""
        left = list(self._roots.values())
        while left:
            node = left.pop()
            left += node.kids.values()
            if node.is_address:
                yield node
