# -*- test-case-name: tests.modules.siputils.test_numbers -*-
"""numbers: telephone numbers, tel URIs, and texts of certain characters only. RFC 3966."""

from __future__ import annotations

from string import ascii_letters, digits

from sipapp.errors import ParseError
from sipapp.message.uri import Uri
from sipapp.module import (
    BRANCH,
    FAILURE,
    LOCAL,
    ONREPLY,
    REQUEST,
    Context,
    PvRef,
    ScriptError,
    modparam,
    script_function,
    writable,
)
from sipapp.script.pv import NULL

_ALPHANUMERIC = (ascii_letters + digits).encode()
_DIGITS = digits.encode()
_VISUAL = b"-.()"
_EVERYWHERE = REQUEST | FAILURE | BRANCH | ONREPLY


def only(text: bytes, allowed: bytes) -> bool:
    """Whether the text holds no other byte than these."""
    return not text.translate(None, allowed)


def is_e164_number(text: object, longest: int) -> bool:
    """A + and at least two digits, `longest` characters at most."""
    return isinstance(text, bytes) and 2 < len(text) <= longest and text[:1] == b"+" and only(text[1:], _DIGITS)


class Numbers:
    """Functions about numbers."""

    e164_max_len: int = modparam(default=16, minimum=3, doc="the longest E.164 number, its + included")

    @script_function(routes=REQUEST | FAILURE | LOCAL)
    def is_e164(self, ctx: Context, variable: PvRef) -> int:
        """True when the variable holds an E.164 number: + and 2 to 15 digits (`e164_max_len`)."""
        return 1 if is_e164_number(variable.get(ctx), self.e164_max_len) else -1

    @script_function()
    def is_uri_user_e164(self, ctx: Context, variable: PvRef) -> int:
        """True when the user part of the URI in the variable is an E.164 number."""
        text = variable.get(ctx)
        if not isinstance(text, bytes):
            return -1
        user, at, _ = text.partition(b":")[2].partition(b"@")
        return 1 if at and is_e164_number(user, self.e164_max_len) else -1

    @script_function()
    def is_tel_number(self, ctx: Context, tval: bytes) -> int:
        """True for digits, or + and digits that do not begin with 0; else -2."""
        if tval[:1] == b"+":
            return 1 if only(tval[1:], _DIGITS) and tval[1:2] not in (b"", b"0") else -2
        return 1 if tval and only(tval, _DIGITS) else -2

    @script_function()
    def is_numeric(self, ctx: Context, tval: bytes) -> int:
        """True for decimal digits alone; else -2."""
        return 1 if tval and only(tval, _DIGITS) else -2

    @script_function()
    def is_alphanum(self, ctx: Context, tval: bytes) -> int:
        """True for ASCII letters and digits alone; -2: empty, -3: something else in it."""
        return self.is_alphanumex(ctx, tval, b"")

    @script_function()
    def is_alphanumex(self, ctx: Context, tval: bytes, eset: bytes) -> int:
        """True for ASCII letters, digits and the characters of `eset` alone; -2: empty, -3: something else in it."""
        if not tval:
            return -2
        return 1 if only(tval, _ALPHANUMERIC + eset) else -3

    @script_function(routes=_EVERYWHERE, parse={"result": writable})
    def tel2sip(self, ctx: Context, uri: bytes, hostpart: bytes, result: PvRef) -> int:
        """Write a tel: URI as a sip: URI at `hostpart` with ;user=phone to `result`; visual separators go, parameters
        stay. 2, and `result` untouched: it is no tel: URI; -1: the variable that is to hold it has no value."""
        if uri == NULL:
            return -1
        if uri[:4].lower() != b"tel:":
            return 2
        number, semicolon, tail = uri[4:].lower().partition(b";")
        return _write(ctx, result, number.translate(None, _VISUAL) + semicolon + tail, hostpart)

    @script_function(routes=_EVERYWHERE, parse={"result": writable})
    def tel2sip2(self, ctx: Context, uri: bytes, hostpart: bytes, result: PvRef) -> int:
        """As tel2sip(), with the parameters in the order of RFC 3261 §19.1.6; a phone-context that is a domain is left
        out, of one that is a number the visual separators. 1, and `result` untouched: it is no tel: URI."""
        if uri[:4].lower() != b"tel:":
            return 1
        number, *pieces = uri[4:].lower().split(b";")
        user = number.translate(None, _VISUAL)
        for name, value in sorted((_context(piece) for piece in pieces), key=_tel_order):
            if name != b"phone-context" or _is_number(value):
                user += b";%b=%b" % (name, value)
        return _write(ctx, result, user, hostpart)


def _context(piece: bytes) -> tuple[bytes, bytes]:
    name, _, value = piece.partition(b"=")
    if name == b"phone-context" and _is_number(value):
        value = value.translate(None, _VISUAL)
    return name, value


def _is_number(text: bytes) -> bool:
    return only(text.removeprefix(b"+"), _DIGITS + _VISUAL)


def _tel_order(parameter: tuple[bytes, bytes]) -> tuple[int, bytes]:
    """isdn-subaddress, then post-dial, then the others by name. RFC 3261 §19.1.6."""
    name = parameter[0]
    return {b"isdn-subaddress": 0, b"post-dial": 1}.get(name, 2), name


def _write(ctx: Context, result: PvRef, user: bytes, hostpart: bytes) -> int:
    uri = b"sip:%b@%b;user=phone" % (user, hostpart)
    try:
        Uri.parse(uri)
    except ParseError as why:
        raise ScriptError(str(why)) from None
    assert result.set is not None
    result.set(ctx, uri)
    return 1
