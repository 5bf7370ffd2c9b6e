# -*- test-case-name: tests.modules.jsonrpcs.test_jsonrpcs -*-
"""datagrams: JSON-RPC over a UNIX datagram socket or UDP: one request, one response, each a datagram."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import DatagramProtocol

from sipapp.log import Logger
from sipapp.module import ConfigError
from sipapp.module.owner import Owner

log = Logger()

Answer = Callable[[bytes], Deferred[bytes]]
Place = str | tuple[str, int]
"""The path of a UNIX socket, or a host and port."""

LONGEST = 65535


def parse_place(text: str) -> Place:
    """`/run/x.sock` or `udp:192.0.2.1:8090`. Raises ConfigError."""
    kind, colon, rest = text.partition(":")
    if not colon or kind.lower() != "udp":
        return text
    host, _, port = rest.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ConfigError(f"not udp:HOST:PORT: {text!r}")
    return host.strip("[]"), int(port)


class DatagramRpc(DatagramProtocol):
    """Raises ConfigError: the place cannot be had."""

    def __init__(self, reactor: Any, place: Place, owner: Owner, answer: Answer) -> None:
        self._answer = answer
        self._path = place if isinstance(place, str) else ""
        try:
            if isinstance(place, str):
                with suppress(FileNotFoundError):
                    os.unlink(place)
                self._port: Any = reactor.listenUNIXDatagram(place, self, LONGEST, mode=owner.mode)
                owner.take(place)
            else:
                host, port = place
                self._port = reactor.listenUDP(port, self, host, LONGEST)
        except (CannotListenError, OSError) as why:
            raise ConfigError(f"jsonrpcs: {place}: {getattr(why, 'strerror', None) or why}") from None

    def datagramReceived(self, data: bytes, addr: Any) -> None:
        def done(response: bytes) -> None:
            if response and addr:
                try:
                    self.transport.write(response, addr)  # type: ignore[union-attr]
                except OSError as why:
                    log.info("no response to {peer}: {why}", peer=addr, why=why)

        self._answer(data).addCallback(done)

    def close(self) -> None:
        self._port.stopListening()
        if self._path:
            with suppress(FileNotFoundError):
                os.unlink(self._path)
