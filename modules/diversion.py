# -*- test-case-name: tests.modules.test_diversion -*-
"""diversion: says in a request who has diverted it, and why. RFC 5806."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import BRANCH, FAILURE, REQUEST, Context, ScriptError, modparam, module, script_function


@module("diversion")
class Diversion:
    """Diversion."""

    # Differs: Kamailio has the parameter, and its manual says this of it, but writes no suffix.
    suffix: bytes = modparam(default=b"", doc="what follows the reason in each line: `;privacy=full`")

    @script_function(routes=REQUEST | FAILURE | BRANCH)
    def add_diversion(self, ctx: Context, reason: bytes, uri: bytes | None = None) -> int:
        """Put a Diversion line on top of those that there are: of `uri`, or of the Request-URI as received."""
        message = ctx.message
        assert isinstance(message, Request)
        if uri is None:
            try:
                Uri.parse(ctx.draft.request_uri or message.uri)
            except ParseError as why:
                raise ScriptError(f"failed to parse the Request-URI: {why.reason}") from None
            uri = message.uri
        line = b"Diversion: <%b>;reason=%b%b\r\n" % (uri, reason, self.suffix)
        field = message.field(b"diversion")
        ctx.draft.insert(message.head.end if field is None else field.start, line, first=True)
        return 1
