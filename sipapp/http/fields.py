# -*- test-case-name: tests.http.test_fields -*-
"""fields: the header lines that a script gives with a request, as curl takes them."""

from __future__ import annotations

from sipapp.interfaces.http import Fields

FORM = b"application/x-www-form-urlencoded"


def parse_fields(text: bytes) -> tuple[Fields, set[bytes]]:
    """The fields of whole lines, and the names (lower case) of those that shall not be sent at all.

    `Name: value` is sent; `Name;` is sent without a value; `Name:` keeps even the usual one away. Other lines are
    passed over.
    """
    fields: Fields = []
    unwanted: set[bytes] = set()
    if not text:
        return fields, unwanted
    for line in text.replace(b"\r", b"\n").split(b"\n"):
        name, colon, value = line.partition(b":")
        name, value = name.strip(), value.strip()
        if colon and name and value:
            fields.append((name, value))
        elif colon and name:
            unwanted.add(name.lower())
        elif name.endswith(b";") and name[:-1]:
            fields.append((name[:-1], b""))
    return fields, unwanted


def with_usual(fields: Fields, unwanted: set[bytes], *usual: tuple[bytes, bytes | None]) -> Fields:
    """`fields` after those of `usual` that have a value, that they do not set themselves and that are wanted."""
    taken = {name.lower() for name, _ in fields} | unwanted
    return [(name, value) for name, value in usual if value is not None and name.lower() not in taken] + fields
