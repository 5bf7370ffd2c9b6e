# -*- test-case-name: tests.modules.siputils.test_uri_params -*-
"""uri_params: parameters of the Request-URI, and user and host of a URI in a variable."""

from __future__ import annotations

import re

from sipapp.module import BRANCH, FAILURE, LOCAL, REQUEST, Context, PvRef, ScriptError, Text, script_function, writable
from sipapp.modules.siputils.uris import find_parameter, parameters, parse_uri, request_uri

_HOST = re.compile(rb"[^:;?]*").match
_ROUTES = REQUEST | BRANCH | FAILURE


class UriParams:
    """Functions about parts of URIs."""

    @script_function("uri_param", routes=_ROUTES)
    def uri_param(self, ctx: Context, param: bytes, value: bytes = b"") -> int:
        """True when the Request-URI has this parameter with this value, without one where none is given."""
        for found in parameters(parse_uri(request_uri(ctx))):
            if found.name == param:
                return 1 if found.value == value else -1
        return -1

    @script_function(routes=_ROUTES)
    def uri_param_any(self, ctx: Context, param: bytes) -> int:
        """True when the Request-URI has this parameter, with any value or none."""
        return -1 if find_parameter(parse_uri(request_uri(ctx)), param) is None else 1

    @script_function(routes=REQUEST, late=True)
    def add_uri_param(self, ctx: Context, param: Text) -> int:
        """Add a parameter, `name` or `name=value`, to the Request-URI, before its headers."""
        if param:
            text = request_uri(ctx)
            headers = parse_uri(text).headers
            cut = len(text) if headers is None else len(text) - len(headers) - 1
            ctx.draft.request_uri = b"%b;%b%b" % (text[:cut], param, text[cut:])
        return 1

    @script_function(routes=REQUEST | LOCAL, parse={"var": writable}, late=True)
    def get_uri_param(self, ctx: Context, name: Text, var: PvRef) -> int:
        """Write the value of a parameter of the Request-URI to a variable; false where there is no such parameter."""
        for found in parameters(parse_uri(request_uri(ctx))):
            if found.name == name:
                _set(ctx, var, found.value)
                return 1
        return -1

    @script_function(routes=_ROUTES)
    def uri_param_rm(self, ctx: Context, param: bytes) -> int:
        """Take a parameter, with its value, out of the Request-URI; true as well where there is none."""
        text = request_uri(ctx)
        found = find_parameter(parse_uri(text), param)
        if found is not None:
            ctx.draft.request_uri = text[: found.start] + text[found.end :]
        return 1

    @script_function(parse={"uri": writable})
    def set_uri_user(self, ctx: Context, uri: PvRef, user: PvRef) -> int:
        """Set the user part of the URI in a variable to what another variable holds; empty removes it."""
        text, value = _uri_and_value(ctx, uri, user)
        scheme, colon, rest = text.partition(b":")
        _, at, host = rest.partition(b"@")
        if at or value:
            _set(ctx, uri, scheme + colon + (value + b"@" if value else b"") + (host if at else rest))
        return 1

    @script_function(parse={"uri": writable})
    def set_uri_host(self, ctx: Context, uri: PvRef, host: PvRef) -> int:
        """Set the host of the URI in a variable to what another variable holds."""
        text, value = _uri_and_value(ctx, uri, host)
        if not value:
            raise ScriptError("the host of a URI cannot be empty")
        start = text.index(b":") + 1
        at = text.find(b"@", start)
        start = at + 1 if at >= 0 else start
        found = _HOST(text, start)
        assert found is not None
        _set(ctx, uri, text[:start] + value + text[found.end() :])
        return 1


def _uri_and_value(ctx: Context, uri: PvRef, other: PvRef) -> tuple[bytes, bytes]:
    text, value = uri.get(ctx), other.get(ctx)
    if not isinstance(text, bytes) or b":" not in text:
        raise ScriptError(f"no URI in the variable: {text!r}")
    if value is None:
        raise ScriptError("nothing in the variable")
    return text, b"%d" % value if isinstance(value, int) else value


def _set(ctx: Context, variable: PvRef, value: bytes) -> None:
    assert variable.set is not None
    variable.set(ctx, value)
