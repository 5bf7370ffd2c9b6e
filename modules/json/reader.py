# -*- test-case-name: tests.modules.json.test_reader -*-
"""reader: JSON as forgiving as the C library json-c reads it: single quotes, comments, commas at the end, and no word
about what follows the value."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from sipapp.module import ScriptError

Json = Any
"""dict, list, str, int, bool, None, or Number: a real, as it was written."""

_DEPTH = 32  # where json-c gives up
_LOWEST, _HIGHEST = -(1 << 63), (1 << 64) - 1
_WORDS: dict[str, Json] = {"null": None, "true": True, "false": False}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}

_blank = re.compile(r"(?:[ \t\n\v\f\r]+|/\*.*?\*/|//[^\n]*)*", re.DOTALL).match
_word = re.compile(r"null|true|false", re.IGNORECASE).match
_special = re.compile(r"NaN|-?Infinity", re.IGNORECASE).match
_number = re.compile(r"-?[0-9][0-9.eE+-]*").match
_hexadecimal = re.compile(r"([0-9A-Fa-f]{4})(?:\\u([Dd][C-Fc-f][0-9A-Fa-f]{2}))?").match
_surrogate = re.compile(r"\\u[Dd][89A-Fa-f]").search


class Number(str):
    """A real, as it was written: `1.50` stays that."""

    __slots__ = ()


def read(text: bytes) -> Json:
    """The value that a text begins with; bytes that are no UTF-8 are kept. Raises ScriptError: there is none."""
    plain = text.partition(b"\0")[0].decode("utf-8", "surrogateescape")
    if not _surrogate(plain):
        try:
            return _DECODER.raw_decode(plain.lstrip(" \t\n\r"))[0]
        except (ValueError, RecursionError):
            pass
    return _Reader(plain).value(1)


def _integer(text: str) -> int:
    return min(max(int(text), _LOWEST), _HIGHEST)


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=Number, parse_constant=Number, strict=False)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self) -> NoReturn:
        raise ScriptError(f"empty or invalid JSON at {self.text[self.at : self.at + 20]!r}")

    def skip(self) -> str:
        """Over blanks and comments; the next character, empty at the end."""
        found = _blank(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> Json:
        if depth > _DEPTH:
            self.fail()
        first = self.skip()
        if first == "{":
            return self.object(depth)
        if first == "[":
            return self.array(depth)
        if first and first in "\"'":
            return self.string(first)
        return self.scalar()

    def scalar(self) -> Json:
        if found := _word(self.text, self.at):
            self.at = found.end()
            return _WORDS[found[0].lower()]
        if found := _special(self.text, self.at):
            self.at = found.end()
            return Number(found[0])
        found = _number(self.text, self.at)
        if found is None:
            self.fail()
        text = found[0].rstrip("eE+-")
        try:
            float(text)
            value = _integer(text) if text.lstrip("-").isdigit() else Number(text)
        except ValueError:
            self.fail()
        self.at = found.end()
        return value

    def array(self, depth: int) -> list[Json]:
        self.at += 1
        items: list[Json] = []
        while self.skip() != "]":
            items.append(self.value(depth + 1))
            self.comma("]")
        self.at += 1
        return items

    def object(self, depth: int) -> dict[str, Json]:
        self.at += 1
        fields: dict[str, Json] = {}
        while (first := self.skip()) != "}":
            if not first or first not in "\"'":
                self.fail()
            name = self.string(first)
            if self.skip() != ":":
                self.fail()
            self.at += 1
            fields[name] = self.value(depth + 1)
            self.comma("}")
        self.at += 1
        return fields

    def comma(self, end: str) -> None:
        following = self.skip()
        if following == ",":
            self.at += 1
        elif following != end:
            self.fail()

    def string(self, quote: str) -> str:
        self.at += 1
        pieces: list[str] = []
        while True:
            start = self.at
            while self.text[self.at : self.at + 1] not in (quote, "\\", ""):
                self.at += 1
            pieces.append(self.text[start : self.at])
            if self.at >= len(self.text):
                self.fail()
            self.at += 1
            if self.text[self.at - 1] == quote:
                return "".join(pieces)
            pieces.append(self.escape())

    def escape(self) -> str:
        kind = self.text[self.at : self.at + 1]
        self.at += 1
        if kind != "u":
            return _ESCAPES[kind] if kind in _ESCAPES else self.fail()
        found = _hexadecimal(self.text, self.at)
        if found is None:
            self.fail()
        high, low = int(found[1], 16), int(found[2] or "0", 16)
        if 0xD800 <= high <= 0xDBFF and low:
            self.at = found.end()
            return chr(0x10000 + (high - 0xD800 << 10) + low - 0xDC00)
        self.at = found.end(1)
        return "\ufffd" if 0xD800 <= high <= 0xDFFF else chr(high)
