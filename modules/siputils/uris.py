# -*- test-case-name: tests.modules.siputils.test_uris -*-
"""uris: what the others ask of the Request-URI and of a URI's parameters."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.message.parameters import unquote
from sipapp.message.uri import Uri
from sipapp.module import Context, ScriptError


class Parameter(NamedTuple):
    """One parameter of a URI; offsets (bytes) into the URI's text, `start` is that of its semicolon."""

    name: bytes
    value: bytes
    start: int
    end: int


def request_uri(ctx: Context) -> bytes:
    """The Request-URI as the script has left it. Raises ScriptError: the message is a response."""
    uri: bytes | None = ctx.draft.request_uri or getattr(ctx.message, "uri", None)
    if uri is None:
        raise ScriptError("a response has no Request-URI")
    return uri


def parse_uri(text: bytes) -> Uri:
    """Raises ScriptError: malformed."""
    try:
        return Uri.parse(text)
    except ParseError as why:
        raise ScriptError(str(why)) from None


def parameters(uri: Uri) -> list[Parameter]:
    """A URI's parameters, names and values as received, quotes of values undone."""
    tail = bytes(uri.parameters)
    at = len(uri.text) - len(tail) - (0 if uri.headers is None else len(uri.headers) + 1)
    found = []
    for piece in _pieces(tail):
        name, _, value = piece.partition(b"=")
        if name.strip():
            found.append(Parameter(name.strip(), unquote(value.strip()), at - 1, at + len(piece)))
        at += len(piece) + 1
    return found


def _pieces(tail: bytes) -> list[bytes]:
    """Between the semicolons that are not in quotes."""
    pieces = tail.split(b";")
    if b'"' not in tail:
        return pieces
    joined = [pieces[0]]
    for piece in pieces[1:]:
        if joined[-1].count(b'"') % 2:
            joined[-1] += b";" + piece
        else:
            joined.append(piece)
    return joined


def find_parameter(uri: Uri, name: bytes) -> Parameter | None:
    """The first parameter of this name; letter case does not count."""
    name = name.lower()
    return next((p for p in parameters(uri) if p.name.lower() == name), None)


def same_uri(one: Uri, two: Uri) -> bool:
    """RFC 3261 §19.1.4 as Kamailio has it: escapes, headers and a transport that only one has make no difference."""
    if one.scheme != two.scheme or not _same_place(one, two) or one.port != two.port or one.password != two.password:
        return False
    mine, theirs = one.parameters, two.parameters
    if not len(mine) or not len(theirs):
        return not any(name in mine or name in theirs for name in (b"user", b"ttl", b"method", b"maddr"))
    return all((value or b"").lower() == (theirs.get(name) or b"").lower() for name, value in mine if name in theirs)


def same_aor(one: Uri, two: Uri) -> bool:
    """The same user at the same host and port, 5060 where none is given."""
    return _same_place(one, two) and (one.port or 5060) == (two.port or 5060)


def _same_place(one: Uri, two: Uri) -> bool:
    return one.user == two.user and (one.host or b"").lower() == (two.host or b"").lower()
