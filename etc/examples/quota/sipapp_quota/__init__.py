"""quota: how many requests one user may send in a while, and a queue for those who can wait."""

from __future__ import annotations

from collections import deque
from typing import Any

from twisted.internet.defer import Deferred

from sipapp.log import Logger
from sipapp.module import (
    FAILURE,
    REQUEST,
    Context,
    IServer,
    ScriptError,
    modparam,
    module,
    pseudo_variable,
    rpc_command,
    script_function,
)

log = Logger()


@module("quota")
class Quota:
    """One counter a user, which starts anew `window` seconds after its first request."""

    limit: int = modparam(default=10, minimum=1, doc="requests that a user may send in a window")
    window: float = modparam(default=1.0, unit="s", doc="length of a window")
    queue: int = modparam(default=100, minimum=0, doc="scripts of one user that may wait for the next window")

    def start(self, server: IServer) -> None:
        """The script is known to be right: the parameters have their values."""
        self.clock = server.clock
        self.used: dict[bytes, int] = {}
        self.waiting: dict[bytes, deque[Deferred[int]]] = {}

    @script_function(routes=REQUEST | FAILURE)
    def quota_take(self, user: bytes, cost: int = 1) -> bool:
        """Take `cost` from the user's quota; false, and nothing taken, where less is left."""
        if not user:
            raise ScriptError("nobody to take from")
        used = self.used.get(user)
        if used is None:
            self.clock.callLater(self.window, self._window_over, user)
            used = 0
        if used + cost > self.limit:
            return False
        self.used[user] = used + cost
        return True

    @script_function(routes=REQUEST | FAILURE)
    def quota_wait(self, user: bytes) -> int | Deferred[int]:
        """Take 1 from the user's quota as soon as there is some: this script waits for its turn, in the order of
        coming. False where too many wait already."""
        if self.quota_take(user):
            return 1
        line = self.waiting.setdefault(user, deque())
        if len(line) >= self.queue:
            raise ScriptError(f"{len(line)} wait already")
        turn: Deferred[int] = Deferred(line.remove)  # whoever is cancelled leaves the line
        line.append(turn)
        return turn

    @pseudo_variable("quota")
    def pv_quota(self, ctx: Context, inner: bytes) -> int:
        """$quota(user): what the user has taken in this window."""
        return self.used.get(inner, 0)

    @rpc_command("quota.reset")
    def rpc_reset(self, user: str) -> int:
        """Forget what a user has taken in this window; answers how much that was."""
        taken = self.used.get(user.encode(), 0)
        if taken:
            self.used[user.encode()] = 0
        return taken

    @rpc_command("quota.waiting")
    def rpc_waiting(self) -> dict[str, Any]:
        """How many scripts wait, by user."""
        return {user.decode(errors="replace"): len(line) for user, line in self.waiting.items() if line}

    def _window_over(self, user: bytes) -> None:
        del self.used[user]
        line = self.waiting.get(user)
        while line and self.quota_take(user):
            line.popleft().callback(1)
        if not line:
            self.waiting.pop(user, None)
