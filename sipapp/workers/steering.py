# -*- test-case-name: tests.workers.test_steering -*-
"""steering: has the kernel give each datagram to the worker that owns it.

The sockets of one address form a group (SO_REUSEPORT), and a filter of the classic Berkeley kind may choose among them.
Ours looks for the Call-ID and computes what `ownership.worker_of` does. It is a help, not the rule: where it finds none
(the field is far down, or in its compact form) or the kernel has none of this, a datagram lands anywhere and is handed
over. There are no loops in such a filter: every place to look at is an instruction of its own.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from typing import NamedTuple

from sipapp.workers.ownership import MOST, SPREAD

_ATTACH = 51  # SO_ATTACH_REUSEPORT_CBPF; Python has no name for it

REACH = (1200, 600, 240)
"""How far down (bytes) the Call-ID is looked for: as far as the kernel has memory for."""

_LOAD_WORD, _LOAD_BYTE, _LOAD_BYTE_X, _LOAD_LENGTH = 0x20, 0x30, 0x50, 0x80
_X_IS, _X_FROM_A, _A_FROM_X, _A_IS, _A_FROM, _STORE = 0x01, 0x07, 0x87, 0x00, 0x60, 0x02
_ADD, _ADD_X, _MUL, _SHIFT_LEFT, _SHIFT_RIGHT, _MOD, _OR_X = 0x04, 0x0C, 0x24, 0x64, 0x74, 0x94, 0x4C
_EQUAL, _JUMP, _RETURN_A, _RETURN = 0x15, 0x05, 0x16, 0x06
_X_FROM = 0x61

_PARTS = [int.from_bytes(part, "big") for part in (b"Call", b"all-", b"ll-I", b"l-ID")]
"""Of `Call-ID:` one of these four begins at a multiple of 4."""

_LOW, _HIGH, _AT = 0, 1, 2
"""Where the sums of Adler-32 and the place in the message are kept."""


class Step(NamedTuple):
    """struct sock_filter."""

    code: int
    true: int
    false: int
    k: int


def program(count: int, reach: int) -> list[Step]:
    """Answers the number of the socket in the group, 0 for the first worker's.

    Whatever reads beyond the datagram ends the filter with 0.
    """
    tail = [*_to_the_value(), *_sums(), *_remainder(count)]
    steps: list[Step] = []
    blocks = range(0, reach, 4)
    for n, at in enumerate(blocks):
        behind = 7 * (len(blocks) - n - 1) + 1  # from the end of this block to the tail: the blocks, and `not found`
        steps.append(Step(_LOAD_WORD, 0, 0, at))
        steps += [Step(_EQUAL, 3 - i, 2 if i == 3 else 0, part) for i, part in enumerate(_PARTS)]
        steps += [Step(_X_IS, 0, 0, at), Step(_JUMP, 0, 0, behind)]
    steps.append(Step(_RETURN, 0, 0, 0))
    return steps + tail


def _to_the_value() -> list[Step]:
    """X: from within the field's name to behind the colon and the white space after it."""
    colon = []
    for far in range(4, 8):
        # at a colon: X to behind it, and on to the end of this part
        colon += [Step(_LOAD_BYTE_X, 0, 0, far), Step(_EQUAL, 0, 3, ord(":"))]
        colon += [Step(_A_FROM_X, 0, 0, 0), Step(_ADD, 0, 0, far + 1), Step(_JUMP, 0, 0, 5 * (7 - far) + 1)]
    steps = [*colon, Step(_RETURN, 0, 0, 0), Step(_X_FROM_A, 0, 0, 0)]
    for _ in range(2):
        steps += [Step(_LOAD_BYTE_X, 0, 0, 0), Step(_EQUAL, 0, 3, ord(" "))]
        steps += [Step(_A_FROM_X, 0, 0, 0), Step(_ADD, 0, 0, 1), Step(_X_FROM_A, 0, 0, 0)]
    return steps


def _sums() -> list[Step]:
    """Adler-32 of what is at X, up to the end of the line; too short for the modulus of the first sum."""
    steps = [Step(_A_IS, 0, 0, 1), Step(_STORE, 0, 0, _LOW), Step(_A_IS, 0, 0, 0), Step(_STORE, 0, 0, _HIGH)]
    steps += [Step(_A_FROM_X, 0, 0, 0), Step(_STORE, 0, 0, _AT)]
    each = 10
    for n in range(MOST):
        steps += [Step(_LOAD_BYTE_X, 0, 0, n)]
        left = each * (MOST - n - 1)
        steps += [Step(_EQUAL, 0, 1, ord("\r")), Step(_JUMP, 0, 0, left + 7)]
        steps += [Step(_X_FROM, 0, 0, _LOW), Step(_ADD_X, 0, 0, 0), Step(_STORE, 0, 0, _LOW)]
        steps += [Step(_X_FROM, 0, 0, _HIGH), Step(_ADD_X, 0, 0, 0), Step(_STORE, 0, 0, _HIGH)]
        steps += [Step(_X_FROM, 0, 0, _AT)]
    return steps


def _remainder(count: int) -> list[Step]:
    """As `worker_of`."""
    return [
        Step(_A_FROM, 0, 0, _HIGH),
        Step(_MOD, 0, 0, 65521),
        Step(_SHIFT_LEFT, 0, 0, 16),
        Step(_X_FROM, 0, 0, _LOW),
        Step(_OR_X, 0, 0, 0),
        Step(_MUL, 0, 0, SPREAD),
        Step(_SHIFT_RIGHT, 0, 0, 16),
        Step(_MOD, 0, 0, count),
        Step(_RETURN_A, 0, 0, 0),
    ]


def steer(group: list[socket.socket]) -> int:
    """Attach it to a group of sockets, in the order of their workers; how far down it looks (bytes), 0: not at all."""
    for reach in REACH:
        steps = program(len(group), reach)
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
        try:
            group[0].setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("H6xQ", len(steps), ctypes.addressof(code)))
        except OSError:
            continue
        return reach
    return 0
