# -*- test-case-name: tests.script.test_lexer -*-
"""lexer: one file of a script becomes tokens.

A token is a tuple: kind, text, source, offset. The kind of a keyword is its main spelling, that of a symbol the
symbol; the others are ID, NUMBER, NUMID (`5ab`), STRING, VARIABLE, PLAIN (`$name` outside the Kamailio dialect),
AVP, IPV6, EVENT and END. A string's text is its value, one character for each byte.

The rules are those of Kamailio's scanner: the longest lexeme wins; a define's value takes the place of its name in the
text and is read again together with what follows it; characters that mean nothing are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sipapp.script.keywords import (
    BARE_DIRECTIVES,
    DIALECTS,
    KEYWORDS,
    NAMED_DIRECTIVES,
    NUMBER_WORDS,
    OPEN_DIRECTIVES,
)
from sipapp.script.source import Source

if TYPE_CHECKING:
    from sipapp.script.preprocess import Preprocessor

Token = tuple[str, str, Source, int]

_BLANK = r"[ \t\x08\r]"


def _any(words: Iterable[str]) -> str:
    """One of the words, the longest that fits."""
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_lexeme = re.compile(
    rf"""[ \t\x08\r\n]*(?:
      (?P<word> [A-Za-z_]\w* )
    | (?P<symbol> == | =~ | = | >= | >> | > | <= | << | < | && | & | \|\| | \| | \+= | [-+~^,;*)\]\[{{}}.]
                | :(?!:) | != | !(?!!) | /(?![/*]) | \((?:int|str)\) | \( )
    | (?P<string> " )
    | (?P<number> \d\w* )
    | (?P<variable> \$ )
    | (?P<raw> ' )
    | (?P<directive> (?:\#!|!!) (?: {_any(NAMED_DIRECTIVES)} {_BLANK}+
                                  | {_any(BARE_DIRECTIVES)} {_BLANK}* \n
                                  | {_any(OPEN_DIRECTIVES)} )
                   | (?:\#|//)! {_any(DIALECTS)} \n )
    | (?P<comment> (?:\#|//) [^\n]* )
    | (?P<block> /\* )
    | (?P<not> ! )
    | (?P<select> @ )
    | (?P<attribute> % )
    | (?P<joined> \\\n )
    | (?P<end> \Z )
    | (?P<ipv6> :(?::[0-9A-Fa-f]{{1,4}}){{1,7}} | :: )
    | (?P<stray> [^\x00-\x7f]+ | . )
    )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
).match

_quoted = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL).match
_another = re.compile(r'[ \t\x08\r\n]*(?=")').match
_escape = re.compile(r'\\(?:([nrat"\\])|x([0-9A-Fa-f]{1,2})|([0-7]{2,3})|(\n))')
_number = re.compile(r"0|[1-9][0-9]*|0x[0-9A-Fa-f]+|0[0-7]+|[01]+b").fullmatch
_ipv6 = re.compile(
    r"(?:(?:H:){7}H|(?:H:){1,7}(?::H){1,7}|:(?::H){1,7}|(?:H:){1,7}:|::)".replace("H", "[0-9A-Fa-f]{1,4}")
)
_result = re.compile(r"\$(?:\?|retcode|rc)(?:\([0-9]+\))?").match
_variable = re.compile(r"\$(?:[A-Za-z_]\w*|'\.')*", re.ASCII).match
_ambiguous = re.compile(r"\$(?:(?P<attribute>(?:[ft][rud]?|g)\.|[A-Za-z_]\w*\[)|[A-Za-z_]\w*)?", re.ASCII).match
_parenthesis = re.compile(r"[()\n]")
_attribute = re.compile(r"[^A-Za-z_\n;]*((?:(?:[ft][rud]?|g)\.)?[A-Za-z_]\w*)", re.ASCII).match
_selected = re.compile(
    r'(?P<ID>[A-Za-z_]\w*)|(?P<symbol>[.\[\]])|(?P<NUMBER>0x[0-9A-Fa-f]+|[01]+b|\d+)|(?P<string>")|(?P<line>\n)',
    re.ASCII,
).match
_comment_mark = re.compile(r"/\*|\*/")
_event = re.compile(
    r"[ \t\x08\r\n]*(\[)[^A-Za-z\[\]]*([A-Za-z][0-9A-Za-z-]*(?::[A-Za-z][0-9A-Za-z_-]*)+)?([^\]\[{}]*)(\])"
).match

_ESCAPES = {"n": "\n", "r": "\r", "a": "\a", "t": "\t", '"': '"', "\\": "\\"}
_AT_MOST = 1000  # expansions where one define is used


def unescape(text: str) -> str:
    """What stands between double quotes, its escapes resolved: `\\n \\r \\a \\t \\" \\\\ \\x41 \\101`, a line end."""
    return _escape.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    char, hexadecimal, octal, _ = found.groups()
    if char:
        return _ESCAPES[char]
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return chr(int(octal, 8) & 0xFF) if octal else ""


def number_value(text: str) -> int:
    """The value of a NUMBER token, in 32 signed bits: too many digits overflow as they do in C."""
    if text in NUMBER_WORDS:
        return NUMBER_WORDS[text]
    if text.startswith("0x"):
        value = int(text, 16)
    elif text.endswith("b"):
        value = int(text[:-1], 2)
    else:
        value = int(text, 8 if text.startswith("0") else 10)
    return signed(min(value, 0x7FFFFFFFFFFFFFFF))


def signed(value: int) -> int:
    """The low 32 bits as a signed number."""
    return ((value + 0x80000000) & 0xFFFFFFFF) - 0x80000000


class Scanner:
    """One source on its way to tokens, which go to the preprocessor's list.

    A used define is spliced into `text`, which then is what remains to be read: `text[:inserted]` comes from defines
    and counts as standing where the outermost was used; what is behind lies `shift` further on in the source.
    """

    __slots__ = ("at", "expansions", "host", "inserted", "shift", "source", "text", "used_at")

    def __init__(self, source: Source, host: Preprocessor) -> None:
        self.source = source
        self.host = host
        self.text = source.text
        self.at = 0
        self.shift = 0
        self.inserted = 0
        self.used_at = 0
        self.expansions = 0

    def place(self, offset: int) -> int:
        """Where in the source an offset into the text is."""
        return self.used_at if offset < self.inserted else offset + self.shift

    def emit(self, kind: str, text: str, start: int) -> None:
        self.host.tokens.append((kind, text, self.source, self.place(start)))

    def fail(self, reason: str, start: int) -> None:
        self.host.errors.append(self.source.error(reason, self.place(start)))

    def warn(self, reason: str, start: int) -> None:
        self.host.warnings.append(self.source.error(reason, self.place(start)))

    def run(self) -> None:
        """Read the source to its end."""
        add = self.host.tokens.append
        source = self.source
        while True:
            found = _lexeme(self.text, self.at)
            assert found is not None
            kind = found.lastgroup
            assert kind is not None
            text = found[kind]
            self.at = found.end()
            start = self.at - len(text)
            if kind == "word":
                self.word(text, start)
            elif kind == "symbol":
                add((text, text, source, self.used_at if start < self.inserted else start + self.shift))
            elif kind == "end":
                return
            else:
                _HANDLERS[kind](self, text, start)

    def word(self, word: str, start: int) -> None:
        if self.text.startswith(":", self.at) and self.with_colon(word, start):
            return
        kind = KEYWORDS.get(word)
        if kind is None:
            value = self.host.values.get(word)
            if value is not None:
                self.expand(word, value, start)
                return
            kind = "ID"
        elif kind == "include_file" or kind == "import_file":
            self.host.include(self, kind, start)
            return
        offset = self.used_at if start < self.inserted else start + self.shift
        self.host.tokens.append((kind, word, self.source, offset))
        if kind == "event_route":
            self.event()

    def with_colon(self, word: str, start: int) -> bool:
        """`msg:len`, `uri:host`, `uri:port`, or an IPv6 address that begins with what looks like a word."""
        text = self.text
        for whole in ("msg:len",) if word == "msg" else ("uri:host", "uri:port") if word == "uri" else ():
            if text.startswith(whole, start):
                self.at = start + len(whole)
                self.emit(whole, whole, start)
                return True
        address = _ipv6.match(text, start)
        if address is None:
            return False
        self.at = address.end()
        self.emit("IPV6", address[0], start)
        return True

    def expand(self, name: str, value: str, start: int) -> None:
        """Put a define's value in the place of its name."""
        end = self.at
        nested = start < self.inserted
        self.expansions = self.expansions + 1 if nested else 1
        if self.expansions > _AT_MOST:
            self.fail(f'the value of the define "{name}" leads back to itself', start)
            self.host.values[name] = "0"
            self.emit("NUMBER", "0", start)
            return
        self.used_at = self.place(start)
        self.text = value + self.text[end:]
        self.shift += end - len(value)
        self.inserted = len(value) + (max(self.inserted - end, 0) if nested else 0)
        self.at = 0

    def event(self) -> None:
        """`[module:event]` behind event_route, a world of its own: no keyword, define or quote counts in there."""
        found = _event(self.text, self.at)
        if found is None:
            return
        self.emit("[", "[", found.start(1))
        if found[2] and not found[3].strip("\"' \t\r\n"):
            self.emit("EVENT", found[2], found.start(2))
        elif found[2] or found[3].strip():
            self.emit("NUMID", (found[2] or "") + found[3], found.start(1) + 1)
        self.emit("]", "]", found.start(4))
        self.at = found.end()

    def number(self, text: str, start: int) -> None:
        if self.text.startswith(":", self.at) and self.with_colon(text, start):
            return
        self.emit("NUMBER" if _number(text) else "NUMID", text, start)

    def string(self, text: str, start: int) -> None:
        """Quoted text; what is quoted again behind it, with nothing but white space between, goes on with it."""
        parts = []
        end = start
        while (quoted := _quoted(self.text, end)) is not None:
            parts.append(unescape(quoted[1]))
            self.at = quoted.end()
            if (blank := _another(self.text, self.at)) is None:
                break
            end = blank.end()
        else:
            self.unclosed("string", end)
            return
        value = "".join(parts)
        if "\0" in value:
            value = value[: value.index("\0")]
        self.host.string(self, value, start)

    def raw(self, text: str, start: int) -> None:
        """Text between single quotes: there are no escapes."""
        end = self.text.find("'", self.at)
        if end < 0:
            self.unclosed("string", start)
            return
        value = self.text[self.at : end]
        self.at = end + 1
        self.host.string(self, value, start)

    def unclosed(self, what: str, start: int) -> None:
        """The rest of the text is gone."""
        self.host.unclosed = self.source.error(f"this {what} is never closed", self.place(start))
        self.at = len(self.text)

    def comment(self, text: str, start: int) -> None:
        if text[:2] == "#!" and text[2:3].isalpha() and self.place(start):
            directive = text.split()[0]
            reason = "takes nothing behind it" if directive in ("#!else", "#!endif") else "is no directive"
            self.warn(f"{directive} {reason}: the line is a comment", start)

    def block(self, text: str, start: int) -> None:
        """`/* ... */`, which may hold others."""
        depth = 1
        for mark in _comment_mark.finditer(self.text, self.at):
            depth += 1 if mark[0] == "/*" else -1
            if not depth:
                self.at = mark.end()
                return
        self.unclosed("comment", start)

    def variable(self, text: str, start: int) -> None:
        if (result := _result(self.text, start)) is not None:
            self.at = result.end()
            self.emit("VARIABLE", result[0], start)
        elif self.host.dialect == "ser":
            self.attribute(text, start)
        elif self.text.startswith("(", self.at):
            self.parenthesised(start, self.at)
        elif self.host.dialect == "kamailio":
            self.named(start, _variable(self.text, start), "VARIABLE")
        else:
            found = _ambiguous(self.text, start)
            assert found is not None
            if found["attribute"]:
                self.attribute(text, start)
            else:
                self.named(start, found, "PLAIN")

    def named(self, start: int, found: re.Match[str] | None, kind: str) -> None:
        assert found is not None
        self.at = found.end()
        if self.text.startswith("(", self.at):
            self.parenthesised(start, self.at)
        elif self.at == start + 1:
            self.fail("a variable's name is expected behind the $", start)
            self.emit(kind, "$null", start)
        else:
            self.emit(kind, self.host.substituted(found[0]), start)

    def parenthesised(self, start: int, opening: int) -> None:
        """A variable up to the parenthesis that closes the one at `opening`; it must stand on the same line."""
        depth = 0
        for mark in _parenthesis.finditer(self.text, opening):
            if mark[0] == "\n":
                break
            depth += 1 if mark[0] == "(" else -1
            if not depth:
                self.at = mark.end()
                self.emit("VARIABLE", self.host.substituted(self.text[start : self.at]), start)
                return
        self.fail("this variable's parenthesis is not closed on its line", start)
        self.at = min((i for i in (self.text.find(c, opening) for c in ";\n") if i >= 0), default=len(self.text))
        self.emit("VARIABLE", "$null", start)

    def attribute(self, text: str, start: int) -> None:
        """`%name`, `%fu.name`; in the SER dialect also with a $."""
        found = _attribute(self.text, self.at)
        if found is None or found[1] in ("f", "t", "fr", "tr", "fu", "tu", "fd", "td", "g"):
            self.fail("an attribute's name is expected", start)
            self.emit("VARIABLE", "$null", start)
            return
        self.at = found.end()
        self.emit("AVP", found[1], start)

    def select(self, text: str, start: int) -> None:
        """`@` and the path behind it, in which no keyword or define counts."""
        self.emit("@", "@", start)
        while (found := _selected(self.text, self.at)) is not None:
            kind = found.lastgroup or ""
            self.at = found.end()
            if kind == "string":
                self.string('"', found.start())
            elif kind != "line":
                self.emit(found[0] if kind == "symbol" else kind, found[0], found.start())

    def directive(self, text: str, start: int) -> None:
        self.host.directive(self, text.strip("#!/ \t\b\r\n"), start)

    def negation(self, text: str, start: int) -> None:
        self.emit("!", "!", start)

    def ipv6(self, text: str, start: int) -> None:
        self.emit("IPV6", text, start)

    def joined(self, text: str, start: int) -> None:
        """A backslash before a line end means nothing."""

    def stray(self, text: str, start: int) -> None:
        """What no lexeme begins with is left out."""
        shown = text.encode("latin-1").decode("utf-8", "replace")
        if shown != "\ufeff":
            self.warn(f'"{shown}" means nothing here and is left out', start)


_HANDLERS = {
    "string": Scanner.string,
    "number": Scanner.number,
    "variable": Scanner.variable,
    "raw": Scanner.raw,
    "directive": Scanner.directive,
    "comment": Scanner.comment,
    "block": Scanner.block,
    "not": Scanner.negation,
    "select": Scanner.select,
    "attribute": Scanner.attribute,
    "ipv6": Scanner.ipv6,
    "joined": Scanner.joined,
    "stray": Scanner.stray,
}
