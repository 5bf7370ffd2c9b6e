# -*- test-case-name: tests.interfaces.test_location -*-
"""location: where users are: what usrloc keeps, and what the registrar and others ask of it. RFC 3261 §10."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zope.interface import Attribute, Interface

from sipapp.errors import SipAppError

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

ALL_METHODS = 0xFFFFFFFF
"""`Contact.methods` of one that has not said what it takes."""


class Contact:
    """One contact of an address of record. Texts are empty where there is none."""

    __slots__ = (
        "branch_flags",
        "call_id",
        "connection",
        "cseq",
        "expires",
        "flags",
        "instance",
        "methods",
        "modified",
        "path",
        "q",
        "received",
        "reg_id",
        "ruid",
        "server_id",
        "socket",
        "uri",
        "user_agent",
        "xavp",
    )

    def __init__(self, uri: bytes) -> None:
        self.uri = uri
        self.expires = 0  # the second (of the clock) in which it is gone; 0: it stays
        self.q = -1  # 0 to 1000; -1 for none
        self.call_id = b""
        self.cseq = 0
        self.flags = 0  # 1: for the memory only, not for the database
        self.branch_flags = 0
        self.user_agent = b""
        self.received = b""  # a URI: where it registered from
        self.path = b""  # the value of its Path. RFC 3327
        self.socket = b""  # the text of the one of ours that it registered by
        self.methods = ALL_METHODS  # as bits
        self.ruid = b""  # its unique id
        self.instance = b""  # +sip.instance, with its angle brackets. RFC 5626 §4.1
        self.reg_id = 0
        self.server_id = 0
        self.connection = -1  # the number of its stream; -1 for datagrams
        self.modified = 0  # the second in which it registered last
        self.xavp = b""  # usrloc's `xavp_contact`, as JSON

    def is_over(self, now: float) -> bool:
        """Its time is."""
        return self.expires != 0 and self.expires <= now

    def __repr__(self) -> str:
        return f"<Contact {self.uri.decode(errors='replace')}>"


def bare(instance: bytes) -> bytes:
    """`+sip.instance` without its angle brackets."""
    return instance[1:-1] if instance[:1] == b"<" and instance[-1:] == b">" else instance


class StaleRegistration(SipAppError):
    """The contact has registered with this or a later CSeq in this call already. RFC 3261 §10.3 step 7."""


class RepeatedRegistration(StaleRegistration):
    """With this very CSeq, moments ago: a retransmission."""


class ILocation(Interface):
    """One location table.

    What it answers, it answers at once where it can; where a database or another process is asked, a Deferred may
    come.
    """

    name: bytes = Attribute("its name in the script: location")

    def get(aor: bytes) -> list[Contact] | Deferred[list[Contact]]:
        """The contacts of an address of record that are still there, the best first. The list and its contacts are the
        caller's own: to change them here, `put` them."""

    def put(aor: bytes, contacts: list[Contact]) -> Deferred[None] | None:
        """Have these contacts, in place of all that there were; none: the address is gone."""

    def hold(aor: bytes, holder: Any) -> Deferred[None] | None:
        """Nobody else changes this address until `release`: for get, change, put. Cancelling gives the place up."""

    def release(aor: bytes) -> None:
        """Let the next one change it."""

    def find(contacts: list[Contact], wanted: Contact) -> Contact | None:
        """The one that `wanted` renews: of the same instance, or by `matching_mode`.

        Raises StaleRegistration, RepeatedRegistration.
        """

    def place(contacts: list[Contact], contact: Contact) -> None:
        """Put one, new or not, where it belongs among the others."""

    def remove_ruid(ruid: bytes) -> Deferred[bool] | None:
        """Remove the contact of this unique id; whether there was one. None: it is not known by that alone."""

    def of_ruid(ruid: bytes) -> bytes | None:
        """The address of record that has a contact of this unique id, where `name_ruid` has been told of it."""

    def name_ruid(ruid: bytes, aor: bytes, lifetime: int) -> None:
        """Let `of_ruid` know this one, for so long (s)."""


class IUsrloc(Interface):
    """usrloc, as the registrar sees it."""

    use_domain: int = Attribute("addresses of record have a domain")
    nat_flag: int = Attribute("the branch flag, as a bit, of contacts behind a NAT; 0 where usrloc knows none")
    case_sensitive: bool = Attribute("addresses of record are told apart by case; the registrar says so")
    xavp_contact: bytes = Attribute("the name of the $xavp that is kept with a contact; empty for none")

    def location(name: bytes) -> ILocation:
        """The table of this name, made where it is new."""

    def on_expired(callback: Callable[[ILocation, bytes, Contact], None]) -> None:
        """Call this, with the table and the address of record, for each contact whose time is over."""

    def new_ruid() -> bytes:
        """A unique id for a contact."""
