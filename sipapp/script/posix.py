# -*- test-case-name: tests.script.test_posix -*-
"""posix: POSIX extended regular expressions, as scripts write them, run by Python's `re` over bytes.

The dialect is glibc's in the C locale: bracket classes, `\\w \\W \\s \\S \\b \\B \\< \\> \\` \\'`, back-references;
a backslash is nothing special inside brackets; `*` at the start is an error; an unmatched `)` stands for itself.
Differs: POSIX wants the longest of all leftmost matches, Python's alternation takes the first that fits. Alternatives
of plain text are put longest first, which is the same thing; others stay in the order of the script.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sipapp.errors import ConfigError
from sipapp.script.pvsyntax import end_of_variable

if TYPE_CHECKING:
    from sipapp.interfaces.script import Getter, IBinder
    from sipapp.script.runtime import Context

_CLASSES: dict[bytes, bytes] = {
    b"alnum": b"0-9A-Za-z",
    b"alpha": b"A-Za-z",
    b"blank": rb"\ \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": b"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": b"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    b"space": rb"\ \t\n\r\x0b\x0c",
    b"upper": b"A-Z",
    b"xdigit": b"0-9A-Fa-f",
}
_ESCAPES: dict[bytes, bytes] = {  # GNU's own; all are plain Python too, or nearly
    b"w": rb"\w",
    b"W": rb"\W",
    b"s": rb"\s",
    b"S": rb"\S",
}
_ANCHORS: dict[bytes, bytes] = {
    b"b": rb"\b",
    b"B": rb"\B",
    b"<": rb"\b(?=\w)",
    b">": rb"\b(?<=\w)",
    b"`": rb"\A",
    b"'": rb"\Z",
}
_MOST_REPEATS = 0x7FFF  # glibc's RE_DUP_MAX


@lru_cache(maxsize=1024)
def compile_regex(text: bytes, icase: bool = True, newline: bool = False) -> re.Pattern[bytes]:
    """The pattern for an expression; `=~` and `case /.../` ignore case.

    newline: REG_NEWLINE: `.` and `[^...]` do not match a line feed, `^` and `$` match at every line.
    Raises ConfigError: no regular expression.
    """
    translated = _Translation(text, icase, newline).alternatives(depth=0)
    flags = re.IGNORECASE if icase else 0
    flags |= re.MULTILINE if newline else re.DOTALL
    try:
        return re.compile(translated, flags)
    except (re.error, OverflowError, RecursionError) as why:
        raise _bad(text, str(why)) from None


def _bad(text: bytes, reason: str) -> ConfigError:
    return ConfigError(f"bad regular expression {text.decode(errors='replace')!r}: {reason}")


class _Translation:
    """One pass over the expression. Positions are offsets into `text`."""

    def __init__(self, text: bytes, icase: bool, newline: bool) -> None:
        self.text = text
        self.icase = icase
        self.newline = newline
        self.at = 0
        self.opened = 0
        self.closed: set[int] = set()

    def peek(self) -> bytes:
        return self.text[self.at : self.at + 1]

    def alternatives(self, depth: int) -> bytes:
        before = frozenset(self.closed)
        branches = [self.branch(depth)]
        every = self.closed
        while self.peek() == b"|":
            self.at += 1
            self.closed = set(before)  # a branch may refer to no group of another branch
            branches.append(self.branch(depth))
            every = every | self.closed
        self.closed = every
        if len(branches) > 1 and all(plain for _, plain in branches):
            branches.sort(key=lambda branch: -len(branch[0]))
        return b"|".join(source for source, _ in branches)

    def branch(self, depth: int) -> tuple[bytes, bool]:
        """What stands between two `|`, and whether it is plain text."""
        pieces: list[bytes] = []
        plain = True
        while True:
            char = self.peek()
            if not char or char == b"|" or (char == b")" and depth):
                return b"".join(pieces), plain
            atom, literal, repeatable = self.atom(depth)
            if repeatable and (repeated := self.repeats(atom)) is not atom:
                atom, literal = repeated, False
            plain = plain and literal
            pieces.append(atom)

    def atom(self, depth: int) -> tuple[bytes, bool, bool]:
        """One atom, whether it is plain text, and whether it may be repeated."""
        char = self.peek()
        self.at += 1
        if char == b"(":
            return self.group(depth), False, True
        if char == b"[":
            return self.bracket(), False, True
        if char == b".":
            return b".", False, True
        if char == b"^":
            return b"^", False, False
        if char == b"$":
            return b"$" if self.newline else rb"\Z", False, False
        if char in (b"*", b"+", b"?", b"{"):
            raise _bad(self.text, f"nothing before {char.decode()!r} to repeat")
        if char == b"\\":
            return self.escape()
        return re.escape(char), True, True

    def group(self, depth: int) -> bytes:
        self.opened += 1
        number = self.opened
        inner = self.alternatives(depth + 1)
        if self.peek() != b")":
            raise _bad(self.text, "unmatched (")
        self.at += 1
        self.closed.add(number)
        return b"(%b)" % inner

    def escape(self) -> tuple[bytes, bool, bool]:
        char = self.peek()
        self.at += 1
        if not char:
            raise _bad(self.text, "it ends with a backslash")
        if char in _ESCAPES:
            return _ESCAPES[char], False, True
        if char in _ANCHORS:
            return _ANCHORS[char], False, False
        if char in b"123456789":
            if int(char) not in self.closed:
                raise _bad(self.text, f"\\{char.decode()} refers to no group before it")
            return rb"(?:\%b)" % char, False, True
        if self.icase and char.islower():
            # glibc upcases the text but not an escaped letter: `\d` matches nothing at all
            return b"(?!)", False, True
        return re.escape(char), True, True

    def repeats(self, atom: bytes) -> bytes:
        """The atom with all repetitions that follow it; each one repeats all before it, none is lazy or possessive."""
        done = 0
        while (char := self.peek()) and char in b"*+?{":
            self.at += 1
            quantifier = self.interval() if char == b"{" else char
            atom = (b"(?:%b)%b" if done else b"%b%b") % (atom, quantifier)
            done += 1
        return atom

    def interval(self) -> bytes:
        """`n}`, `n,}`, `,m}`, `n,m}` as Python writes it."""
        end = self.text.find(b"}", self.at)
        found = re.fullmatch(rb"(\d*)(,?)(\d*)", self.text[self.at : end]) if end > self.at else None
        if found is None or not (found[1] or found[2]):
            raise _bad(self.text, "a { that is no repetition count")
        least = int(found[1] or 0)
        most = int(found[3]) if found[3] else -1 if found[2] else least
        if least > _MOST_REPEATS or most > _MOST_REPEATS or 0 <= most < least:
            raise _bad(self.text, "a wrong repetition count")
        self.at = end + 1
        return b"{%d,}" % least if most < 0 else b"{%d,%d}" % (least, most)

    def bracket(self) -> bytes:
        """`[...]`: a backslash is an ordinary character; `]` is one if it comes first."""
        negated = self.peek() == b"^"
        self.at += negated
        members: list[bytes] = []
        first = True
        while first or self.peek() != b"]":
            members.append(self.member())
            first = False
        self.at += 1
        if negated and self.newline:
            members.append(rb"\n")
        return b"[%b%b]" % (b"^" if negated else b"", b"".join(members))

    def member(self) -> bytes:
        """One character, range or class inside brackets."""
        if self.text.startswith(b"[:", self.at):
            name = self.named(b":]")
            if name not in _CLASSES:
                raise _bad(self.text, f"no such class: [:{name.decode(errors='replace')}:]")
            return _CLASSES[name]
        low = self.endpoint()
        if self.peek() != b"-" or self.text[self.at + 1 : self.at + 2] in (b"]", b""):
            return re.escape(low)
        self.at += 1
        high = self.endpoint()
        if high < low:
            raise _bad(self.text, f"empty range {low.decode(errors='replace')}-{high.decode(errors='replace')}")
        return b"%b-%b" % (re.escape(low), re.escape(high))

    def endpoint(self) -> bytes:
        """One character; `[.x.]` and `[=x=]` are a long way to write it."""
        for opening, closing in ((b"[.", b".]"), (b"[=", b"=]")):
            if self.text.startswith(opening, self.at):
                char = self.named(closing)
                if len(char) != 1:
                    raise _bad(self.text, f"no single character: {char.decode(errors='replace')!r}")
                return char
        char = self.peek()
        if not char:
            raise _bad(self.text, "unmatched [")
        self.at += 1
        return char

    def named(self, closing: bytes) -> bytes:
        end = self.text.find(closing, self.at + 2)
        if end < 0:
            raise _bad(self.text, "unmatched [")
        name = self.text[self.at + 2 : end]
        self.at = end + 2
        return name


class Replacement(NamedTuple):
    """What one match becomes; offsets into the text that was searched."""

    start: int
    end: int
    data: bytes


_Piece = Callable[["Context", "re.Match[bytes]"], bytes]

_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Substitution:
    """A compiled `/expression/replacement/flags`; any character but the backslash may stand for the slash.

    flags: `i` ignores case, `g` replaces every match, `s` treats the text as one line. In the replacement `\\0` is
    the match, `\\1` to `\\9` its groups, `\\u` the Request-URI; variables are evaluated, null ones are empty.
    """

    __slots__ = ("every", "pattern", "pieces", "source")

    def __init__(self, source: bytes, pattern: re.Pattern[bytes], pieces: tuple[bytes | _Piece, ...], every: bool):
        self.source = source
        self.pattern = pattern
        self.pieces = pieces
        self.every = every

    @classmethod
    def parse(cls, source: bytes, binder: IBinder) -> Substitution:
        """Raises ConfigError: no substitution, or a variable that does not exist."""
        if len(source) < 3 or source.startswith(b"\\"):
            raise ConfigError(f"not a substitution /expression/replacement/flags: {_shown(source)}")
        mark = source[:1]
        middle = _unescaped(source, mark, 1)
        pieces, end = _replacement(source, mark, middle + 1, binder)
        flags = source[end + 1 :]
        if wrong := flags.strip(b"gis"):
            raise ConfigError(f"no such flag of a substitution: {_shown(wrong)}; there are g, i and s")
        pattern = compile_regex(source[1:middle], b"i" in flags, b"s" not in flags)
        return cls(source, pattern, pieces, b"g" in flags)

    def replacements(self, ctx: Context, text: bytes) -> list[Replacement] | None:
        """What is to be replaced in the text; None: a match was empty, which fails the whole substitution."""
        found: list[Replacement] = []
        match = self.pattern.search(text)
        while match is not None:
            start, end = match.span()
            if start == end:
                return None
            data = b"".join([p if p.__class__ is bytes else p(ctx, match) for p in self.pieces])  # type: ignore[operator]
            found.append(Replacement(start, end, data))
            if not self.every:
                break
            match = self.pattern.search(text, end)
        return found

    def apply(self, ctx: Context, text: bytes) -> tuple[bytes, int]:
        """The new text and the number of replacements; -1 where the substitution failed."""
        found = self.replacements(ctx, text)
        if not found:
            return text, 0 if found is not None else -1
        out: list[bytes] = []
        at = 0
        for start, end, data in found:
            out += (text[at:start], data)
            at = end
        out.append(text[at:])
        return b"".join(out), len(found)

    def __repr__(self) -> str:
        return f"<Substitution {self.source!r}>"


def _shown(source: bytes) -> str:
    return repr(source.decode(errors="replace"))


def _unescaped(source: bytes, mark: bytes, start: int) -> int:
    """Where the next mark without a backslash before it is."""
    at = source.find(mark, start)
    while at > 0 and source[at - 1 : at] == b"\\":
        at = source.find(mark, at + 1)
    if at < 0:
        raise ConfigError(f"the substitution {_shown(source)} has no second {_shown(mark)}")
    return at


def _replacement(source: bytes, mark: bytes, start: int, binder: IBinder) -> tuple[tuple[bytes | _Piece, ...], int]:
    """The replacement's pieces and the offset of the mark that ends it."""
    pieces: list[bytes | _Piece] = []
    plain = bytearray()
    at = start
    while (char := source[at : at + 1]) != mark:
        if not char:
            raise ConfigError(f"the substitution {_shown(source)} has no third {_shown(mark)}")
        piece: _Piece | None = None
        end = at + 1
        if char == b"\\":
            char, end = source[end : end + 1], at + 2
            piece = _escaped(char)
            char = _CONTROL.get(char, char)
        elif char == b"$":
            end = end_of_variable(source, at)
            piece = _value(binder.variable(source[at:end]).get)
        if piece is None:
            plain += char
        else:
            pieces += (bytes(plain), piece)
            plain.clear()
        at = end
    pieces.append(bytes(plain))
    return tuple(p for p in pieces if p), at


def _escaped(char: bytes) -> _Piece | None:
    """A group or the Request-URI; None for any other character behind a backslash."""
    if char.isdigit():
        return _group(int(char))
    return _request_uri if char == b"u" else None


def _group(number: int) -> _Piece:
    def piece(ctx: Context, match: re.Match[bytes]) -> bytes:
        return (match[number] or b"") if number <= match.re.groups else b""

    return piece


def _request_uri(ctx: Context, match: re.Match[bytes]) -> bytes:
    uri = ctx.draft.request_uri
    return getattr(ctx.message, "uri", b"") if uri is None else uri


def _value(read: Getter) -> _Piece:
    def piece(ctx: Context, match: re.Match[bytes]) -> bytes:
        value = read(ctx)
        return b"" if value is None else b"%d" % value if isinstance(value, int) else value

    return piece
