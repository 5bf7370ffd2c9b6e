# -*- test-case-name: tests.modules.tm.test_answers -*-
"""answers: script functions that answer through the transaction, and the same for sl (IReplier)."""

from __future__ import annotations

from contextlib import suppress

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Getter, IBinder
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import FAILURE, ONREPLY, REQUEST, Context, RouteType, Value, script_function
from sipapp.module.reply import last_error
from sipapp.modules.tm.lookup import Lookups
from sipapp.modules.tm.reasons import IN_PROCESS
from sipapp.modules.tm.transaction import ADMIN_REPLY, FAILED, LOCAL, REPLICATED, WAITED
from sipapp.script.values import TextWithNumber

_ANSWERING = REQUEST | ONREPLY | FAILURE


def status_code(text: bytes) -> int:
    """A literal status. Raises ConfigError."""
    if not text.isdigit():
        raise ConfigError(f"'code' must be int, got {text.decode(errors='replace')!r}")
    return int(text)


def reason_phrase_of(text: bytes, binder: IBinder) -> bytes | Getter:
    """A literal reason phrase: as it stands, but for a text that is one variable."""
    if text.startswith(b"$"):
        with suppress(ConfigError):
            return binder.variable(text).get
    return text


class Answers(Lookups):
    """t_reply() and its kin."""

    @script_function(routes=_ANSWERING, parse={"code": status_code, "reason_phrase": reason_phrase_of})
    def t_reply(self, ctx: Context, code: Value, reason_phrase: Value) -> int:
        """Answer through the transaction, which must be there (see t_newtran()). After a final answer there is no
        other: -1. A status that is no number is `default_code`. Variables in a reason phrase are not evaluated, but
        for one that is nothing else."""
        if code.__class__ is not int or reason_phrase.__class__ is not bytes:  # not as nearly everybody writes them
            code, reason_phrase = self._status_and_reason(ctx, code, reason_phrase)
        return self.reply(ctx, code, reason_phrase)

    @script_function(routes=_ANSWERING, parse={"code": status_code, "reason": reason_phrase_of})
    def t_send_reply(self, ctx: Context, code: Value, reason: Value) -> int:
        """As t_reply(), and makes the transaction where there is none."""
        status, phrase = self._status_and_reason(ctx, code, reason)
        if isinstance(ctx.message, Request):
            self.new_transaction(ctx)
        return self.reply(ctx, status, phrase)

    @script_function(routes=_ANSWERING)
    def t_reply_error(self, ctx: Context) -> int:
        """Tell the caller what the last internal error was: of t_relay(), ..."""
        return self.reply_error(ctx)

    def _status_and_reason(self, ctx: Context, code: Value, reason: Value | Getter) -> tuple[int, bytes]:
        status: int
        if code.__class__ is int:
            status = code
        elif isinstance(code, TextWithNumber):
            status = code.number
        else:
            try:
                status = int(code or b"")
            except ValueError:
                status = self.default_code
        if callable(reason):
            reason = reason(ctx)
        if isinstance(reason, bytes):
            return status, reason
        return status, self.default_reason if reason is None else b"%d" % reason

    # -- IReplier

    def has_transaction(self, ctx: Context) -> bool:
        return self.transaction_of(ctx) is not None

    def owns(self, ctx: Context) -> bool:
        t = ctx.transaction
        return t is not None and bool(t.handled & (WAITED | REPLICATED | FAILED))

    def reply(self, ctx: Context, status: int, reason: bytes) -> int:
        message = ctx.message
        t = ctx.transaction or self.transaction_of(ctx)
        if t is None or t.flags & LOCAL or not 100 <= status <= 699:
            return -1
        if not isinstance(message, Response):
            if message.method == b"ACK":
                return -1
            t.flags |= ADMIN_REPLY
            return self.answer(t, status, reason, ctx)
        t.flags |= ADMIN_REPLY
        answer = self.answer(t, status, reason)
        if ctx.route_type is RouteType.REPLY:
            ctx.transaction = None
        return answer

    def reply_error(self, ctx: Context) -> int:
        t = self.transaction_of(ctx)
        if t is None:
            return -1
        status, reason, fields = last_error(ctx, "TM", t.error or -1)
        if fields:
            ctx.draft.reply_fields = [*ctx.draft.reply_fields, *fields]
        return self.reply(ctx, status, reason)

    def to_tag(self, ctx: Context) -> bytes | None:
        t = self.transaction_of(ctx)
        if t is None:
            return None
        tag = t.request.to_tag
        return t.tag if tag is None else tag

    def create(self, ctx: Context) -> int:
        """ITm."""
        code = self.new_transaction(ctx)
        return 1 if code == IN_PROCESS else code
