# -*- test-case-name: tests.modules.pv.test_strings -*-
"""strings: the transformations {s.*} that cut, trim, count and replace."""

from __future__ import annotations

import re
import time
from typing import Any

from sipapp.interfaces.script import IBinder, Value
from sipapp.module import ConfigError, transformation
from sipapp.module.arguments import Arguments, Mark, Natural, Separator
from sipapp.script.values import HIGHEST, LOWEST, own_number

_WHITE = b" \t\r\n"
_BLANKS_TO_SPACE = bytes.maketrans(b"\t\r\n", b"   ")
_DIGITS = b"0123456789"
_NO_DIGITS = bytes(set(range(256)) - set(_DIGITS))
_BRACKETS = (b"()", b"[]", b"{}", b"<>")
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_FOLD = re.compile(rb"[\r\n]+([ \t]*)").sub
_LONGEST = 65535  # bytes that a list of prefixes may have


class Strings:
    """{s.*}, the part that needs no code."""

    @transformation("s.len")
    def s_len(self, value: bytes) -> int:
        """{s.len}: how many bytes it has."""
        return len(value)

    @transformation("s.int", "s.intv")
    def s_int(self, value: Value) -> int | None:
        """{s.int}: the text as a number; fails unless it is digits with at most one sign before them, of 32 bits. In a
        text it stands as it was written."""
        number = own_number(value)
        if value is None or number is not None:
            return number
        assert isinstance(value, bytes)
        digits = value[1:] if value[:1] in (b"+", b"-") else value
        if not digits:
            return 0
        number = int(value) if digits.isdigit() else None
        return number if number is not None and LOWEST <= number <= HIGHEST else None

    @transformation("s.tolower")
    def s_tolower(self, value: bytes) -> bytes:
        """{s.tolower}: A to Z in lower case."""
        return value.lower()

    @transformation("s.toupper")
    def s_toupper(self, value: bytes) -> bytes:
        """{s.toupper}: a to z in upper case."""
        return value.upper()

    @transformation("s.numeric")
    def s_numeric(self, value: bytes) -> bytes:
        """{s.numeric}: only its digits."""
        return value.translate(None, _NO_DIGITS)

    @transformation("s.rmws")
    def s_rmws(self, value: bytes) -> bytes:
        """{s.rmws}: without blanks, tabs, carriage returns and line feeds."""
        return value.translate(None, _WHITE)

    @transformation("s.rmhdws")
    def s_rmhdws(self, value: bytes) -> bytes:
        """{s.rmhdws}: each fold of a header field made one blank."""
        return _unfolded(value, b" ")

    @transformation("s.rmhlws")
    def s_rmhlws(self, value: bytes) -> bytes:
        """{s.rmhlws}: each fold of a header field removed."""
        return _unfolded(value, b"")

    @transformation("s.trim")
    def s_trim(self, value: bytes) -> bytes:
        """{s.trim}: without white space at either end."""
        return value.strip(_WHITE)

    @transformation("s.ltrim")
    def s_ltrim(self, value: bytes) -> bytes:
        """{s.ltrim}: without white space before it."""
        return value.lstrip(_WHITE)

    @transformation("s.rtrim")
    def s_rtrim(self, value: bytes) -> bytes:
        """{s.rtrim}: without white space behind it."""
        return value.rstrip(_WHITE)

    @transformation("s.unquote")
    def s_unquote(self, value: bytes) -> bytes:
        """{s.unquote}: without the quotes, single or double, around it."""
        quoted = len(value) > 1 and value[0] == value[-1] and value[:1] in (b'"', b"'")
        return value[1:-1] if quoted else value

    @transformation("s.unbracket")
    def s_unbracket(self, value: bytes) -> bytes:
        """{s.unbracket}: without the pair of (), [], {} or <> around it."""
        return value[1:-1] if len(value) > 1 and value[:1] + value[-1:] in _BRACKETS else value

    # -- parts ------------------------------------------------------------------------------------------------------

    @transformation("s.substr")
    def s_substr(self, value: bytes, offset: int, length: Natural) -> bytes | None:
        """{s.substr,offset,length}: a part of it; a negative offset counts from the end, length 0 goes to the end.

        Fails where the offset lies outside.
        """
        if offset < 0:
            offset += len(value)
        if not 0 <= offset < len(value):
            return None
        return value[offset : offset + length] if length else value[offset:]

    @transformation("s.select")
    def s_select(self, value: bytes, index: int, separator: Separator) -> bytes:
        """{s.select,index,separator}: one of its fields; a negative index counts from the end. Empty where there is
        no such field. The separator is one character, or \\n, \\r, \\t, \\\\."""
        return _nth(value.split(separator), index)

    @transformation("s.selectsw")
    def s_selectsw(self, value: bytes, index: int) -> bytes:
        """{s.selectsw,index}: the same; any white space separates, and each byte of it anew."""
        return _nth(value.translate(_BLANKS_TO_SPACE).split(b" "), index)

    @transformation("s.strip")
    def s_strip(self, value: bytes, count: int) -> bytes:
        """{s.strip,count}: without its first bytes."""
        return value[count:] if count > 0 else value

    @transformation("s.striptail")
    def s_striptail(self, value: bytes, count: int) -> bytes:
        """{s.striptail,count}: without its last bytes."""
        return value[: max(len(value) - count, 0)] if count > 0 else value

    @transformation("s.stripto")
    def s_stripto(self, value: bytes, mark: bytes) -> bytes:
        """{s.stripto,c}: from the first c on; empty where there is none."""
        at = value.find(mark[:1] or b"}")  # `{s.stripto,}`: what stands there is the brace
        return value[at:] if at >= 0 else b""

    @transformation("s.before")
    def s_before(self, value: bytes, mark: Mark) -> bytes:
        """{s.before,c}: what stands before the first c; all of it where there is none."""
        return value.partition(mark[:1])[0]

    @transformation("s.after")
    def s_after(self, value: bytes, mark: Mark) -> bytes:
        """{s.after,c}: what stands behind the first c; empty where there is none."""
        return value.partition(mark[:1])[2]

    @transformation("s.rbefore")
    def s_rbefore(self, value: bytes, mark: Mark) -> bytes:
        """{s.rbefore,c}: what stands before the last c; all of it where there is none."""
        before, found, after = value.rpartition(mark[:1])
        return before if found else after

    @transformation("s.rafter")
    def s_rafter(self, value: bytes, mark: Mark) -> bytes:
        """{s.rafter,c}: what stands behind the last c; empty where there is none."""
        _, found, after = value.rpartition(mark[:1])
        return after if found else b""

    @transformation("s.charat")
    def s_charat(self, value: bytes, index: int) -> bytes:
        """{s.charat,index}: one byte of it; empty where the index lies outside."""
        return value[index : index + 1] if index >= 0 else b""

    @transformation("s.byteat")
    def s_byteat(self, value: bytes, index: int) -> int:
        """{s.byteat,index}: the code of one byte, -1 where the index lies outside."""
        if not 0 <= index < len(value):
            return -1
        return value[index]

    # -- counting and replacing -------------------------------------------------------------------------------------

    @transformation("s.count")
    def s_count(self, value: bytes, mark: Mark) -> int:
        """{s.count,c}: how often c stands in it."""
        return value.count(mark[:1])

    @transformation("s.replace")
    def s_replace(self, value: bytes, match: bytes, replacement: bytes) -> bytes:
        """{s.replace,match,replacement}: every match replaced."""
        return value.replace(match, replacement) if match else value

    @transformation("s.rm", bind=True)
    def s_rm(self, arguments: bytes, binder: IBinder) -> Any:
        """{s.rm,match}: every match removed; \\n, \\r, \\t, \\\\ are understood."""
        reader = Arguments("s.rm", arguments, binder)
        if not reader.more():
            raise ConfigError("{s.rm}: the argument 'match' is missing")
        match = reader.text()
        if reader.more():
            raise ConfigError("{s.rm}: takes 1 argument, got more")
        if isinstance(match, bytes):
            fixed = _unescaped(match)
            return lambda ctx, value: _removed(value, fixed)
        read = match
        return lambda ctx, value: _removed(value, read(ctx))

    @transformation("s.prefixes")
    def s_prefixes(self, value: bytes, most: int = 0) -> bytes | None:
        """{s.prefixes,most}: its prefixes, shortest first, with commas between; at most so many."""
        return _prefixes(value, most, b"", 3)

    @transformation("s.prefixes.quoted")
    def s_prefixes_quoted(self, value: bytes, most: int = 0) -> bytes | None:
        """{s.prefixes.quoted,most}: the same, each in single quotes."""
        return _prefixes(value, most, b"'", 1)

    @transformation("s.fmtlines")
    def s_fmtlines(self, value: bytes, width: Natural, indent: Natural) -> bytes | None:
        """{s.fmtlines,width,indent}: lines of so many bytes, each but the first behind so many blanks."""
        return _lines(value, width, b" " * indent)

    @transformation("s.fmtlinet")
    def s_fmtlinet(self, value: bytes, width: Natural, indent: Natural) -> bytes | None:
        """{s.fmtlinet,width,indent}: the same with tabs."""
        return _lines(value, width, b"\t" * indent)

    @transformation("s.ftime")
    def s_ftime(self, value: Value, form: bytes) -> bytes | None:
        """{s.ftime,format}: a time in seconds since 1970 as local time, by strftime's format."""
        if isinstance(value, bytes):
            value = int(value or b"0") if value.isdigit() or not value else None
        if value is None:
            return None
        return time.strftime(form.decode("utf-8", "surrogateescape"), time.localtime(value)).encode(
            "utf-8", "surrogateescape"
        )


