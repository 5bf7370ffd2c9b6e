# -*- test-case-name: tests.core.test_connections -*-
"""connections: by which socket and connection a message leaves, and what our Via says of it."""

from __future__ import annotations

import re

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.transport import CLOSE, NO_CONNECT
from sipapp.module import ANY, ONSEND, Context, ScriptError, Text, script_function

_SOCKET = re.compile(rb"(?:([a-z]+):)?(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]+))?").fullmatch
_ELSEWHERE = ANY & ~ONSEND


def _socket(text: bytes) -> tuple[str | None, str, int]:
    """`udp:192.0.2.1:5060` -> (protocol, host, port); port 0 where none is given. Raises ConfigError."""
    found = _SOCKET(text)
    if found is None:
        raise ConfigError(f"no socket: {text.decode(errors='replace')!r}")
    host = found[2].decode("ascii", "replace").strip("[]")
    return found[1].decode() if found[1] else None, host, int(found[3] or 0)


class ConnectionFunctions:
    """For one message each."""

    server: IServer

    @script_function(routes=_ELSEWHERE, parse={"socket": _socket})
    def force_send_socket(self, ctx: Context, socket: Text) -> int:
        """Send this message from a socket of ours, `udp:192.0.2.1:5060`; false where we do not listen there."""
        proto, host, port = socket
        found = self.server.transport.find_socket(proto, host, port)
        if found is None:
            raise ScriptError(f"{proto or 'any'}:{host}:{port} is no socket of ours")
        ctx.draft.send_socket = found
        return 1

    @script_function(routes=_ELSEWHERE)
    def set_advertised_address(self, ctx: Context, host: Text) -> int:
        """The host that our Via and Record-Route of this message show."""
        ctx.draft.advertised_host = host
        return 1

    @script_function(routes=_ELSEWHERE)
    def set_advertised_port(self, ctx: Context, port: int) -> int:
        """The port that our Via and Record-Route of this message show."""
        ctx.draft.advertised_port = port
        return 1

    @script_function(routes=_ELSEWHERE)
    def force_rport(self, ctx: Context) -> int:
        """Answer to the port that the request came from, as if its Via had asked for rport. Also add_rport(). RFC
        3581."""
        ctx.message.force_rport = True
        return 1

    @script_function(routes=_ELSEWHERE)
    def add_local_rport(self, ctx: Context) -> int:
        """Ask for rport in our own Via. RFC 3581 §3."""
        ctx.draft.local_rport = True
        return 1

    @script_function(routes=_ELSEWHERE)
    def force_tcp_alias(self, ctx: Context, port: int = 0) -> bool:
        """Send what goes to this port of the peer (that of its Via where none is given) over the connection that the
        request came by. Also add_tcp_alias(). RFC 5923. True, and nothing happens, where it came by UDP."""
        flow = ctx.message.flow
        if flow.connection is None:
            return True
        if not port:
            via = ctx.message.via
            port = (via.port if via is not None else None) or 5060
        return bool(self.server.transport.add_connection_alias(flow, port))

    @script_function(routes=_ELSEWHERE)
    def udp_mtu_try_proto(self, ctx: Context, proto: Text) -> int:
        """The protocol for this message where it is longer than udp_mtu; udp: none."""
        name = proto.decode(errors="replace").lower()
        ctx.draft.fallback_proto = None if name == "udp" else name
        return 1

    @script_function()
    def set_forward_no_connect(self, ctx: Context) -> int:
        """Forward the message by a connection that is open, or not at all."""
        ctx.draft.forward_flags |= NO_CONNECT
        return 1

    @script_function()
    def set_forward_close(self, ctx: Context) -> int:
        """Close the connection once the message is forwarded."""
        ctx.draft.forward_flags |= CLOSE
        return 1

    @script_function()
    def set_reply_no_connect(self, ctx: Context) -> int:
        """Answer by a connection that is open, or not at all."""
        ctx.draft.reply_flags |= NO_CONNECT
        return 1

    @script_function()
    def set_reply_close(self, ctx: Context) -> int:
        """Close the connection once the answer is sent."""
        ctx.draft.reply_flags |= CLOSE
        return 1
