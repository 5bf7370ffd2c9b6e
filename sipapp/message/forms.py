# -*- test-case-name: tests.message.test_forms -*-
"""forms: the values that every message has, as nearly everybody writes them: what they hold. Part of `leaf_pure`.

The front of a line of Via, From or To is the same again and again, up to the branch or tag: it is known by heart. What
is left to read is one text without white space.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sipapp.message.byheart import Memory
from sipapp.message.headers import SPELLINGS
from sipapp.message.plain import (
    BROADCAST,
    PLAIN_ADDRESS,
    PLAIN_VIA,
    PLAIN_VIAS,
    cseq_parts,
    has,
    parameter,
)

if TYPE_CHECKING:
    from sipapp.message.line import Line

SIP_PORTS = (5060, 5061)

_SPACE = b" \t\r\n\f\v"


def _without(unwanted: bytes) -> bytes:
    """A table that changes these: to `translate` by it and to compare takes a third of what it takes to search."""
    return bytes(ord("!") - (code == ord("!")) if code in unwanted else code for code in range(256))


_NO_SPACE = _without(_SPACE)
_LAST = _without(_SPACE + b'",;.')  # the branch is all that follows, and has no address in it
_MORE = _without(_SPACE + b'",')
_TAG = _without(_SPACE + b'",<>;')

ViaForm = tuple[bytes, bytes, bytes | None, bool, bytes | None, bytes]
"""Of a Via field: port and host of its first value as `head.key_of` has them, its host, its branch; whether a request
that has it on top is answered where it came from: it has `rport`, and no `maddr`. What stands before and after the
branch, where it has only one value; None where that is not known."""


def _port_and_host(digits: bytes | None, host: bytes) -> bytes:
    port = int(digits) if digits else 0
    return b"%d %b" % (0 if port in SIP_PORTS else port, host)


def _asked(tail: bytes | None) -> tuple[bool, bool]:
    """Whether there are `rport` and `maddr` in these parameters."""
    return (False, False) if not tail else (has(tail, b"rport"), has(tail, b"maddr"))


def _value_of(front: bytes, key: bytes) -> bytes | None:
    """The value, as far as it is there, of a line that begins like this and has this key."""
    name, colon, rest = front.partition(b":")
    return rest.lstrip(b" \t\r") if colon and SPELLINGS.get(name) == key else None


def _front_of_via(front: bytes) -> tuple[int, bytes, bytes, bool, bool, bytes] | None:
    value = _value_of(front, b"via")
    match = PLAIN_VIA(value) if value is not None else None
    if value is None or match is None or value[-1:] != b";" or value.find(BROADCAST) >= 0:
        return None
    _, host, digits, tail = match.groups()
    if tail.lower().find(b"branch") >= 0:
        return None
    return len(front) - len(value), _port_and_host(digits, host), host, *_asked(tail), value + b"branch="


def _front_of_address(front: bytes) -> tuple[int, bytes] | None:
    for key in (b"from", b"to"):
        value = _value_of(front, key)
        if value is not None and PLAIN_ADDRESS(value + b">"):
            return len(front) - len(value), key
    return None


_VIA_FRONTS = Memory(_front_of_via, 1024)
_VIA_ENDS = Memory(_asked, 1024)
_ADDRESS_FRONTS = Memory(_front_of_address, 1024)


def _fill_via(line: Line, text: bytes) -> bool:
    front, found, rest = text.partition(b"branch=")
    if not found:
        return False
    if rest.translate(_LAST) == rest:
        branch, after = rest, b""
    elif rest.translate(_MORE) == rest and not rest.partition(BROADCAST)[1]:  # cheaper than `find`
        branch, semicolon, after = rest.partition(b";")
        after = semicolon + after
    else:
        return False
    known = _VIA_FRONTS[front]
    if known is None:
        return False
    line.at, port_and_host, host, rport, maddr, before = known
    if after:
        asked = _VIA_ENDS[after]
        rport, maddr = rport or asked[0], maddr or asked[1]
    line.part = b"via"
    line.value = text[line.at :]
    line.found = port_and_host, host, branch, rport and not maddr, before, after
    return True


def _fill_address(line: Line, text: bytes) -> bool:
    front, found, tag = text.partition(b">;tag=")
    if not found or tag.translate(_TAG) != tag:
        return False
    known = _ADDRESS_FRONTS[front]
    if known is None:
        return False
    line.at, line.part = known
    line.value = text[line.at :]
    line.found = (tag,)
    return True


BY_FRONT: list[Callable[[Line, bytes], bool] | None] = [None] * 256
"""By the first byte of a line's text: what fills in the line out of its front, and says whether it could."""
for _letters, _fill in ((b"Vv", _fill_via), (b"FfTt", _fill_address)):
    for _letter in _letters:
        BY_FRONT[_letter] = _fill


def _read_via(value: bytes) -> ViaForm | None:
    """See ViaForm."""
    match = PLAIN_VIAS(value)
    if match is None or value.find(BROADCAST) >= 0:
        return None
    _, host, digits, tail = match.group(1, 2, 3, 4)
    branch = parameter(tail, b"branch") if tail else None
    rport, maddr = _asked(tail)
    return _port_and_host(digits, host), host, branch, rport and not maddr, None, b""


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