def _nth(fields: list[bytes], index: int) -> bytes:
    return fields[index] if -len(fields) <= index < len(fields) else b""


def _removed(value: Value, match: bytes | None) -> bytes | None:
    if value is None or match is None:
        return None
    text = b"%d" % value if isinstance(value, int) else value
    return text.replace(match, b"") if match else text


def _unescaped(text: bytes) -> bytes:
    pieces = []
    at = 0
    while at < len(text):
        char = text[at : at + 1]
        at += 1
        if char == b"\\" and at < len(text):
            char = text[at : at + 1]
            char = _CONTROL.get(char, char)
            at += 1
        pieces.append(char)
    return b"".join(pieces)


def _prefixes(value: bytes, most: int, quote: bytes, spare: int) -> bytes | None:
    count = most if 0 < most < len(value) else len(value)
    if count * (count // 2 + spare) > _LONGEST:
        return None
    return b",".join(quote + value[:length] + quote for length in range(1, count + 1))


def _lines(value: bytes, width: int, indent: bytes) -> bytes | None:
    if not width:
        return None
    return (b"\r\n" + indent).join(value[at : at + width] for at in range(0, len(value), width))


def _unfolded(value: bytes, blank: bytes) -> bytes:
    """Line ends gone, and the white space behind them `blank`."""
    return _FOLD(lambda fold: blank if fold[1] else b"", value)
