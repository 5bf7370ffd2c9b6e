# -*- test-case-name: tests.modules.sanity.test_sanity -*-
"""sanity: sanity_check(): what is wrong with a message, and the answer to it."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.interfaces.reply import IReplySender
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.message.request import Request
from sipapp.module import ONREPLY, REQUEST, Context, ScriptError, modparam, module, script_function
from sipapp.modules.sanity import checks, digest
from sipapp.modules.sanity.checks import Subject
from sipapp.modules.sanity.insane import Insane
from sipapp.modules.sanity.sizes import Sizes

log = Logger()

FOUND = "sanity"
"""`ctx.extra[FOUND]`: the Insane that the last check of this run found."""

MUTE = "sanity.mute"
"""`ctx.extra[MUTE]`: one was found that gets no answer, and so does none after it."""

MOST, MOST_URI = 1 << 17, 1 << 4

CHECKS: tuple[tuple[int, Callable[[Subject], None]], ...] = (
    (1 << 0, checks.ruri_sip_version),
    (1 << 1, checks.ruri_scheme),
    (1 << 2, checks.required_headers),
    (1 << 14, checks.via1_header),
    (1 << 15, checks.rfc3261_compliance),
    (1 << 3, checks.via_sip_version),
    (1 << 4, checks.via_protocol),
    (1 << 5, checks.cseq_method),
    (1 << 6, checks.cseq_value),
    (1 << 7, checks.content_length),
    (1 << 8, checks.expires_value),
    (1 << 9, checks.proxy_require),
    (1 << 10, checks.uris),
    (1 << 11, digest.credentials),
    (1 << 13, digest.authorization),
    (1 << 12, checks.duplicated_tags),
)
"""(bit, check), in the order in which they are done, behind SIZES."""

SIZES = 1 << 16


@module("sanity", needs=[IReplySender])
class Sanity(Sizes):
    """Checks by bits."""

    default_checks: int = modparam(default=3047, doc="what sanity_check() checks: the sum of its numbers")
    uri_checks: int = modparam(default=7, doc="which URIs 1024 checks: 1 Request-URI, 2 From, 4 To, 8 Contact")
    proxy_require: bytes = modparam(default=b"", doc="extensions that a Proxy-Require may name, comma-separated")
    autodrop: int = modparam(default=1, doc="1: a failed check ends the script; 0: sanity_check() is false")
    noreply: int = modparam(default=0, doc="1: a failed check is not answered; sanity_reply() does")

    def start(self, server: IServer) -> None:
        self.sender: IReplySender = server.get(IReplySender)
        self.supported = frozenset(token.strip() for token in self.proxy_require.split(b",") if token.strip())

    @script_function(routes=REQUEST | ONREPLY)
    def sanity_check(self, ctx: Context, msg_checks: int | None = None, uri_checks: int | None = None) -> int:
        """sanity_check(), sanity_check(checks), sanity_check(checks, uris): look for what is wrong with the message,
        and answer it. With `autodrop` the script ends there.

        checks is a sum of: 1 version of the request line, 2 scheme of the Request-URI, 4 From, To, Call-ID, CSeq and
        Via there and not doubled, 32 method and 64 number of the CSeq, 128 Content-Length, 256 Expires, 512
        Proxy-Require, 1024 URIs, 2048 digest credentials, 4096 doubled tags, 8192 digest credentials where they are
        such, 16384 top Via, 32768 RFC 3261's branch and lr, 65536 sizes. uris is a sum of: 1 Request-URI, 2 From, 4 To,
        8 Contact.
        """
        wanted = self.default_checks if msg_checks is None else msg_checks
        uris = self.uri_checks if uri_checks is None else uri_checks
        if not 1 <= wanted < MOST or not 1 <= uris < MOST_URI:
            raise ScriptError(f"no such checks: {wanted}, {uris}")
        ctx.extra.pop(FOUND, None)
        try:
            self._check(ctx, wanted, uris)
        except Insane as found:
            log.debug("sanity checks failed: {why}", why=found.reason)
            self._found(ctx, found)
            return 0 if self.autodrop else -1
        return 1

    @script_function(routes=REQUEST | ONREPLY)
    def sanity_reply(self, ctx: Context) -> int:
        """With `noreply`: answer what sanity_check() has found, with 500 where it has found nothing; true in any case.
        Without, it does nothing: sanity_check() has answered."""
        if not self.noreply:
            return 1
        found = ctx.extra.get(FOUND)
        return self._answer(ctx, Insane(500, "Server Sanity Failure") if found is None else found)

    def _check(self, ctx: Context, wanted: int, uris: int) -> None:
        message = ctx.message
        request_uri = ctx.draft.request_uri
        if request_uri is None:
            request_uri = message.uri if isinstance(message, Request) else b""
        subject = Subject(message, request_uri, uris, self.supported)
        if self.size_checks or wanted & SIZES:
            self.check_sizes(subject)
        for bit, check in CHECKS:
            if bit & wanted:
                check(subject)

    def _found(self, ctx: Context, found: Insane) -> None:
        ctx.extra[FOUND] = found
        if not found.status:
            ctx.extra[MUTE] = True
        ctx.draft.reply_fields.extend(found.fields)
        if not self.noreply:
            self._answer(ctx, found)

    def _answer(self, ctx: Context, found: Insane) -> int:
        message = ctx.message
        if not isinstance(message, Request) or message.method == b"ACK" or MUTE in ctx.extra:
            return 1
        return 1 if self.sender.send_reply(ctx, found.status, found.reason.encode()) > 0 else -1
