# -*- test-case-name: tests.message.test_leaf -*-
"""leaf: the inner loops: where the header fields are, and one message out of pieces of another.

Everything here takes bytes and offsets and knows nothing of the rest. There are two of it, which do the same: `_leaf`
is C and is there where a compiler was when sipapp was installed; `leaf_pure` is Python. SIPAPP_LEAF=pure in the
environment takes the latter in any case.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sipapp.message.leaf_pure import (
    Head,
    address_parts,
    answer,
    cseq_parts,
    lone_route,
    mark_via,
    parameters,
    passable,
    place,
    read,
    relay,
    routes,
    splice,
    tag,
    unwrap,
    uri_parts,
    via_parts,
)

__all__ = [
    "TWIN",
    "Head",
    "Splice",
    "address_parts",
    "again",
    "answer",
    "cseq_parts",
    "lone_route",
    "mark_via",
    "parameters",
    "passable",
    "place",
    "read",
    "relay",
    "routes",
    "splice",
    "tag",
    "unwrap",
    "uri_parts",
    "via_parts",
]

Splice = tuple[int, int, bytes]
"""(start, end, data): `data` in place of the bytes from `start` to `end`; an insertion where they are the same."""

TWIN = "pure Python"
"""Which of the twins runs: what `sipapp --version` says."""

again: Callable[[Any, tuple[str, ...]], Any] | None = None
"""What makes more objects like a given one, these attributes taken from its arguments, for alike.py; Python has nothing
that is faster than to make each anew."""

if os.environ.get("SIPAPP_LEAF") != "pure":
    try:
        from sipapp.message._leaf import (
            address_parts,
            again,
            answer,
            cseq_parts,
            lone_route,
            mark_via,
            parameters,
            passable,
            place,
            read,
            relay,
            routes,
            splice,
            tag,
            unwrap,
            uri_parts,
            via_parts,
        )

        TWIN = "C"
    except ImportError:
        pass
