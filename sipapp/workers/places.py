# -*- test-case-name: tests.workers.test_places -*-
"""places: the sockets that all workers listen on: taken once by the supervisor, inherited by each worker.

A datagram socket is one for each worker, a group at one address (SO_REUSEPORT): none wakes up for another's messages.
Each stays open in the supervisor, so that what comes for a worker that has just died waits for the next. A listening
stream socket, and one for a multicast group, is shared as it is.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import NamedTuple

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.transport.addresses import is_multicast
from sipapp.transport.listen import Endpoint, bind
from sipapp.transport.settings import Settings
from sipapp.workers.steering import steer


class Place(NamedTuple):
    """An address, and the socket for each worker there: one for all of them or as many as there are."""

    endpoint: Endpoint
    sockets: list[socket.socket]

    def of(self, worker: int) -> socket.socket | None:
        """The socket that this worker (from 1) sends by. Of a multicast group only the first one reads."""
        return self.sockets[worker - 1] if len(self.sockets) > 1 else self.sockets[0]


def take(endpoints: Iterable[Endpoint], settings: Settings, workers: int) -> list[Place]:
    """Every place, or none. Raises ConfigErrors: all those that could not be had."""
    taken: list[Place] = []
    errors: list[ConfigError] = []
    for endpoint in endpoints:
        try:
            taken.append(_take(endpoint, settings, workers))
        except ConfigError as error:
            errors.append(error)
    if errors:
        release(taken)
        raise ConfigErrors(errors)
    return taken


def release(places: Iterable[Place]) -> None:
    for place in places:
        for made in place.sockets:
            made.close()


def _take(endpoint: Endpoint, settings: Settings, workers: int) -> Place:
    alone = bind(endpoint, settings)
    port = alone.getsockname()[1]
    endpoint = endpoint._replace(port=port)
    if endpoint.proto != "udp" or is_multicast(endpoint.host):
        return Place(endpoint, [alone])
    # Alone first: a group can be joined by anybody who runs as this user, a second server by mistake among them.
    alone.close()
    group = [bind(endpoint, settings, shared=True) for _ in range(workers)]
    steer(group)
    return Place(endpoint, group)
