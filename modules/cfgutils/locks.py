# -*- test-case-name: tests.modules.cfgutils.test_locks -*-
"""locks: one holder at a time for each key; who has to wait suspends, nobody else does."""

from __future__ import annotations

from collections import deque

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from sipapp.module import Context, modparam, script_function
from sipapp.script.runtime import UNDO

Key = tuple[bytes, bytes]


class _Held:
    """A lock that is held: by whom, who waits for it, in order, and whether it is on its way to the first of them."""

    __slots__ = ("holder", "passing", "queue")

    def __init__(self, holder: Context) -> None:
        self.holder = holder
        self.queue: deque[tuple[Deferred[int], Context]] = deque()
        self.passing = False


class Locks:
    """Locks by name, made when they are first wanted and forgotten when nobody holds them.

    # Differs: Kamailio hashes the keys to 2^lock_set_size locks, so that two keys may share one and a script that
    # holds both waits for itself. Here each key is a lock of its own.
    """

    lock_set_size: int = modparam(
        default=0, minimum=0, doc="2^this locks in Kamailio; here each key has its own, and no limit is needed"
    )

    clock: IReactorTime

    def start_locks(self) -> None:
        self.held: dict[Key, _Held] = {}

    @script_function(asynchronous=False)
    def lock(self, ctx: Context, key: bytes, key2: bytes = b"") -> int | Deferred[int]:
        """Hold the lock of this key (or pair of keys, letter case not minded), once whoever has it lets it go. The
        route waits, the server does not. Release it with unlock(), in whatever route."""
        name = (key.lower(), key2.lower())
        held = self.held.get(name)
        if held is None:
            return self._take(name, _Held(ctx))
        place: tuple[Deferred[int], Context]
        place = (Deferred(lambda _: held.queue.remove(place)), ctx)
        held.queue.append(place)
        return place[0]

    @script_function()
    def trylock(self, ctx: Context, key: bytes, key2: bytes = b"") -> int:
        """As lock(), but false at once where somebody holds it."""
        name = (key.lower(), key2.lower())
        return -1 if name in self.held else self._take(name, _Held(ctx))

    def _take(self, name: Key, held: _Held) -> int:
        """Whoever holds it has it until unlock(), or until the wait that it is in is cancelled."""
        holder = held.holder
        self.held[name] = held

        def undo() -> None:
            if self.held.get(name) is held and held.holder is holder:
                self._release(name)

        holder.extra.setdefault(UNDO, []).append(undo)
        return 1

    @script_function()
    def unlock(self, ctx: Context, key: bytes, key2: bytes = b"") -> int:
        """Let the lock of this key go; the route that waits longest gets it."""
        self._release((key.lower(), key2.lower()))
        return 1

    def _release(self, name: Key) -> None:
        held = self.held.get(name)
        if held is None or held.passing:
            return
        if held.queue:
            # Not from within: a long queue of short routes would grow the stack.
            held.passing = True
            self.clock.callLater(0, self._pass_on, name, held)
        else:
            del self.held[name]

    def _pass_on(self, name: Key, held: _Held) -> None:
        held.passing = False
        if held.queue:
            turn, held.holder = held.queue.popleft()
            turn.callback(self._take(name, held))
        else:
            del self.held[name]
