# -*- test-case-name: tests.modules.pv.test_paramlist -*-
"""paramlist: `a=1;b;c="x"` by Kamailio's rules, which are neither a URI's nor a header field's."""

from __future__ import annotations

import re

_WHITE = b" \t\r\n"


def parse_params(text: bytes, separator: bytes = b";") -> list[tuple[bytes, bytes]] | None:
    """The parameters in order, each with its value, quotes taken off; None where the list is malformed.

    White space may stand before a name, around `=` and behind a value; none behind the last separator. A comma or
    `>` ends the list.
    """
    name_end = re.compile(rb"[^ \t\r\n,=%b]*" % re.escape(separator)).match
    token = re.compile(rb"[^ \t\r\n,%b]+" % re.escape(separator)).match
    found: list[tuple[bytes, bytes]] = []
    rest = text
    while True:
        name = name_end(rest)[0]  # type: ignore[index]
        rest = rest[len(name) :].lstrip(_WHITE)
        body = b""
        if rest.startswith(b"="):
            rest = rest[1:].lstrip(_WHITE)
            if rest[:1] in (b'"', b"'") and rest:
                body, quote, after = rest[1:].partition(rest[:1])
                if not quote:
                    return None
                rest = after
            elif rest:
                value = token(rest)
                if value is None:
                    return None
                body = value[0]
                rest = rest[len(body) :]
            rest = rest.lstrip(_WHITE)
        found.append((name, body))
        if rest[:1] in (b"", b",", b">"):
            return found
        if not rest.startswith(separator):
            return None
        rest = rest[1:].lstrip(_WHITE)
        if not rest:
            return None
