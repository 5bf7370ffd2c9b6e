# -*- test-case-name: tests.core.test_uris -*-
"""uris: rewriteuri(), sethost(), prefix() and the like: the Request-URI, one piece at a time. RFC 3261 §19.1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.errors import ParseError
from sipapp.module import Context, ScriptError, Text, script_function
from sipapp.script import rewrite


class UriFunctions:
    """Each answers 1, or -1 where the Request-URI is not one that can be rewritten. Texts are taken as they stand."""

    @script_function()
    def rewriteuri(self, ctx: Context, uri: Text) -> int:
        """Replace the Request-URI. Also seturi()."""
        ctx.draft.request_uri = uri
        return 1

    @script_function()
    def revert_uri(self, ctx: Context) -> int:
        """Take back every change of the Request-URI."""
        ctx.draft.request_uri = None
        return 1

    @script_function()
    def rewritehost(self, ctx: Context, host: Text) -> int:
        """Replace the host; the port stays. Also sethost(), seth()."""
        return _change(ctx, rewrite.set_host, host)

    @script_function()
    def rewritehostport(self, ctx: Context, host_port: Text) -> int:
        """Replace host and port by `host:port`. Also sethostport(), sethp()."""
        return _change(ctx, rewrite.set_host_port, host_port)

    @script_function()
    def rewritehostporttrans(self, ctx: Context, host_port: Text) -> int:
        """Replace host, port and transport by `host:port;transport=x`. Also sethostporttrans(), sethpt()."""
        return _change(ctx, rewrite.set_host_port_transport, host_port)

    @script_function()
    def rewriteport(self, ctx: Context, port: Text) -> int:
        """Replace the port; an empty one goes. Also setport(), setp()."""
        return _change(ctx, rewrite.set_port, port)

    @script_function()
    def rewriteuser(self, ctx: Context, user: Text) -> int:
        """Replace the user; the password stays. Also setuser(), setu()."""
        return _change(ctx, rewrite.set_user, user)

    @script_function()
    def rewriteuserpass(self, ctx: Context, user_password: Text) -> int:
        """Replace user and password by `user:password`. Also setuserpass(), setup()."""
        return _change(ctx, rewrite.set_user_password, user_password)

    @script_function()
    def prefix(self, ctx: Context, text: Text) -> int:
        """Put something before the user."""
        return _change(ctx, rewrite.prefix, text)

    @script_function()
    def strip(self, ctx: Context, count: int) -> int:
        """Take so many bytes off the front of the user; all of it where there are not that many."""
        return _change(ctx, rewrite.strip, count)

    @script_function()
    def strip_tail(self, ctx: Context, count: int) -> int:
        """Take so many bytes off the end of the user."""
        return _change(ctx, rewrite.strip_tail, count)

    @script_function()
    def userphone(self, ctx: Context) -> int:
        """Add `;user=phone`, unless it is there or the Request-URI is a tel: URI. RFC 3261 §19.1.6."""
        return _change(ctx, rewrite.user_phone)


def _change(ctx: Context, change: Callable[..., bytes], *arguments: Any) -> int:
    draft = ctx.draft
    uri = draft.request_uri or getattr(ctx.message, "uri", b"")
    try:
        draft.request_uri = change(uri, *arguments)
    except ParseError as why:
        raise ScriptError(f"the Request-URI stays as it is: {why.reason}") from None
    return 1
