# -*- test-case-name: tests.modules.corex.test_position -*-
"""position: where in the script we are, and what an event brought."""

from __future__ import annotations

import sys
from types import FrameType

from sipapp.errors import ConfigError
from sipapp.interfaces.script import IBinder
from sipapp.module import Access, Context, Value, pseudo_variable, script_function

UNNAMED = {
    "request_route": b"DEFAULT_ROUTE",
    "reply_route": b"DEFAULT_ONREPLY",
    "onsend_route": b"DEFAULT_SEND",
    "branch_route": b"DEFAULT_BRANCH",
    "failure_route": b"DEFAULT_FAILURE",
}
"""What Kamailio calls the routes without a name."""


def current_route(file: str) -> bytes | None:
    """The route of this script file that is running: its name, or Kamailio's for its kind where it has none.

    A compiled route is a function of that file, named as the route in tracebacks: `route[NAME]`.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != file:
        frame = frame.f_back
    if frame is None:
        return None
    kind, bracket, name = frame.f_code.co_name.partition("[")
    return name[:-1].encode() if bracket else UNNAMED.get(kind, kind.encode())


class Position:
    """$cfg and $atkv, and is_faked_msg()."""

    @pseudo_variable("cfg", bind=True)
    def pv_config_place(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """The place in the script: $cfg(line), $cfg(file) (or name), $cfg(route)."""
        at = binder.at
        if index is not None:
            raise ConfigError("$cfg: takes no index")
        if inner == b"line":
            return Access(lambda ctx: at.line, constant=True, integer=True)
        if inner in (b"file", b"name"):
            return Access(lambda ctx: at.file.encode(), constant=True)
        if inner == b"route":
            return Access(lambda ctx: current_route(at.file))
        raise ConfigError(f"$cfg({(inner or b'').decode(errors='replace')}): there are line, file, name and route")

    @pseudo_variable("atkv", keys=("type", "key", "val", "gname"))
    def pv_event(self, ctx: Context, inner: bytes) -> Value:
        """What async_tkv_emit() sent, in its event route: $atkv(type), $atkv(key), $atkv(val), $atkv(gname); null
        elsewhere."""
        event: dict[bytes, Value] = ctx.extra.get("atkv", {})
        return event.get(inner)

    @script_function()
    def is_faked_msg(self, ctx: Context) -> int:
        """True where no message from the network is worked on: in timers, events and tasks."""
        flow = ctx.message.flow
        return 1 if flow is None or not flow.port else -1  # a faked request comes from port 0
