# -*- test-case-name: tests.modules.usrloc.test_record -*-
"""record: the contacts of an address of record as the bytes that a shared table keeps.

    1 US uri US expires US q US ...    RS    uri US expires ...

A version, then each contact's fields in a fixed order. US and RS (0x1f, 0x1e) can stand in no field of a message, and
are taken out of what has them nevertheless. Later versions append fields; what is missing keeps its default.
"""

from __future__ import annotations

from sipapp.interfaces.location import Contact

VERSION = b"1"
_UNIT, _RECORD = b"\x1f", b"\x1e"
_SEPARATORS = _UNIT + _RECORD
_HEAD = VERSION + _UNIT
_FIELDS = 19
_PACKED = _UNIT.join(b"%b %d %d %b %d %d %d %b %b %b %b %d %b %b %d %d %d %d %b".split())


def pack(contacts: list[Contact]) -> bytes:
    """All of them, in their order."""
    return _HEAD + _RECORD.join([_packed(contact) for contact in contacts])


def _packed(c: Contact) -> bytes:
    # fmt: off
    text = _PACKED % (
        c.uri, c.expires, c.q, c.call_id, c.cseq, c.flags, c.branch_flags, c.user_agent, c.received, c.path,
        c.socket, c.methods, c.ruid, c.instance, c.reg_id, c.server_id, c.connection, c.modified, c.xavp,
    )
    # fmt: on
    if text.count(_UNIT) == _FIELDS - 1 and _RECORD not in text:
        return text
    return _packed(_cleaned(c))


def _cleaned(contact: Contact) -> Contact:
    clean = Contact(b"")
    for name in Contact.__slots__:
        value = getattr(contact, name)
        setattr(clean, name, value.translate(None, _SEPARATORS) if isinstance(value, bytes) else value)
    return clean


def unpack(value: bytes) -> list[Contact]:
    """The contacts; none of what some later version has written in another way."""
    if value[:2] != _HEAD:
        return []
    return [_unpacked(text) for text in value[2:].split(_RECORD)] if len(value) > 2 else []


def _unpacked(text: bytes) -> Contact:
    # fmt: off
    (
        uri, expires, q, call_id, cseq, flags, branch_flags, user_agent, received, path,
        socket, methods, ruid, instance, reg_id, server_id, connection, modified, xavp,
    ) = text.split(_UNIT, _FIELDS)[:_FIELDS]
    # fmt: on
    c = Contact(uri)
    c.expires = int(expires)
    c.q = int(q)
    c.call_id = call_id
    c.cseq = int(cseq)
    c.flags = int(flags)
    c.branch_flags = int(branch_flags)
    c.user_agent = user_agent
    c.received = received
    c.path = path
    c.socket = socket
    c.methods = int(methods)
    c.ruid = ruid
    c.instance = instance
    c.reg_id = int(reg_id)
    c.server_id = int(server_id)
    c.connection = int(connection)
    c.modified = int(modified)
    c.xavp = xavp
    return c


def differences(before: list[Contact], now: list[Contact]) -> tuple[list[Contact], list[Contact]]:
    """(those that are new or other than they were, those that are there no more), by their unique ids."""
    known = {c.ruid: c for c in before}
    changed = []
    for c in now:
        old = known.pop(c.ruid, None)
        if old is None or _packed(old) != _packed(c):
            changed.append(c)
    return changed, list(known.values())


def count(value: bytes) -> int:
    """How many contacts there are."""
    return value.count(_RECORD) + 1 if len(value) > 2 else 0
