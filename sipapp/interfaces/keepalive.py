# -*- test-case-name: tests.interfaces.test_keepalive -*-
"""keepalive: registered contacts, as those see them who ping them through NATs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Socket


class PingTarget(NamedTuple):
    """One contact to be pinged."""

    contact: bytes  # its URI
    received: bytes  # a URI too: where it registered from; empty where it has none
    path: bytes  # the value of its Path; empty without one
    socket: Socket | None  # the one that it registered by
    flags: int  # its branch flags, as bits
    ruid: bytes  # the id of the contact
    aor_hash: int  # of its address of record, in 32 bits


class IPingTargets(Interface):
    """usrloc, as nathelper sees it."""

    nat_flag: int = Attribute("the branch flag, as a bit, of contacts behind a NAT; 0 where usrloc knows none")

    def ping_targets(flags: int, part: int, parts: int, own: bool) -> Iterable[PingTarget]:
        """The contacts that have all these branch flags and fall into one part (from 0) of so many, every contact
        into exactly one. own: only those that this server has registered, by server_id."""

    def set_keepalive_timeout(seconds: int) -> None:
        """Drop a contact that answers no ping for so long."""

    def keepalive_answered(aor_hash: int, ruid: bytes) -> None:
        """A contact has answered a ping."""
