# -*- test-case-name: tests.core.test_received -*-
"""received: event_route[core:msg-received] sees what has come in before anybody reads it, and may change or drop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipapp.errors import ConfigError
from sipapp.script.operands import RECEIVING
from sipapp.script.run import execute

if TYPE_CHECKING:
    from sipapp.interfaces.server import IServer
    from sipapp.interfaces.transport import Flow

NAME = "core:msg-received"


def look_at_all(server: IServer) -> None:
    """Where `received_route_mode` asks for it. Raises ConfigError: the route waits."""
    route = server.event_route(NAME)
    if route is None or not server.config.received_route_mode:
        return
    if route.suspends:
        raise ConfigError(f"event_route[{NAME}] cannot wait: nobody keeps what is not a message yet", route.at)

    def received(data: bytes, flow: Flow) -> bytes:
        ctx = server.background()
        ctx.extra[RECEIVING] = (data, flow)
        execute(route, ctx)
        return b"" if ctx.dropped else ctx.extra[RECEIVING][0]

    server.transport.add_filter(received=received)
