# -*- test-case-name: tests.transport.test_datagrams -*-
"""datagrams: the two innermost loops of UDP.

There are two of each, as of `sipapp.message.leaf`: `_datagrams` is C and moves a batch with one call to the kernel
(recvmmsg, sendmmsg); those here are always there.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Failed, Flow

MAX_DATAGRAM = 65535  # bytes

Datagram = tuple[bytes, str, int]
"""One that has come in: bytes, host, port."""

Waiting = tuple[bytes, "Flow", "Failed | None"]
"""One that is to go out, and who wants to know if it does not."""

Refused = Callable[["Flow", "Failed | None", Exception], None]
"""Told of a datagram that the kernel does not take, and why."""


def read_batch(sock: socket.socket, cap: int) -> list[Datagram]:
    """Up to `cap` datagrams, and no more than are there.

    Raises OSError, other than for an empty socket, only where it is the first thing that happens.
    """
    received: list[Datagram] = []
    recvfrom = sock.recvfrom
    address: Any
    try:
        for _ in range(cap):
            data, address = recvfrom(MAX_DATAGRAM)
            received.append((data, address[0], address[1]))
    except BlockingIOError:
        pass
    except OSError:
        if not received:
            raise
    return received


def send_batch(sock: socket.socket, queue: deque[Waiting], refused: Refused) -> None:
    """Send from the left of the queue until it is empty or the kernel has no room.

    What the kernel refuses leaves the queue too, and `refused` is told. ECONNREFUSED is no refusal: it is the answer to
    some earlier datagram, and the one at hand is tried again.
    """
    sendto = sock.sendto
    tried_again = False
    while queue:
        data, flow, failed = queue[0]
        try:
            sendto(data, (flow.host, flow.port))
        except BlockingIOError:
            break
        except ConnectionRefusedError as why:
            if not tried_again:
                tried_again = True
                continue
            queue.popleft()
            refused(flow, failed, why)
        except (OSError, OverflowError) as why:
            queue.popleft()
            refused(flow, failed, why)
        else:
            queue.popleft()
        tried_again = False


Read = Callable[[socket.socket, int], list[Datagram]]
Send = Callable[[socket.socket, deque[Waiting], Refused], None]


def loops(sock: socket.socket) -> tuple[Read, Send]:
    """The loops for this socket: the C twins where they are there and it is the kernel's."""
    if isinstance(sock, socket.socket) and os.environ.get("SIPAPP_LEAF") != "pure":
        try:
            from sipapp.transport import _datagrams
        except ImportError:
            pass
        else:
            return _datagrams.read_batch, _datagrams.send_batch
    return read_batch, send_batch
