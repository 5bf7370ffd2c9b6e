# -*- test-case-name: tests.modules.pike.test_pike -*-
"""pike: addresses that send too much are blocked for as long as they do."""

from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Any

from twisted.logger import LogLevel

from sipapp.errors import LocalError
from sipapp.interfaces.store import IStore
from sipapp.log import Logger
from sipapp.module import (
    ONREPLY,
    REQUEST,
    Context,
    IServer,
    ScriptError,
    modparam,
    module,
    rpc_command,
    script_function,
)
from sipapp.module.windows import until_next
from sipapp.modules.pike.shared import Shared
from sipapp.modules.pike.tree import Tree, Verdict

log = Logger()

_ROUTES = REQUEST | ONREPLY
_LEVELS = {3: LogLevel.debug, 2: LogLevel.info, 1: LogLevel.info, 0: LogLevel.warn, -1: LogLevel.error}


@module("pike")
class Pike:
    """Who sends too much."""

    sampling_time_unit: int = modparam(default=2, minimum=1, unit="s", doc="for how long messages are counted")
    reqs_density_per_unit: int = modparam(
        default=30, minimum=0, doc="so many in that time are too many, per address; of all who share a store together"
    )
    remove_latency: int = modparam(default=120, unit="s", doc="when an address that is quiet again is forgotten")
    pike_log_level: int = modparam(default=0, doc="the level of the lines about blocked addresses, -5 to 3")

    def start(self, server: IServer) -> None:
        self.clock: Any = server.clock
        self.tree = Tree(self.reqs_density_per_unit, self.remove_latency, server.workers)
        self._shared: Shared | None = None
        store: IStore | None = server.find(IStore)
        if store is not None and store.shared:
            counts = store.table(b"pike", lifetime=2 * self.sampling_time_unit + 1)
            self._shared = Shared(counts, self.tree, self.sampling_time_unit, self.clock)
        self.blocked = server.statistics.counter("pike", "blocked_ips")
        self._level = _LEVELS.get(self.pike_log_level, LogLevel.critical)
        self._wait()

    def stop(self) -> None:
        if self._call.active():
            self._call.cancel()
        if self._shared is not None:
            self._shared.stop()

    def _wait(self) -> None:
        """For the end of this window. Where addresses are counted together, it ends at the same time for everybody."""
        unit = self.sampling_time_unit
        left = unit if self._shared is None else until_next(self.clock, unit)
        self._call = self.clock.callLater(left, self._turn)

    def _turn(self) -> None:
        self._wait()
        for node in self.tree.turn() if self._shared is None else self._shared.turn():
            self._say("PIKE - UNBLOCKing ip {address}", node.address)
        self.tree.forget(self.clock.seconds())

    def _say(self, text: str, address: bytes) -> None:
        log.emit(self._level, text, address=_text(address), severity=self.pike_log_level)

    @script_function(routes=_ROUTES)
    def pike_check_req(self, ctx: Context) -> int:
        """Count this message; -1: its source address sends too much, -2: since this very message."""
        return self._hit(_packed(ctx.message.flow.host))

    @script_function(routes=_ROUTES)
    def pike_check_ip(self, ctx: Context, ipaddress: bytes) -> int:
        """As pike_check_req(), for this address."""
        try:
            address = _packed(ipaddress.decode("latin-1"))
        except OSError:
            raise ScriptError(f"failed to parse ip address: {ipaddress.decode(errors='replace')}") from None
        return self._hit(address)

    def _hit(self, address: bytes) -> int:
        now = self.clock.seconds()
        self.tree.forget(now)
        verdict = self.tree.hit(address, now)
        if verdict is Verdict.NEWLY_BLOCKED:
            self.blocked.value += 1
            self._say("PIKE - BLOCKing ip {address}", address)
        return verdict.value

    @rpc_command("pike.top", "pike.list")
    def rpc_top(self, filter: str = "HOT") -> dict[str, Any]:
        """The addresses that are watched: HOT: blocked, WARM: nearly, ALL: every one, with their hits."""
        wanted = next((word for word in ("ALL", "HOT", "WARM") if word in filter.upper()), None)
        if wanted is None:
            raise LocalError("Bad argument. Select: ALL, HOT or WARM")
        now = self.clock.seconds()
        rows = []
        for node in self.tree.addresses():
            status = "HOT" if self.tree.is_hot(node) else "WARM" if self.tree.is_warm(node) else ""
            if wanted in ("ALL", status):
                rows.append(
                    {
                        "ip_addr": _text(node.address),
                        "leaf_hits_prev": node.last_address_hits + node.last_others,
                        "leaf_hits_curr": node.address_hits + node.others,
                        "expires": int(node.expires - now),
                        "status": status,
                    }
                )
        return {"max_hits": self.tree.limit, "list": rows, "number_of_rows": len(rows)}


def _packed(host: str) -> bytes:
    """Raises OSError: no address."""
    return inet_pton(AF_INET6, host.strip("[]")) if ":" in host else inet_pton(AF_INET, host)


def _text(address: bytes) -> str:
    if len(address) not in (4, 16):
        return address.hex(":")
    return inet_ntop(AF_INET if len(address) == 4 else AF_INET6, address)
