# -*- test-case-name: tests.transport.test_datagrams -*-
"""datagrams: the two innermost loops of UDP, so that a C twin with recvmmsg and sendmmsg can take their place."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from socket import socket
from typing import Any, NamedTuple

MAX_DATAGRAM = 65535  # bytes


class Waiting(NamedTuple):
    """A datagram that the kernel had no room for."""

    data: bytes
    address: tuple[str, int]
    failed: Callable[[OSError], None] | None


def read_batch(sock: socket, cap: int) -> list[tuple[bytes, str, int]]:
    """Up to `cap` datagrams as (bytes, host, port), and no more than are there.

    Raises OSError, other than for an empty socket, only where it is the first thing that happens.
    """
    received: list[tuple[bytes, str, int]] = []
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


def send_batch(sock: socket, queue: deque[Waiting]) -> int:
    """Send from the left of the queue until it is empty or the kernel has no room; how many left it.

    What the kernel refuses leaves the queue too, and its `failed` is called.
    """
    before = len(queue)
    sendto = sock.sendto
    while queue:
        data, address, failed = queue[0]
        try:
            sendto(data, address)
        except BlockingIOError:
            break
        except OSError as why:
            queue.popleft()
            if failed is not None:
                failed(why)
            continue
        queue.popleft()
    return before - len(queue)
