# -*- test-case-name: tests.modules.test_textops_strings -*-
"""strings: compares and searches texts that may hold variables."""

from __future__ import annotations

from sipapp.module import ConfigError, script_function

EQUAL, MORE, LESS = 1, -1, -2
"""What a comparison answers."""


def separator(text: bytes) -> bytes:
    """One character. Raises ConfigError."""
    if len(text) != 1:
        raise ConfigError(f"the separator must be one character, got {text.decode(errors='replace')!r}")
    return text


def compare(one: bytes, two: bytes) -> int:
    """1: the same; -1: `one` comes later in the order of bytes; -2: earlier."""
    return EQUAL if one == two else MORE if one > two else LESS


class Strings:
    """in_list(), cmp_str(), starts_with() and their like."""

    @script_function(parse={"separator": separator}, late=True)
    def in_list(self, subject: bytes, list: bytes, separator: bytes) -> bool:
        """The subject is an element of the list; white space around elements counts nothing."""
        return bool(subject) and subject in [element.strip(b" \t\r\n") for element in list.split(separator)]

    @script_function(parse={"separator": separator}, late=True)
    def in_list_prefix(self, subject: bytes, list: bytes, separator: bytes) -> bool:
        """An element of the list is a prefix of the subject."""
        elements = [element.strip(b" \t\r\n") for element in list.split(separator)]
        return bool(subject) and any(element and subject.startswith(element) for element in elements)

    @script_function()
    def cmp_str(self, str1: bytes, str2: bytes) -> int:
        """The texts are the same (1); -1: the first comes later in the order of bytes, -2: earlier."""
        return compare(str1, str2)

    @script_function()
    def cmp_istr(self, str1: bytes, str2: bytes) -> int:
        """The same without case."""
        return compare(str1.lower(), str2.lower())

    @script_function()
    def starts_with(self, str1: bytes, str2: bytes) -> int:
        """The first text starts with the second (1); else -1 or -2 as in cmp_str()."""
        if len(str1) < len(str2):
            return -1
        return compare(str1[: len(str2)], str2)

    @script_function()
    def ends_with(self, str1: bytes, str2: bytes) -> int:
        """The first text ends with the second (1); else -1 or -2 as in cmp_str()."""
        if len(str1) < len(str2):
            return -1
        return compare(str1[len(str1) - len(str2) :], str2)

    @script_function()
    def str_find(self, str1: bytes, str2: bytes) -> int:
        """Where the second text is in the first, counted from 1; -1: nowhere."""
        return str1.find(str2) + 1 or -1

    @script_function()
    def str_ifind(self, str1: bytes, str2: bytes) -> int:
        """The same without case."""
        return str1.lower().find(str2.lower()) + 1 or -1

    @script_function()
    def str_any_in(self, txt: bytes, clist: bytes) -> bool:
        """One character of the list, at least, is in the text."""
        return any(byte in txt for byte in clist)

    @script_function()
    def str_all_in(self, txt: bytes, clist: bytes) -> bool:
        """Every character of the list is in the text; false where either is empty."""
        return bool(txt and clist) and all(byte in txt for byte in clist)
