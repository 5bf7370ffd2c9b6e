# -*- test-case-name: tests.message.test_forms -*-
"""forms: the values that every message has, as nearly everybody writes them: what they hold. Part of `leaf_pure`.

The front of a line is the same again and again: of Via up to the branch, of From and To up to the URI, of others the
name. It is known by heart. What is left to read is one text without white space.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sipapp.message.byheart import LONGEST, ByHeart, Memory
from sipapp.message.headers import SPELLINGS
from sipapp.message.plain import (
    BROADCAST,
    PLAIN_ADDRESS,
    PLAIN_VIA,
    PLAIN_VIAS,
    cseq_parts,
    has,
    parameter,
    without,
)

SIP_PORTS = (5060, 5061)

SECRET = frozenset((b"authorization", b"proxy-authorization", b"www-authenticate", b"proxy-authenticate"))
"""Keys of what is not kept."""

_BLANK = b" \t\r"
_SPACE = _BLANK + b"\n\f\v"
_NO_SPACE = without(_SPACE)
_BRANCH = without(_SPACE + b'",;')
_PARAMETERS = without(_SPACE + b'",')
_URI = without(_SPACE + b'"<>')
_TAG = without(_SPACE + b'",<>;')

ViaForm = tuple[bytes, bytes, bool, bytes | None, bytes]
"""What a Via field says beside its branch: port and host of its first value as `head.key_of` has them, its host;
whether a request that has it on top is answered where it came from: it has `rport`, and no `maddr`. What of its line
stands before and after the branch, where it has only one value; None where that is not known."""

Front = tuple[bytes, bytes | None, ViaForm | None]
"""Of a line that begins so: its key, a table that leaves as it is what may follow, None where that is the URI of an
address; what a Via says that has nothing after its branch."""


def _port_and_host(digits: bytes | None, host: bytes) -> bytes:
    port = int(digits) if digits else 0
    return b"%d %b" % (0 if port in SIP_PORTS else port, host)


def _via_form(match: re.Match[bytes], before: bytes | None, after: bytes) -> ViaForm:
    host, digits, tail = match.group(2, 3, 4)
    symmetric = bool(tail) and has(tail, b"rport") and not has(tail, b"maddr")
    return _port_and_host(digits, host), host, symmetric, before, after


def _form_around(front: bytes, after: bytes) -> ViaForm | None:
    """Of a Via whose line has this before `branch=`, and this after the branch."""
    before = front.partition(b":")[2].lstrip(b" \t")
    whole = before + after
    match = PLAIN_VIA(whole)
    if match is None or before[-1:] != b";" or whole.find(BROADCAST) >= 0:
        return None
    if before[match.start(4) :].lower().find(b"branch") >= 0:
        return None
    return _via_form(match, front + b"branch=", after)


class _Around(ByHeart[tuple[bytes, bytes], ViaForm | None]):
    """The same, of those met last, by what is before the branch, `branch=` included, and after the `;` behind it."""

    __slots__ = ()

    def __missing__(self, key: tuple[bytes, bytes]) -> ViaForm | None:
        before, after = key
        form = _form_around(before.removesuffix(b"branch="), b";" + after)
        if form is not None and len(before) + len(after) <= LONGEST:
            self.learn(key, form)
        return form


_form_known = _Around(1024).__getitem__


def branch_of(text: bytes, form: ViaForm) -> tuple[bytes, ViaForm] | None:
    """Of a Via that has more than a branch (`text`) where `form` has the branch alone, parameters or more values: the
    branch, and what it says. None: there is more to see, or too much to take it value by value."""
    if len(text) > LONGEST:
        return None
    text, comma, more = text.partition(b",")
    found = (text, form) if text.translate(_BRANCH) is text else _branch_among(text, form)
    if found is None or not comma:
        return found
    branch, (address, host, symmetric, _, _) = found
    return (branch, (address, host, symmetric, None, b"")) if _follow(more) else None


def _branch_among(text: bytes, form: ViaForm) -> tuple[bytes, ViaForm] | None:
    """The same of one value."""
    before = form[3]
    if before is None or text.translate(_PARAMETERS) is not text:  # it is the same object where nothing changes
        return None
    branch, semicolon, after = text.partition(b";")
    whole = _form_known((before, after)) if semicolon else form
    return None if whole is None else (branch, whole)


def _follow(values: bytes) -> bool:
    """Whether these can be the Via values after a comma."""
    comma = b","
    while comma:
        front, _, text = values.partition(b"branch=")
        known: Any = front_known(b"Via:" + front)
        if known is None:
            return False
        if text.translate(_BRANCH) is text:  # the last one, as nearly always
            return True
        text, comma, values = text.partition(b",")
        if _branch_among(text, known[2]) is None:
            return False
    return True


def tag_of(text: bytes) -> tuple[bytes | None] | None:
    """Of From or To, which has this after its `<`: the tag; see `_read_address`. None: there is more to see."""
    found: tuple[bytes | None] | None
    uri, end, tag = text.partition(b">;tag=")
    if end:
        found = (tag,) if tag and tag.translate(_TAG) is tag else None
    else:
        uri, end, tag = text.partition(b">")
        found = (None,) if end and not tag else None
    return found if uri and uri.translate(_URI) is uri else None


def _front(front: bytes) -> Front | None:
    """None: there is more to see in such a line."""
    name, colon, rest = front.partition(b":")
    key = SPELLINGS.get(name)
    value = rest.lstrip(_BLANK)
    if key == b"via":
        form = _form_around(front, b"")
        return None if form is None else (key, _BRANCH, form)
    if key == b"from" or key == b"to":
        return (key, None, None) if PLAIN_ADDRESS(value + b"<x>") else None
    if key is None or colon or key in SECRET or (key in READERS and key != b"call-id"):
        return None
    return key, _NO_SPACE, None


front_known = Memory(_front, 2048).__getitem__

_COLON = b": "
FRONT_ENDS = [_COLON] * 256
"""How the front of a line ends that begins with this byte."""
for _letters, _end in ((b"Vv", b"branch="), (b"FfTt", b"<")):
    for _letter in _letters:
        FRONT_ENDS[_letter] = _end


_PIECES = re.compile(rb"[;,]").split


def for_everybody(via: bytes) -> bool:
    """Whether the broadcast address stands there, otherwise than in a branch, which sends nothing anywhere."""
    return via.find(BROADCAST) >= 0 and any(
        piece.find(BROADCAST) >= 0 and not piece.startswith(b"branch=") for piece in _PIECES(via)
    )


def _read_via(value: bytes) -> tuple[bytes | None, ViaForm] | None:
    """The branch, and what else it says."""
    match = PLAIN_VIAS(value)
    if match is None or for_everybody(value):
        return None
    tail = match[4]
    return parameter(tail, b"branch") if tail else None, _via_form(match, None, b"")


def _read_address(value: bytes) -> tuple[bytes | None] | None:
    """The tag of From or To."""
    match = PLAIN_ADDRESS(value)
    if match is None:
        return None
    tail = match[3]
    return (parameter(tail, b"tag") if tail else None,)


def _read_call_id(value: bytes) -> tuple[bytes] | None:
    return (value,) if value and value.translate(_NO_SPACE) == value else None


def _read_cseq(value: bytes) -> tuple[int, bytes, bytes] | None:
    """Number and method, and how `head.key_of` writes the number."""
    parts = cseq_parts(value)
    return None if parts is None else (*parts, b"%d" % parts[0])


def _read_number(value: bytes) -> tuple[int] | None:
    return (int(value),) if value.isdigit() and len(value) < 10 else None


READERS: dict[bytes, Callable[[bytes], tuple[Any, ...] | None]] = {
    b"via": _read_via,
    b"from": _read_address,
    b"to": _read_address,
    b"call-id": _read_call_id,
    b"cseq": _read_cseq,
    b"content-length": _read_number,
    b"max-forwards": _read_number,
}
"""What reads the value of a header field that has to be plain, by key: None where it is not as nearly everybody writes
it."""
