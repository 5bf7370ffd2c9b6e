# -*- test-case-name: tests.modules.regex.test_pcre -*-
"""pcre: Perl-compatible regular expressions, run by Python's `re` over bytes.

What the two write in different ways is translated: POSIX classes, \\h \\v \\R \\N \\z \\Q..\\E and other escapes, flags
that begin in the middle, look-behinds with alternatives, free spacing. What Python cannot do is refused: recursion,
\\K, \\G, \\X, \\C, Unicode properties, branch reset, verbs, lazy by default.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sipapp.modules.regex.escapes import CLASSES, bad, bracket, character, written

CASELESS, MULTILINE, DOTALL, EXTENDED = b"i", b"m", b"s", b"x"
"""What may be on from the start, joined: b"is"."""

_ASSERTIONS: dict[bytes, bytes] = {
    b"b": rb"\b",
    b"B": rb"\B",
    b"A": rb"\A",
    b"Z": rb"(?=\n?\Z)",
    b"z": rb"\Z",
    b"R": rb"(?>\r\n|[\n\x0b\x0c\r\x85])",
    b"N": rb"[^\n]",
}
"""What a backslash names besides characters and classes."""
_CLASSES: dict[bytes, bytes] = {letter: written(members) for letter, members in CLASSES.items()}

_quantifier = re.compile(rb"(?:[*+?]|\{\d+(?:,\d*)?\})[+?]?").match
_flags = re.compile(rb"\(\?(\^?)([imsx]*)(?:-([imsx]*))?([:)])").match
_named = re.compile(rb"\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')").match
_reference = re.compile(rb"g(?:\{(-?\d+|[A-Za-z_]\w*)\}|(-?\d+))|k(?:\{(\w+)\}|<(\w+)>|'(\w+)')").match
_condition = re.compile(rb"\(\?\((?:(\d+)|<(\w+)>|'(\w+)')\)").match
_backward = re.compile(rb"\(\?P=(\w+)\)").match
_digits = re.compile(rb"\d+").match
_LOOKING = (b"(?=", b"(?!", b"(?>", b"(?:")
_BEHIND = (b"(?<=", b"(?<!")


@lru_cache(maxsize=1024)
def compile_pcre(text: bytes, flags: bytes = b"") -> re.Pattern[bytes]:
    """The pattern for an expression. Raises ConfigError: none, or one that Python cannot do."""
    source = _Translation(text, flags).whole()
    options = re.NOFLAG
    for letter, option in ((CASELESS, re.IGNORECASE), (MULTILINE, re.MULTILINE), (DOTALL, re.DOTALL)):
        if letter in flags:
            options |= option
    try:
        return re.compile(source, options)
    except (re.error, OverflowError, RecursionError) as why:
        raise bad(text, str(why)) from None


class _Translation:
    """One pass over the expression; `on` are the flags where it is."""

    def __init__(self, text: bytes, flags: bytes) -> None:
        self.text = text
        self.at = 0
        self.on = frozenset(flags)
        self.groups = 0

    def whole(self) -> bytes:
        found = b"|".join(self.alternatives())
        if self.at < len(self.text):
            raise bad(self.text, "unmatched )")
        return found

    def starts(self, prefix: bytes) -> bool:
        return self.text.startswith(prefix, self.at)

    # -- structure

    def alternatives(self) -> list[bytes]:
        """Up to the end of the group. Flags that are set in one alternative hold in those behind it too."""
        before = self.on
        found = [self.branch(before)]
        while self.starts(b"|"):
            self.at += 1
            found.append(self.branch(before))
        self.on = before
        return found

    def branch(self, base: frozenset[int]) -> bytes:
        """One alternative; `base`: the flags that Python has on where it begins."""
        opening, closing = self.switched(base)
        pieces = [opening]
        while self.at < len(self.text) and self.text[self.at : self.at + 1] not in (b"|", b")"):
            flags = _flags(self.text, self.at)
            if flags is not None and flags[4] == b")":
                self.at = flags.end()
                inner_base = self.on
                self.on = self.changed(flags)
                opening, more = self.switched(inner_base)
                pieces.append(opening)
                closing += more
            else:
                pieces.append(self.piece())
        return b"".join(pieces) + closing

    def switched(self, base: frozenset[int]) -> tuple[bytes, bytes]:
        """What Python needs around a text in which the flags are not as they were."""
        on = bytes(sorted((self.on - base) & set(b"ims")))
        off = bytes(sorted((base - self.on) & set(b"ims")))
        if not on and not off:
            return b"", b""
        return b"(?%b%b:" % (on, b"-" + off if off else b""), b")"

    def changed(self, flags: re.Match[bytes]) -> frozenset[int]:
        on = frozenset() if flags[1] else self.on
        return (on | set(flags[2])) - set(flags[3] or b"")

    def piece(self) -> bytes:
        """One atom with its quantifier."""
        if self.skipped():
            return b""
        if self.starts(b"\\Q"):
            return self.quoted()
        atom = self.atom()
        while self.skipped():
            pass
        found = _quantifier(self.text, self.at)
        if found is None:
            return atom
        self.at = found.end()
        return atom + found[0]

    def skipped(self) -> bool:
        """A comment, or what free spacing leaves out; whether something was skipped."""
        start = self.at
        if self.starts(b"(?#"):
            end = self.text.find(b")", self.at)
            if end < 0:
                raise bad(self.text, "a comment that is not closed")
            self.at = end + 1
        elif self.starts(b"\\E"):
            self.at += 2
        elif ord("x") in self.on:
            while self.text[self.at : self.at + 1].isspace():
                self.at += 1
            if self.starts(b"#"):
                end = self.text.find(b"\n", self.at)
                self.at = len(self.text) if end < 0 else end + 1
        return self.at > start

    def quoted(self) -> bytes:
        end = self.text.find(b"\\E", self.at)
        end = len(self.text) if end < 0 else end
        plain = self.text[self.at + 2 : end]
        self.at = min(end + 2, len(self.text))
        found = _quantifier(self.text, self.at)
        if found is None or not plain:
            return re.escape(plain)
        self.at = found.end()
        return re.escape(plain[:-1]) + re.escape(plain[-1:]) + found[0]

    # -- atoms

    def atom(self) -> bytes:
        char = self.text[self.at : self.at + 1]
        if char == b"(":
            return self.group()
        if char == b"[":
            found, self.at = bracket(self.text, self.at)
            return found
        if char == b"\\":
            return self.escape()
        if char in (b"*", b"+", b"?"):
            raise bad(self.text, f"nothing before {char.decode()!r} to repeat")
        self.at += 1
        return char if char in (b".", b"^", b"$") else re.escape(char)

    def group(self) -> bytes:
        for behind in _BEHIND:
            if self.starts(behind):
                return self.behind(behind)
        outside = self.on
        opening = self.opening()
        inner = b"|".join(self.alternatives())
        self.close()
        self.on = outside
        return opening + inner + b")"

    def behind(self, opening: bytes) -> bytes:
        """Each alternative looks behind by itself, for each may have a length of its own."""
        self.at += len(opening)
        found = [b"%b%b)" % (opening, one) for one in self.alternatives()]
        self.close()
        if len(found) == 1:
            return found[0]
        return b"(?:%b)" % (b"" if opening == b"(?<!" else b"|").join(found)

    def close(self) -> None:
        if not self.starts(b")"):
            raise bad(self.text, "unmatched (")
        self.at += 1

    def opening(self) -> bytes:
        """What a group begins with, read and translated."""
        text, at = self.text, self.at
        if not self.starts(b"(?"):
            if self.starts(b"(*"):
                raise bad(text, "verbs are not supported")
            self.at += 1
            self.groups += 1
            return b"("
        named = _named(text, at)
        if named is not None:
            self.at = named.end()
            self.groups += 1
            return b"(?P<%b>" % (named[1] or named[2])
        condition = _condition(text, at)
        if condition is not None:
            self.at = condition.end()
            return b"(?(%b)" % (condition[1] or condition[2] or condition[3])
        flags = _flags(text, at)
        if flags is not None and flags[0] != b"(?:":
            outside = self.on
            self.at, self.on = flags.end(), self.changed(flags)
            return self.switched(outside)[0] or b"(?:"
        for known in _LOOKING:
            if self.starts(known):
                self.at += len(known)
                return known
        reference = _backward(text, at)
        if reference is not None:
            self.at = reference.end() - 1
            return b"(?P=%b" % reference[1]
        raise bad(text, f"not supported: {text[at : at + 4].decode(errors='replace')!r}")

    def escape(self) -> bytes:
        text, at = self.text, self.at + 1
        char = text[at : at + 1]
        if char in (b"g", b"k"):
            return self.named_reference(at)
        if b"1" <= char <= b"9":
            return self.numbered(at)
        known = _ASSERTIONS.get(char) or _CLASSES.get(char)
        if known is not None:
            self.at = at + 1
            return known
        return self.character(at)

    def character(self, at: int) -> bytes:
        number, self.at = character(self.text, at)
        return re.escape(bytes((number,)))

    def numbered(self, at: int) -> bytes:
        """A back-reference; from \\10 on an octal number where there are not so many groups so far."""
        digits = _digits(self.text, at)
        assert digits is not None
        if len(digits[0]) > 1 and int(digits[0]) > self.groups:
            return self.character(at)
        self.at = digits.end()
        return rb"(?:\%d)" % int(digits[0])

    def named_reference(self, at: int) -> bytes:
        found = _reference(self.text, at)
        if found is None:
            raise bad(self.text, f"not supported: {self.text[at - 1 : at + 3].decode(errors='replace')!r}")
        self.at = found.end()
        name = next(group for group in found.groups() if group is not None)
        if name.lstrip(b"-").isdigit():
            number = int(name) + (self.groups + 1 if name.startswith(b"-") else 0)
            if number < 1:
                raise bad(self.text, f"there is no group {name.decode()}")
            return rb"(?:\%d)" % number
        return b"(?P=%b)" % name
