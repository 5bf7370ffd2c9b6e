# -*- test-case-name: tests.modules.regex.test_escapes -*-
"""escapes: the characters and classes that a backslash names in Perl-compatible expressions.

Over bytes a class is a set of at most 256 numbers; what is written in brackets becomes one too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sipapp.errors import ConfigError

_ALL = frozenset(range(256))
_DIGITS = frozenset(b"0123456789")
_LOWER = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WORD = _DIGITS | _LOWER | _UPPER | {ord("_")}
_SPACE = frozenset(b" \t\n\r\x0b\x0c")
_HORIZONTAL = frozenset(b"\t \xa0")
_VERTICAL = frozenset(b"\n\x0b\x0c\r\x85")

CLASSES: dict[bytes, frozenset[int]] = {
    b"d": _DIGITS,
    b"D": _ALL - _DIGITS,
    b"s": _SPACE,
    b"S": _ALL - _SPACE,
    b"w": _WORD,
    b"W": _ALL - _WORD,
    b"h": _HORIZONTAL,
    b"H": _ALL - _HORIZONTAL,
    b"v": _VERTICAL,
    b"V": _ALL - _VERTICAL,
}
"""What stands for several characters, in brackets and outside."""

POSIX: dict[bytes, frozenset[int]] = {
    b"alnum": _DIGITS | _LOWER | _UPPER,
    b"alpha": _LOWER | _UPPER,
    b"ascii": frozenset(range(128)),
    b"blank": frozenset(b" \t"),
    b"cntrl": frozenset(range(32)) | {127},
    b"digit": _DIGITS,
    b"graph": frozenset(range(33, 127)),
    b"lower": _LOWER,
    b"print": frozenset(range(32, 127)),
    b"punct": frozenset(range(33, 127)) - _DIGITS - _LOWER - _UPPER,
    b"space": _SPACE,
    b"upper": _UPPER,
    b"word": _WORD,
    b"xdigit": frozenset(b"0123456789abcdefABCDEF"),
}

_CHARACTERS = {b"a": 7, b"e": 27, b"f": 12, b"n": 10, b"r": 13, b"t": 9}
_octal = re.compile(rb"[0-7]{1,3}").match
_hex = re.compile(rb"x(?:\{([0-9A-Fa-f]{1,2})\}|([0-9A-Fa-f]{0,2}))").match
_posix = re.compile(rb"\[:(\^?)([a-z]+):\]").match


def bad(text: bytes, reason: str) -> ConfigError:
    return ConfigError(f"bad regular expression {text.decode(errors='replace')!r}: {reason}")


def character(text: bytes, at: int) -> tuple[int, int]:
    r"""The character behind the backslash, and where the text goes on: `\x41`, `\x{41}`, `\101`, `\cA`, `\n`, `\.`.

    Raises ConfigError: a letter that means nothing, or what Python cannot do.
    """
    char = text[at : at + 1]
    if not char:
        raise bad(text, "it ends with a backslash")
    if char in _CHARACTERS:
        return _CHARACTERS[char], at + 1
    hexadecimal = _hex(text, at)
    if hexadecimal is not None:
        return int(hexadecimal[1] or hexadecimal[2] or b"0", 16), hexadecimal.end()
    octal = _octal(text, at)
    if octal is not None:
        return int(octal[0], 8) & 0xFF, octal.end()
    if char == b"c" and text[at + 1 : at + 2]:
        return ord(text[at + 1 : at + 2].upper()) ^ 64, at + 2
    if char.isalnum():
        raise bad(text, f"not supported: \\{char.decode()}")
    return ord(char), at + 1


def bracket(text: bytes, at: int) -> tuple[bytes, int]:
    """A class in brackets as Python writes it, and where the text goes on behind it; `at` is its opening bracket."""
    at += 1
    negated = text.startswith(b"^", at)
    at += negated
    first = at
    members: set[int] = set()
    while at == first or not text.startswith(b"]", at):
        found, at = _member(text, at)
        if isinstance(found, int) and text.startswith(b"-", at) and not text.startswith(b"-]", at):
            upto, at = _member(text, at + 1)
            if isinstance(upto, int):
                if upto < found:
                    raise bad(text, "a range in the wrong order")
                members.update(range(found, upto + 1))
                continue
            members |= upto | {ord("-")}
        members |= {found} if isinstance(found, int) else found
    return written(members, negated), at + 1


def _member(text: bytes, at: int) -> tuple[int | frozenset[int], int]:
    """One character, or a class, inside brackets."""
    if at >= len(text):
        raise bad(text, "unmatched [")
    posix = _posix(text, at)
    if posix is not None:
        found = POSIX.get(posix[2])
        if found is None:
            raise bad(text, f"no such class: [:{posix[2].decode()}:]")
        return _ALL - found if posix[1] else found, posix.end()
    if not text.startswith(b"\\", at):
        return text[at], at + 1
    letter = text[at + 1 : at + 2]
    if letter in CLASSES:
        return CLASSES[letter], at + 2
    if letter == b"b":
        return 8, at + 2
    if letter == b"E":
        return frozenset(), at + 2
    if letter == b"Q":
        end = text.find(b"\\E", at)
        return (frozenset(text[at + 2 :]), len(text)) if end < 0 else (frozenset(text[at + 2 : end]), end + 2)
    return character(text, at + 1)


def written(members: Iterable[int], negated: bool = False) -> bytes:
    """The set in brackets, as ranges."""
    ranges: list[list[int]] = []
    for number in sorted(members):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    if not ranges:
        return rb"[\x00-\xff]" if negated else b"(?!)"
    return b"[%b%b]" % (b"^" if negated else b"", b"".join(rb"\x%02x-\x%02x" % (low, high) for low, high in ranges))
