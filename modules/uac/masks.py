# -*- test-case-name: tests.modules.uac.test_masks -*-
"""masks: two URIs in one parameter of Record-Route: with one of them in hand, the other can be had again.

What is written is the exclusive or of both, and of the password where there is one, in base64 with `-` for `=`: what
Kamailio's uac writes, so that a dialog may begin on one of the two and go on on the other.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from itertools import cycle

from sipapp.module import ScriptError


def mask(old: bytes, new: bytes, password: bytes) -> bytes:
    """The value of the parameter."""
    return b64encode(_keyed(_either(old, new), password)).replace(b"=", b"-")


def unmask(value: bytes, known: bytes, password: bytes) -> bytes:
    """The URI that is not `known`. Raises ScriptError: the value is broken, or `known` was none of the two."""
    try:
        both = b64decode(value.replace(b"-", b"="), validate=True)
    except ValueError:
        raise ScriptError(f"not what uac wrote: {value.decode(errors='replace')!r}") from None
    if len(both) < len(known):
        raise ScriptError("the URI in this request is longer than the two that were known")
    found = _either(_keyed(both, password), known).partition(b"\0")[0]
    if not found or not all(33 <= byte < 127 for byte in found):
        raise ScriptError("the URI in this request is none of the two that were known: an end point has changed it")
    return found


def _either(one: bytes, two: bytes) -> bytes:
    size = max(len(one), len(two))
    return bytes(a ^ b for a, b in zip(one.ljust(size, b"\0"), two.ljust(size, b"\0"), strict=True))


def _keyed(text: bytes, password: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(text, cycle(password), strict=False)) if password else text
