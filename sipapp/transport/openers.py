# -*- test-case-name: tests.transport.test_openers -*-
"""openers: from a bound socket to a sender that the transport layer knows, one function for each kind."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from sipapp.interfaces.transport import Socket
from sipapp.transport.listen import Endpoint
from sipapp.transport.tcp import StreamPort
from sipapp.transport.udp import UdpPort

if TYPE_CHECKING:
    from sipapp.transport.layer import TransportLayer

Opener = Callable[["TransportLayer", Endpoint, socket.socket], Callable[[], None]]
"""Registers a bound socket with the layer; answers what starts to read from it."""


def socket_of(endpoint: Endpoint, made: socket.socket) -> Socket:
    """The socket with the port that the kernel gave it."""
    return Socket(
        endpoint.proto,
        endpoint.host,
        made.getsockname()[1],
        endpoint.advertised_host,
        endpoint.advertised_port,
        endpoint.name,
        endpoint.virtual,
    )


def open_udp(layer: TransportLayer, endpoint: Endpoint, made: socket.socket) -> Callable[[], None]:
    """A UdpPort."""
    address = socket_of(endpoint, made)
    port = UdpPort(made, address, layer.receive, layer.reactor, layer.counters, layer.settings.udp_queue_max)
    layer.add_socket(address, port, endpoint.names)
    return port.start


def open_stream(layer: TransportLayer, endpoint: Endpoint, made: socket.socket) -> Callable[[], None]:
    """A StreamPort."""
    address = socket_of(endpoint, made)
    port = StreamPort(address, layer.connections, layer, layer.reactor, made)
    layer.add_socket(address, port, endpoint.names)
    return port.start
