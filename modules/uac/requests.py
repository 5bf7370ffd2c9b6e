# -*- test-case-name: tests.modules.uac.test_requests -*-
"""requests: requests of our own, from $uac_req(...), and event_route[uac:reply] for what comes back."""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure

from sipapp.errors import ConfigError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.tm import Answered, ITm
from sipapp.interfaces.transport import Socket
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.response import Response
from sipapp.module import Context, RouteType, ScriptError, Value, modparam, pseudo_variable, script_function
from sipapp.module.sockets import named_socket
from sipapp.modules.uac.credentials import CHALLENGES, HASHED, challenges
from sipapp.modules.uac.digest import Asked, Credential, authorization
from sipapp.script.values import integer, text

log = Logger()

TEXTS = frozenset(
    ("ruri", "turi", "ttag", "furi", "ftag", "hdrs", "body", "ouri", "sock", "auser", "apasswd", "method", "callid")
) | {"cseqno", "evparam"}
NUMBERS = frozenset(("flags", "evroute", "evcode", "evtype", "fr_timeout", "fr_inv_timeout"))

EVERY_ANSWER, REFUSALS = 1, 2
"""$uac_req(evroute): for what event_route[uac:reply] runs; for refusals, nobody answers a challenge."""

REAL, MADE_UP = 1, 2
"""$uac_req(evtype): a response, or none: a time-out, nowhere to send to."""

Fields = dict[bytes, Value]


