# -*- test-case-name: tests.http.test_ready -*-
"""ready: many sockets behind one descriptor of the reactor, so that those that are ready take turns with all others.

The reactor serves whatever is ready before it looks again. Ten thousand connections that a server has closed at the
same moment would be one turn of a second.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.internet.interfaces import IReadDescriptor
from zope.interface import implementer

AT_ONCE = 10
"""How many sockets are served before the reactor gets its turn: 1 or 2 ms, where a script goes on for each of them."""

Ready = Callable[[list[tuple[int, int]]], None]
"""Takes the descriptors that are ready, each with its bits of select.EPOLLIN, EPOLLOUT, EPOLLERR and EPOLLHUP."""


@implementer(IReadDescriptor)
class Sockets:
    """Descriptors that are somebody else's. `ready` is told of those that are ready, some at a time."""

    def __init__(self, reactor: Any, ready: Ready) -> None:
        self._reactor = reactor
        self._ready = ready
        self._poll = select.epoll()
        self._known: set[int] = set()

    def watch(self, descriptor: int, reading: bool, writing: bool) -> None:
        """Look whether it can be read, or written, from now on."""
        events = (select.EPOLLIN if reading else 0) | (select.EPOLLOUT if writing else 0)
        if descriptor in self._known:
            try:
                self._poll.modify(descriptor, events)
                return
            except FileNotFoundError:
                pass  # it was closed meanwhile, and is another of that number
        elif not self._known:
            self._reactor.addReader(self)
        self._known.add(descriptor)
        self._poll.register(descriptor, events)

    def forget(self, descriptor: int) -> None:
        """Look no more; no harm where it is closed already, or was never watched."""
        if descriptor not in self._known:
            return
        self._known.discard(descriptor)
        with suppress(OSError):  # closed: the kernel has forgotten it by itself
            self._poll.unregister(descriptor)
        if not self._known:
            self._known.clear()  # a table that was large once stays so
            self._reactor.removeReader(self)

    def __len__(self) -> int:
        return len(self._known)

    def close(self) -> None:
        """Forget all."""
        if self._known:
            self._reactor.removeReader(self)
            self._known.clear()
        self._poll.close()

    # -- the reactor's

    def fileno(self) -> int:
        return self._poll.fileno()

    def doRead(self) -> None:
        """Those that are not served now still are ready in the next turn."""
        found = self._poll.poll(0, AT_ONCE)
        if found:
            self._ready(found)

    def logPrefix(self) -> str:
        return "sockets"

    def connectionLost(self, reason: Any) -> None:
        """Nothing can be lost here."""
