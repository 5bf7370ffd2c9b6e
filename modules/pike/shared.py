# -*- test-case-name: tests.modules.pike.test_shared -*-
"""shared: addresses that several processes or servers count together.

Each has a tree of its own, and tells the others of those that are addresses in it: there are few of them, however many
send. What it has counted of one is added to the count of all every BEAT, and as soon as it is an eighth of the limit.
"""

from __future__ import annotations

import sys
from typing import Any

from sipapp.interfaces.store import ITable
from sipapp.module.windows import window
from sipapp.modules.pike.tree import Node, Tree

BEAT = 0.1
"""Seconds after which everybody may know what was counted."""

PART = 8
"""What part of the limit may be counted without telling."""


class Shared:
    """The counts of all, by window and address, in a table whose items live for two windows at least. length: s."""

    def __init__(self, table: ITable, tree: Tree, length: int, clock: Any) -> None:
        self._table = table
        self._tree = tree
        self._length = length
        self._clock = clock
        self._untold: dict[Node, None] = {}
        tree.untold = self._untold
        tree.tell = self.tell
        tree.step = max(tree.limit // PART, 1) if tree.limit else sys.maxsize
        tree.window = window(clock, length)
        self._call: Any = None
        self._beat()

    def tell(self, node: Node) -> None:
        """Add what was counted of an address here, and learn what all have."""
        untold, node.untold = node.untold, 0
        total = self._table.add(self._key(node, node.window), untold, 0)
        if total is not None:  # else the store has no room any more
            node.others = max(total - node.address_hits, 0)

    def turn(self) -> list[Node]:
        """The next window begins; answers the addresses that are blocked no more."""
        self._tell_all()
        before = self._tree.window
        for node in self._tree.red:
            if node.window == before:
                self._learn(node)
        return self._tree.turn(window(self._clock, self._length))

    def stop(self) -> None:
        if self._call.active():
            self._call.cancel()

    def _beat(self) -> None:
        self._call = self._clock.callLater(BEAT, self._beat)
        self._tell_all()

    def _tell_all(self) -> None:
        for node in self._untold:
            if node.untold:
                self.tell(node)
        self._untold.clear()

    def _learn(self, node: Node) -> None:
        found = self._table.get(self._key(node, node.window))
        if isinstance(found, int):
            node.others = max(found - node.address_hits, 0)

    def _key(self, node: Node, number: int) -> bytes:
        return b"%d:%b" % (number, node.address)
