# -*- test-case-name: tests.modules.sl.test_sl -*-
"""sl: stateless responses, and responses through a transaction where there is one. RFC 3261 §8.2.6, §8.2.7, §16.11."""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from sipapp.errors import ConfigError, ParseError, PeerError, TransportError
from sipapp.interfaces.reply import IReplier, IReplySender, IReplyWatcher
from sipapp.interfaces.server import IBeforeScript
from sipapp.interfaces.transport import CLOSE, NO_CONNECT
from sipapp.log import Logger
from sipapp.message.draft import Draft, Outbound
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import (
    FAILURE,
    ONREPLY,
    REQUEST,
    Context,
    IServer,
    RouteType,
    ScriptError,
    Value,
    modparam,
    module,
    pseudo_variable,
    rpc_command,
    script_function,
)
from sipapp.module.reply import FLAGS, NO_REPLY, compose, last_error
from sipapp.modules.sl.counts import Counts
from sipapp.modules.sl.totag import TagMaker
from sipapp.script.operands import SENDING

log = Logger()

_ANSWERING = REQUEST | ONREPLY | FAILURE


def status_code(text: bytes) -> int:
    """A literal status. Raises ConfigError."""
    if not text.isdigit():
        raise ConfigError(f"'code' must be int, got {text.decode(errors='replace')!r}")
    return int(text)


