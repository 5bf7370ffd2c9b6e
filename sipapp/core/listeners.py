# -*- test-case-name: tests.core.test_listeners -*-
"""listeners: RPC commands about our sockets, our names and the open streams."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.server import IServer
from sipapp.module import rpc_command

_OPTIONS = (
    "connect_timeout",
    "send_timeout",
    "connection_lifetime",
    "max_connections",
    "no_connect",
    "conn_wq_max",
    "wq_max",
    "keepalive",
    "keepidle",
    "keepintvl",
    "keepcnt",
    "crlf_ping",
    "accept_aliases",
)


class Listeners:
    """core.*: a part of the built-in module."""

    server: IServer

    @rpc_command("core.sockets_list")
    def rpc_sockets(self) -> list[dict[str, Any]]:
        """The sockets that the server listens on."""
        return [
            {
                "socket": {
                    "proto": socket.proto,
                    "address": socket.host,
                    "port": str(socket.port),
                    "mcast": "no",
                    "mhomed": "no",
                    "virtual": "yes" if socket.virtual else "no",
                    **({"name": socket.name} if socket.name else {}),
                }
            }
            for socket in self.server.transport.sockets
        ]

    @rpc_command("core.aliases_list")
    def rpc_aliases(self) -> dict[str, Any]:
        """The further names of the server."""
        return {
            "myself_callbacks": "no",
            "aliases": [
                {"alias": {"proto": proto or "*", "address": host, "port": port or "*"}}
                for host, port, proto in self.server.transport.aliases()
            ],
        }

    @rpc_command("core.tcp_list")
    def rpc_streams(self) -> list[dict[str, Any]]:
        """Every open stream. `timeout` is how long it may stay idle from now on, `lifetime` in all (s)."""
        settings = self.server.transport.settings
        now = self.server.clock.seconds()
        return [
            {
                "id": stream.id,
                "type": stream.flow.socket.proto.upper(),
                "state": "CONN_ACCEPT" if stream.accepted else "CONN_CONNECT",
                "timeout": int(stream.idle_until - now),
                "lifetime": settings.tcp_connection_lifetime if stream.lifetime is None else stream.lifetime,
                "ref_count": 1,
                "src_ip": stream.flow.host,
                "src_port": stream.flow.port,
                "dst_ip": stream.flow.socket.host,
                "dst_port": stream.flow.socket.port,
            }
            for stream in self.server.transport.connections
        ]

    @rpc_command("core.tcp_info")
    def rpc_tcp(self) -> dict[str, int]:
        """How many streams there are and may be, and what waits to be sent (bytes)."""
        transport = self.server.transport
        streams = list(transport.connections)
        return {
            "readers": 1,
            "max_connections": transport.settings.tcp_max_connections,
            "max_tls_connections": self.server.config.tls_max_connections,
            "opened_connections": len(streams),
            "opened_tls_connections": sum(stream.flow.socket.proto in ("tls", "wss") for stream in streams),
            "write_queued_bytes": transport.figures()["current_write_queue_size"],
        }

    @rpc_command("core.tcp_options")
    def rpc_tcp_options(self) -> dict[str, int]:
        """The parameters of streams (times in s, sizes in bytes)."""
        settings = self.server.transport.settings
        return {name: int(getattr(settings, f"tcp_{name}")) for name in _OPTIONS}
