# -*- test-case-name: tests.transport.test_counters -*-
"""counters: what went through the transport layer, and what did not."""

from __future__ import annotations


class Counters:
    """Plain numbers: the layer moves them, statistics read them. Those of TCP have Kamailio's names."""

    __slots__ = (
        "con_reset",
        "con_timeout",
        "connect_failed",
        "connect_success",
        "current_opened_connections",
        "current_write_queue_size",
        "dns_failed",
        "established",
        "keepalives",
        "local_reject",
        "messages_received",
        "parse_failed",
        "passive_open",
        "receiver_failed",
        "send_timeout",
        "sendq_full",
        "slow_sender",
        "udp_dropped",
        "udp_failed",
        "udp_queued",
        "udp_received",
        "udp_socket_errors",
    )

    def __init__(self) -> None:
        self.messages_received = 0  # SIP messages handed up
        self.parse_failed = 0  # datagrams and stream chunks that are no message
        self.receiver_failed = 0  # messages that the layer above raised an exception for
        self.keepalives = 0  # CRLFs and other datagrams too short for a message
        self.udp_received = 0  # datagrams, keep-alives included
        self.udp_queued = 0  # datagrams that had to wait for the kernel
        self.udp_dropped = 0  # datagrams that found the queue full
        self.udp_failed = 0  # datagrams that the kernel refused
        self.udp_socket_errors = 0  # errors that a UDP socket reported outside of a send
        self.established = 0  # streams opened, both ways
        self.passive_open = 0  # streams opened by peers
        self.connect_success = 0  # streams opened by us
        self.connect_failed = 0
        self.con_timeout = 0  # streams closed for being idle
        self.con_reset = 0  # streams ended by an error
        self.local_reject = 0  # connections refused: a limit is reached
        self.send_timeout = 0  # streams cut: the peer stopped reading
        self.sendq_full = 0  # streams cut: too much waits for the peer
        self.slow_sender = 0  # streams cut: a message took too long to arrive
        self.current_opened_connections = 0
        self.current_write_queue_size = 0  # bytes that wait for all peers
        self.dns_failed = 0  # next hops that DNS has no address for

    def as_dict(self) -> dict[str, int]:
        """All of them by name."""
        return {name: getattr(self, name) for name in self.__slots__}
