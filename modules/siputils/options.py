# -*- test-case-name: tests.modules.siputils.test_options -*-
"""options: the answer of a server to OPTIONS. RFC 3261 §11.2."""

from __future__ import annotations

from sipapp.interfaces.reply import IReplySender
from sipapp.interfaces.server import IServer
from sipapp.module import REQUEST, Context, ScriptError, modparam, script_function
from sipapp.modules.siputils.uris import parse_uri, request_uri


class Options:
    """options_reply(), and what it says."""

    server: IServer

    options_accept: bytes = modparam(default=b"*/*", doc="the value of Accept")
    options_accept_encoding: bytes = modparam(default=b"", doc="the value of Accept-Encoding")
    options_accept_language: bytes = modparam(default=b"en", doc="the value of Accept-Language")
    options_support: bytes = modparam(default=b"", doc="the value of Supported")

    def start_options(self) -> None:
        self._fields = [
            b"%b: %b\r\n" % field
            for field in (
                (b"Accept", self.options_accept),
                (b"Accept-Encoding", self.options_accept_encoding),
                (b"Accept-Language", self.options_accept_language),
                (b"Supported", self.options_support),
            )
        ]

    @script_function(routes=REQUEST)
    def options_reply(self, ctx: Context) -> int:
        """Answer OPTIONS for this server, whose Request-URI has no user, with 200 and what is accepted; else false."""
        if ctx.message.method != b"OPTIONS":
            raise ScriptError("called for a request that is no OPTIONS")
        if parse_uri(request_uri(ctx)).user:
            raise ScriptError("the Request-URI has a user: OPTIONS is not for this server")
        sender: IReplySender | None = self.server.find(IReplySender)
        if sender is None:
            raise ScriptError('needs loadmodule "sl"')
        ctx.draft.reply_fields += self._fields
        return 1 if sender.send_reply(ctx, 200, b"OK") != -1 else -1