@implementer(IReplySender, IBeforeScript)
@module("sl", provides=[IReplySender])
class Sl:
    """Answers requests without keeping anything of them."""

    event_routes = {
        "sl:filtered-ack": "An ACK to a stateless response of ours has come; request_route does not see it.",
        "sl:local-response": "A stateless response has been sent; the message of this route is that response.",
    }

    before_methods = (b"ACK",)

    default_code: int = modparam(default=500, minimum=100, maximum=699, doc="status where a call's is no number")
    default_reason: bytes = modparam(default=b"Internal Server Error", doc="reason where a call's has no value")
    bind_tm: int = modparam(default=1, doc="0: send_reply() never answers through a transaction")
    rich_redirect: int = modparam(
        default=0, minimum=0, maximum=3, doc="what Contact of a 3xx tells more: 1 branch flags, 2 path, 3 both"
    )
    event_callback_fl_ack: str | None = modparam(
        default=None, doc="for scripts in other languages; ours have event_route[sl:filtered-ack]"
    )
    event_callback_lres_sent: str | None = modparam(
        default=None, doc="for scripts in other languages; ours have event_route[sl:local-response]"
    )

    def start(self, server: IServer) -> None:
        self.server = server
        self.replier: IReplier | None = server.find(IReplier) if self.bind_tm else None
        self.counts = Counts(server.statistics)
        sockets = server.transport.sockets
        self.tags = TagMaker(sockets[0].text if sockets else b"")
        self.watchers = [m for m in server.modules.values() if IReplyWatcher.providedBy(m)]
        self.local_response = server.event_route("sl:local-response")
        self.filtered_ack = server.event_route("sl:filtered-ack")

    # -- answering

    @script_function(["sl_send_reply", "sl_reply"], routes=REQUEST, parse={"code": status_code})
    def sl_send_reply(self, ctx: Context, code: Value, reason: Value) -> int:
        """Answer statelessly: nothing of the request is kept. Where tm will answer otherwise (the script has
        waited, or t_relay() has failed), the answer goes through the transaction: there is but one."""
        status: Any = code
        phrase: Any = reason
        if code.__class__ is not int or status < 100 or reason.__class__ is not bytes:  # not literals, as in most calls
            status, phrase = self._answer(code, reason)
        if ctx.transaction is not None and self.replier is not None and self.replier.owns(ctx):
            return self.replier.reply(ctx, status, phrase)
        return self.answer(ctx, status, phrase)

    @script_function(routes=_ANSWERING, parse={"code": status_code})
    def send_reply(self, ctx: Context, code: Value, reason: Value) -> int:
        """Answer through the transaction where the script has made one, else statelessly."""
        status: Any = code
        phrase: Any = reason
        if code.__class__ is not int or status < 100 or reason.__class__ is not bytes:
            status, phrase = self._answer(code, reason)
        if ctx.extra.get(FLAGS, 0) & NO_REPLY:
            log.info("message marked with no-reply flag")
            return -2
        if self.replier is not None and self.replier.has_transaction(ctx):
            return 1 if self.replier.reply(ctx, status, phrase) >= 0 else -1
        if isinstance(ctx.message, Response):
            return -1
        return self.answer(ctx, status, phrase)

    @script_function(routes=_ANSWERING, parse={"code": status_code})
    def send_reply_mode(self, ctx: Context, code: Value, reason: Value, mode: int) -> int:
        """As send_reply(); mode 1: open no new connection for it, 2: close the connection after it, 3: both."""
        ctx.draft.reply_flags |= mode & (NO_CONNECT | CLOSE)
        return self.send_reply(ctx, code, reason)

    @script_function(routes=REQUEST)
    def sl_reply_error(self, ctx: Context) -> int:
        """Tell the peer, statelessly, what the last internal error was: of t_relay(), forward(), ..."""
        if ctx.extra.get(FLAGS, 0) & NO_REPLY:
            log.info("message marked with no-reply flag")
            return -2
        status, reason, fields = last_error(ctx, "SL")
        if fields:
            ctx.draft.reply_fields = [*ctx.draft.reply_fields, *fields]
        self.counts.errors.value += 1
        self.sl_send_reply(ctx, status, reason)
        log.error("stateless error reply used: {reason}", reason=reason.decode())
        return 1

    @script_function(routes=_ANSWERING)
    def send_reply_error(self, ctx: Context) -> int:
        """As sl_reply_error(), through the transaction where there is one."""
        if self.replier is not None and self.replier.has_transaction(ctx):
            code = self.replier.reply_error(ctx)
            if code > 0:
                return code
        return self.sl_reply_error(ctx)

    def _answer(self, code: Value, reason: Value) -> tuple[int, bytes]:
        """Status and reason of a call; the defaults where the variables have none."""
        if code.__class__ is not int:
            try:
                code = int(code or b"")
            except ValueError:
                code = 0
        if reason.__class__ is not bytes:
            reason = self.default_reason if reason is None else str(reason).encode()
        return code if code >= 100 else self.default_code, reason

    def answer(self, ctx: Context, status: int, reason: bytes, tag: bytes | None = None) -> int:
        """One stateless response; -1 where none can be sent. `tag`: a To-tag of the caller's own."""
        request = ctx.message
        if not isinstance(request, Request) or request.method == b"ACK" or status > 999:
            return self._failed(f"{status} to {request!r}")
        if FLAGS in ctx.extra and ctx.extra[FLAGS] & NO_REPLY:
            log.info("message marked with no-reply flag")
            return -2
        try:
            data = compose(ctx, status, reason, tag or self.tags.tag(request), self.rich_redirect)
            self.server.transport.send_response(data, request, None, ctx.draft.reply_flags)
        except (PeerError, TransportError) as why:
            return self._failed(str(why))
        self.counts.count(status)
        if self.local_response is not None or self.watchers:
            self._tell(ctx, status, data)
        return 1

    def _failed(self, why: str) -> int:
        self.counts.failures.value += 1
        log.debug("no stateless response: {why}", why=why)
        return -1

    def _tell(self, ctx: Context, status: int, data: bytes) -> None:
        for watcher in self.watchers:
            watcher.reply_sent(ctx, status, data)
        if self.local_response is not None:
            response = parse(data)
            response.flow = ctx.message.flow
            response.number = ctx.message.number
            event = Context(self.server, response, Draft(), RouteType.LOCAL, ctx.avps)
            event.extra[SENDING] = (data, ctx.message.flow)
            self.server.execute(self.local_response, event)

    def reply_tag(self, ctx: Context) -> bytes | None:
        if self.replier is not None and self.replier.has_transaction(ctx):
            return self.replier.to_tag(ctx)
        return self.tags.tag(ctx.message)

    @pseudo_variable("ltt", keys=("x", "s", "t"))
    def pv_local_to_tag(self, ctx: Context, inner: bytes) -> Value:
        """The To-tag of responses made here: $ltt(s) of stateless ones, $ltt(t) of the transaction's (null without
        one), $ltt(x) of send_reply()'s."""
        if inner == b"x":
            return self.reply_tag(ctx)
        if inner == b"s":
            return self.tags.tag(ctx.message)
        transaction = self.replier is not None and self.replier.has_transaction(ctx)
        return self.reply_tag(ctx) if transaction else None

    # -- ACKs to our responses

    def before_script(self, ctx: Context) -> bool:
        """An ACK to a stateless response of ours ends here. RFC 3261 §17.2.1 has the transaction absorb it."""
        message = ctx.message
        if not isinstance(message, Request) or message.method != b"ACK":
            return True
        try:
            if not self.tags.is_mine(message):
                return True
        except ParseError:
            return True
        self.counts.acks.value += 1
        for watcher in self.watchers:
            watcher.ack_filtered(ctx)
        if self.filtered_ack is not None:
            self.server.execute(self.filtered_ack, ctx)
        return False

    # -- responses of others

    @script_function(routes=ONREPLY)
    def sl_forward_reply(self, ctx: Context, code: bytes = b"", reason: bytes = b"") -> int:
        """Send a response on by its next Via, statelessly, with another status of the same class and another reason
        where they are given."""
        response = ctx.message
        if not isinstance(response, Response):
            raise ScriptError("not a response")
        if code and (len(code) != 3 or not code.isdigit()):
            raise ScriptError(f"invalid reply code value {code.decode(errors='replace')}")
        if code and int(code) // 100 != response.status // 100:
            raise ScriptError("reply code class cannot be changed")
        if len(response.vias) < 2:
            return -1
        draft = ctx.draft
        data = draft.render_response(response, Outbound(draft.send_socket, response.flow.socket))
        if code or reason:
            line = b"%b %b %b" % (
                response.version,
                code or b"%d" % response.status,
                reason or draft.reason or response.reason,
            )
            data = line + data[data.index(b"\r\n") :]
        self.server.transport.forward_response(data, response, flags=draft.forward_flags | draft.reply_flags)
        return 1

    @rpc_command("sl.stats")
    def rpc_stats(self) -> dict[str, int]:
        """Stateless responses by status."""
        return self.counts.report()
