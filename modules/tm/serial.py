# -*- test-case-name: tests.modules.tm.test_serial -*-
"""serial: forking one after the other: the target set into an $xavp() by q, and group after group out of it again.

Each contact is one AVP with the fields uri, dst_uri, path, sock, flags, q_flag, instance, ruid, ua; the best comes
first, and q_flag 4 marks the last of a group. RFC 3261 §16.6, RFC 5627.
"""

from __future__ import annotations

from random import randrange
from typing import Any

from sipapp.log import Logger
from sipapp.message.draft import Branch
from sipapp.module import FAILURE, REQUEST, Context, RouteType, ScriptError, script_function
from sipapp.modules.tm.status import Status
from sipapp.script.avp import Xavp, XavpList, xavps

log = Logger()

STANDARD, PROPORTIONAL = 0, 1
LAST_OF_GROUP = 4

_TEXTS = {
    b"uri": "uri",
    b"dst_uri": "next_hop",
    b"path": "path",
    b"instance": "instance",
    b"ruid": "ruid",
    b"ua": "user_agent",
}


class Serial(Status):
    """t_load_contacts(), t_next_contacts(), t_next_contact_flow()."""

    def _named(self, name: bytes | None, parameter: str) -> bytes:
        if not name:
            raise ScriptError(f'modparam("tm", "{parameter}") is not set')
        return name

    @script_function(routes=REQUEST | FAILURE)
    def t_load_contacts(self, ctx: Context, mode: int = STANDARD) -> int:
        """Put all targets of the request into the $xavp() `contacts_avp`, by their q; 1 as mode: in an order drawn by
        lot, in which a contact with twice the q comes first twice as often. With one target there is nothing to do."""
        name = self._named(self.contacts_avp, "contacts_avp")
        if mode not in (STANDARD, PROPORTIONAL):
            raise ScriptError(f"no such mode: {mode}; 0 and 1 are")
        draft = ctx.draft
        contacts = list(draft.targets)
        if not contacts or (len(contacts) == 1 and not draft.uri_is_target):
            return 1
        if draft.uri_is_target:
            contacts.insert(0, self._main(ctx))
        attributes = self._attributes(ctx, len(contacts))
        ordered = by_lot(contacts) if mode == PROPORTIONAL else by_q(contacts)
        found = xavps(ctx)
        for contact, flag in reversed(ordered):
            record = _record(contact, flag)
            extra = attributes[contacts.index(contact)]
            if extra is not None:
                record.append(extra)
            found.add(name, record)
        draft.targets.clear()
        draft.consume_uri()
        return 1

    def _main(self, ctx: Context) -> Branch:
        """The Request-URI as a target among others."""
        draft = ctx.draft
        contact = draft.location.copy() if draft.location is not None else Branch(b"")
        request: Any = ctx.message
        contact.uri = draft.request_uri or request.uri
        contact.next_hop, contact.path = draft.next_hop, draft.path
        contact.send_socket, contact.flags = draft.send_socket, draft.branch_flags
        return contact

    def _attributes(self, ctx: Context, count: int) -> list[Xavp | None]:
        """The $xavp() `xavp_contact` of each contact, taken out of the run's AVPs."""
        if not self.xavp_contact:
            return [None] * count
        found = xavps(ctx)
        kept = found.all(self.xavp_contact)
        found.drop_all(self.xavp_contact)
        return [kept[number] if number < len(kept) else None for number in range(count)]

    @script_function(routes=REQUEST | FAILURE)
    def t_next_contacts(self, ctx: Context) -> int:
        """Make the contacts of the next group the targets: 1; -2 where none is left. Of several with one +sip.instance
        only the first is a target, the others go to `contact_flows_avp`."""
        name = self._named(self.contacts_avp, "contacts_avp")
        flows = self._named(self.contact_flows_avp, "contact_flows_avp")
        found = xavps(ctx)
        if found.find(name) is None:
            return -2
        found.drop_all(flows)
        seen: set[bytes] = set()
        first = True
        while (avp := found.find(name)) is not None:
            found.remove(avp)
            record = avp.value
            if not isinstance(record, XavpList):
                continue
            contact = self._contact(record)
            flow = contact.instance is not None and contact.instance in seen
            if flow:
                found.append(Xavp(flows, record))
            elif first:
                self._become_main(ctx, contact, record)
                first = False
            else:
                self._give_attributes(ctx, record)
                ctx.draft.targets.append(contact)
            if contact.instance is not None:
                seen.add(contact.instance)
            if _number(record, b"q_flag"):
                break
        return 1

    @script_function(routes=REQUEST)
    def t_next_contact_flow(self, ctx: Context) -> int:
        """In event_route[tm:branch-failure:...]: another way to the same +sip.instance as the branch that failed
        becomes a target: 1; -2 where none is left."""
        flows = self._named(self.contact_flows_avp, "contact_flows_avp")
        t = ctx.transaction
        if ctx.route_type is not RouteType.BRANCH_FAILURE or t is None:
            raise ScriptError("only in event_route[tm:branch-failure:...]")
        instance = t.branches[ctx.branch].instance
        found = xavps(ctx)
        if not instance:
            return -2
        for avp in found.all(flows):
            record = avp.value
            if isinstance(record, XavpList) and _text(record, b"instance") == instance:
                found.remove(avp)
                self._give_attributes(ctx, record)
                ctx.draft.targets.append(self._contact(record))
                return 1
        return -2

    def _contact(self, record: XavpList) -> Branch:
        contact = Branch(b"")
        for key, attribute in _TEXTS.items():
            value = _text(record, key)
            if value is not None:
                setattr(contact, attribute, value)
        contact.flags = _number(record, b"flags")
        name = _text(record, b"sock")
        if name is not None:
            proto, _, rest = name.decode("latin-1").partition(":")
            host, _, port = rest.rpartition(":")
            contact.send_socket = self.transport.find_socket(proto, host.strip("[]"), int(port))
            if contact.send_socket is None:
                raise ScriptError(f"no socket of ours: {name.decode(errors='replace')}")
        return contact

    def _become_main(self, ctx: Context, contact: Branch, record: XavpList) -> None:
        draft = ctx.draft
        draft.request_uri, draft.next_hop, draft.path = contact.uri, contact.next_hop, contact.path
        draft.send_socket, draft.branch_flags = contact.send_socket, contact.flags
        draft.location = contact
        draft.consumed = None
        self._give_attributes(ctx, record)

    def _give_attributes(self, ctx: Context, record: XavpList) -> None:
        """The contact's own $xavp() comes back, behind those of the targets before it."""
        kept = record.find(self.xavp_contact) if self.xavp_contact else None
        if kept is not None:
            record.remove(kept)
            xavps(ctx).append(kept)