class Requesting:
    """$uac_req and uac_req_send()."""

    default_socket: bytes = modparam(default=b"", doc="where requests leave that name no socket: udp:192.0.2.1:5060")
    event_callback: str = modparam(default="", doc="a KEMI function in place of event_route[uac:reply]; without effect")

    event_routes = {"uac:reply": "A request of uac_req_send() is answered; $uac_req(evcode) is the status."}

    server: IServer
    tm: ITm

    def start_requesting(self, server: IServer) -> None:
        """Raises ConfigError: no such socket."""
        self.socket = self._socket(self.default_socket) if self.default_socket else None
        self.reply_route = server.event_route("uac:reply")

    @pseudo_variable("uac_req", keys=("all", *TEXTS, *NUMBERS))
    def pv_uac_req(self, ctx: Context, inner: bytes) -> Value:
        """$uac_req(field): a request of our own, until uac_req_send() sends it.

        `method` and `ruri` must be there; `turi` and `furi` (To and From; `ruri` where unset), `ttag`, `ftag`, `hdrs`
        (whole lines), `body`, `ouri` (next hop), `sock`, `callid`, `cseqno`, `fr_timeout` and `fr_inv_timeout` (ms) may
        be; `auser` and `apasswd` answer a 401 or 407 (`flags` 1: the password is a hash). `evroute` 1 has
        event_route[uac:reply] run with the final response, 2 with refusals only: there these are what was sent, with
        `evcode` (the status), `evtype` (1: a response, 2: none came) and `evparam`, a text of your own. $null in
        $uac_req(all) clears everything. Each run of the script has its own; another run begins with nothing set.
        """
        value = _fields(ctx).get(inner)
        return 0 if value is None and (inner == b"all" or inner.decode() in NUMBERS) else value or None

    @pv_uac_req.setter
    def set_uac_req(self, ctx: Context, inner: bytes, value: Value) -> None:
        fields = _fields(ctx)
        if inner == b"all":
            if value is None:
                fields.clear()
        elif value is None:
            fields.pop(inner, None)
        elif inner.decode() in NUMBERS:
            fields[inner] = integer(value)
        else:
            fields[inner] = text(value)

    @script_function()
    def uac_req_send(self, ctx: Context) -> int:
        """Send the request that $uac_req(...) describes. The script goes on at once; false where it cannot be sent."""
        fields = dict(_fields(ctx))
        if not fields.get(b"method") or not fields.get(b"ruri"):
            return -1
        wanted = fields.get(b"sock")
        try:
            socket = self._socket(text(wanted)) if wanted else self.socket
        except ConfigError as why:
            raise ScriptError(why.reason) from None
        failed: list[Failure] = []
        answered = self._sent(fields, socket)
        answered.addCallback(self._answered, fields, socket)
        answered.addErrback(failed.append)
        if failed:
            failed.pop().trap(ScriptError)
            return -1
        return 1

    def _socket(self, name: bytes) -> Socket:
        found = named_socket(self.server.transport, name)
        if found is None:
            raise ConfigError(f"uac: no socket of ours: {name.decode(errors='replace')}")
        return found

    def _sent(self, fields: Fields, socket: Socket | None, more: bytes = b"", again: Response | None = None) -> Any:
        """Send it. again: the challenge that is answered: within its call, with the next CSeq. RFC 3261 §22.2."""
        uri = text(fields[b"ruri"])
        call_id, cseq = text(fields.get(b"callid")) or None, integer(fields.get(b"cseqno")) or None
        from_ = _party(fields.get(b"furi") or uri, fields.get(b"ftag"))
        to = _party(fields.get(b"turi") or uri, fields.get(b"ttag"))
        if again is not None:
            assert again.from_ is not None and again.to is not None and again.cseq is not None
            from_ = bytes(again.from_)
            call_id, cseq = again.call_id, again.cseq.number + 1
        return self.tm.request(
            text(fields[b"method"]),
            uri,
            from_,
            to,
            text(fields.get(b"hdrs")) + more,
            text(fields.get(b"body")),
            text(fields.get(b"ouri")) or None,
            socket,
            call_id,
            cseq,
            timeout=integer(fields.get(b"fr_timeout")) / 1000,
            invite_timeout=integer(fields.get(b"fr_inv_timeout")) / 1000,
        )

    def _answered(self, answer: Answered, fields: Fields, socket: Socket | None, last: bool = False) -> None:
        asked_for = fields.get(b"evroute")
        if asked_for and (asked_for != REFUSALS or answer.status >= 300):
            self._run_route(answer, fields)
        if last or asked_for == REFUSALS or answer.status not in CHALLENGES or answer.response is None:
            return
        if not fields.get(b"auser") or not fields.get(b"apasswd"):
            return
        try:
            line = self._line(answer.status, answer.response, fields)
        except ScriptError as why:
            log.error("uac_req_send(): {why}", why=str(why))
            return
        again = self._sent(fields, socket, line, answer.response)
        again.addCallback(self._answered, fields, socket, True)
        again.addErrback(lambda why: log.error("uac_req_send(): {why}", why=why.getErrorMessage()))

    def _line(self, status: int, response: Response, fields: Fields) -> bytes:
        challenge = challenges(response, status)[0]
        hashed = bool(integer(fields.get(b"flags")) & HASHED)
        credential = Credential(challenge.realm or b"", text(fields[b"auser"]), text(fields[b"apasswd"]), hashed)
        asked = Asked(text(fields[b"method"]), text(fields[b"ruri"]), text(fields.get(b"body")))
        return authorization(status, challenge, credential, asked)

    def _run_route(self, answer: Answered, fields: Fields) -> None:
        if self.reply_route is None:
            return
        if answer.response is None:
            ctx = self.server.background()
        else:
            ctx = Context(self.server, answer.response, Draft(), RouteType.EVENT)
        facts = {b"evcode": answer.status, b"evtype": MADE_UP if answer.response is None else REAL}
        ctx.extra[_FIELDS] = fields | facts
        self.server.execute(self.reply_route, ctx)


_FIELDS = "uac.request"


def _fields(ctx: Context) -> Fields:
    found: Fields | None = ctx.extra.get(_FIELDS)
    if found is None:
        found = ctx.extra[_FIELDS] = {}
    return found


def _party(uri: Value, tag: Value) -> bytes:
    address = text(uri)
    if tag:
        return b"%b;tag=%b" % (address if b"<" in address else b"<%b>" % address, text(tag))
    return address
