# -*- test-case-name: tests.modules.test_textops_names -*-
"""names: the names of header fields, as scripts give them."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.headers import header_key
from sipapp.module import ConfigError

LONGEST = 252
"""Longer names, given by variables, are not looked for."""


def field_key(text: bytes) -> bytes:
    """A name or compact form that stands in the script, as the message knows it; a colon may follow it.

    Raises ConfigError: no name.
    """
    try:
        return header_key(text.partition(b":")[0])
    except ParseError as why:
        raise ConfigError(str(why)) from None


def given_key(text: bytes) -> bytes | None:
    """The same for a name that a variable gave; None: not the name of a header field."""
    try:
        return header_key(text) if len(text) <= LONGEST else None
    except ParseError:
        return None