def by_q(contacts: list[Branch]) -> list[tuple[Branch, int]]:
    """The best first, each with its q_flag; of one q, those with a path last and the others latest first."""
    worst_first: list[Branch] = []
    for contact in contacts:
        at = 0
        while at < len(worst_first) and (
            worst_first[at].q < contact.q or (worst_first[at].q == contact.q and not contact.path)
        ):
            at += 1
        worst_first.insert(at, contact)
    best_first = worst_first[::-1]
    flagged = []
    for number, contact in enumerate(best_first):
        worse = number + 1 < len(best_first) and best_first[number + 1].q < contact.q
        flagged.append((contact, LAST_OF_GROUP if worse else 0))
    return flagged


def by_lot(contacts: list[Branch]) -> list[tuple[Branch, int]]:
    """Each a group of its own, drawn with its q as weight; those without q come last."""
    weighted = [contact for contact in contacts if contact.q > 0]
    drawn = []
    while weighted:
        number = randrange(sum(contact.q for contact in weighted))
        for contact in weighted:
            number -= contact.q
            if number < 0:
                break
        weighted.remove(contact)
        drawn.append((contact, LAST_OF_GROUP))
    return drawn + [(contact, LAST_OF_GROUP) for contact in contacts if contact.q <= 0]


def _record(contact: Branch, flag: int) -> XavpList:
    record = XavpList()
    for key, attribute in _TEXTS.items():
        value = getattr(contact, attribute)
        if value:
            record.add(key, value)
    if contact.send_socket is not None:
        record.add(b"sock", contact.send_socket.text)
    record.add(b"flags", contact.flags)
    record.add(b"q_flag", flag)
    return record


def _text(record: XavpList, key: bytes) -> bytes | None:
    found = record.find(key)
    return found.value if found is not None and isinstance(found.value, bytes) else None


def _number(record: XavpList, key: bytes) -> int:
    found = record.find(key)
    return found.value if found is not None and isinstance(found.value, int) else 0
