# -*- test-case-name: tests.modules.registrar.test_answer -*-
"""answer: what a registration is answered with. RFC 3261 §10.3 step 8, RFC 3327 §5.3, RFC 5626 §6, RFC 5627 §5."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sipapp.errors import ParseError
from sipapp.interfaces.location import Contact, ILocation, bare
from sipapp.interfaces.reply import IReplySender
from sipapp.message.address import Address
from sipapp.module import Context, modparam
from sipapp.module.hashes import kamailio_hash
from sipapp.module.reply import q_value
from sipapp.modules.registrar import reasons, wanted
from sipapp.modules.registrar.extended import Extended
from sipapp.modules.registrar.reasons import Reason, Refused

if TYPE_CHECKING:
    from sipapp.message.message import Message

ANSWER = "registrar.answer"
"""The key in `ctx.extra` of what save() has come to: an Answer."""

STRICT, LAZY, OFF = 2, 1, 0
"""`path_mode`."""

SUPPORTED, REQUIRED = 1, 2
"""`outbound_mode`."""


class Answer(NamedTuple):
    """What save() has come to."""

    why: Reason
    contacts: list[Contact]
    aor: bytes = b""
    path: bytes = b""
    table: ILocation | None = None


class Answers(Extended):
    """Answers."""

    received_param: bytes = modparam(
        default=b"received",
        doc="the parameter of Contact that says where a client registered from; empty: none says it",
    )
    path_mode: int = modparam(
        default=STRICT,
        minimum=0,
        maximum=2,
        doc="Path comes back in the answer 0: never, 1: where the client knows it, 2: always, and a client that does "
        "not know it is refused with 420",
    )
    outbound_mode: int = modparam(
        default=0, minimum=0, maximum=2, doc="RFC 5626 0: is refused with 420, 1: supported, 2: wanted of everybody"
    )
    flow_timer: int = modparam(
        default=0, minimum=0, maximum=999, unit="s", doc="Flow-Timer of the answer: how often to ping us; 0: none"
    )
    retry_after: int = modparam(default=0, unit="s", doc="Retry-After of a 5xx; 0: none")
    gruu_enabled: int = modparam(default=1, doc="1: a device that supports GRUUs gets its own. RFC 5627")

    replies: IReplySender
    regid_mode: int
    min_expires: int

    # -- what the client must know of

    def check_outbound(self, message: Message, addresses: list[Address]) -> bool:
        """Whether reg-id counts. Raises Refused. RFC 5626 §6."""
        mode = self.outbound_mode
        if not mode and message.first(b"require") is None:
            return True
        supported = b"outbound" in wanted.options_of(message, b"supported")
        if mode == REQUIRED and not supported:
            raise Refused(reasons.NO_OUTBOUND_THERE)
        if not mode:
            if b"outbound" in wanted.options_of(message, b"require"):
                raise Refused(reasons.NO_OUTBOUND_HERE)
            return True
        if not addresses or len(message.vias) < 2:
            return True
        if self._edge_has_outbound(message) or self.regid_mode:
            return True
        if supported and wanted.parameter(addresses[0], b"reg-id"):
            raise Refused(reasons.NO_OUTBOUND_BETWEEN)
        return False

    def _edge_has_outbound(self, message: Message) -> bool:
        """The first proxy has put itself into Path with the parameter ob. RFC 5626 §5.1."""
        hop = wanted.first_hop(message.first(b"path") or b"")
        try:
            return hop is not None and b"ob" in hop.parsed_uri.parameters
        except ParseError:
            return False

    def check_path(self, message: Message) -> None:
        """Raises Refused: the client does not know Path, and must."""
        if self.path_mode == STRICT and b"path" not in wanted.options_of(message, b"supported"):
            raise Refused(reasons.NO_PATH)

    # -- the answer

    def send_answer(self, ctx: Context, answer: Answer) -> int:
        """send_reply()'s return code."""
        self.prepare(ctx, answer)
        return self.replies.send_reply(ctx, answer.why.status, answer.why.phrase)

    def prepare(self, ctx: Context, answer: Answer) -> None:
        """Put the header fields of the answer into the next response that the script sends."""
        fields = []
        if answer.contacts:
            fields.append(self._contact_line(ctx, answer))
        if answer.why is reasons.FINE:
            self._add_extensions(ctx.message, answer, fields)
        else:
            self._add_error(answer.why, fields)
        ctx.draft.reply_fields = [*ctx.draft.reply_fields, *fields]

    def _add_extensions(self, message: Message, answer: Answer, fields: list[bytes]) -> None:
        if answer.path and self.path_mode != OFF and b"path" in wanted.options_of(message, b"supported"):
            fields.append(b"Path: %b\r\n" % answer.path)
        if not self.outbound_mode:
            return
        used = self.outbound_mode == REQUIRED or b"outbound" in (
            wanted.options_of(message, b"require") | wanted.options_of(message, b"supported")
        )
        lines = [b"Supported: outbound\r\n"]
        if used:
            lines.append(b"Require: outbound\r\n")
        fields += lines[::-1] if self.outbound_mode == REQUIRED else lines
        if used and self.flow_timer:
            fields.append(b"Flow-Timer: %d\r\n" % self.flow_timer)

    def _add_error(self, why: Reason, fields: list[bytes]) -> None:
        if why is reasons.NO_PATH:
            fields.append(b"Unsupported: path\r\n")
        elif why is reasons.NO_OUTBOUND_THERE:
            fields += [b"Require: outbound\r\n", b"Supported: outbound\r\n"]
        elif why is reasons.NO_OUTBOUND_HERE:
            fields.append(b"Unsupported: outbound\r\n")
        elif why is reasons.TOO_BRIEF:
            fields.append(b"Min-Expires: %d\r\n" % self.min_expires)
        fields.append(b"P-Registrar-Error: %b\r\n" % why.error)
        if why.status >= 500 and self.retry_after:
            fields.append(b"Retry-After: %d\r\n" % self.retry_after)

    # -- contacts

    def _contact_line(self, ctx: Context, answer: Answer) -> bytes:
        now = int(self.server.clock.seconds())
        message = ctx.message
        received = self.received_param
        listed = []
        for c in answer.contacts:
            text = b"<%b>" % c.uri
            if c.q >= 0:
                text += b";q=" + q_value(c.q)
            text += b";expires=%d" % (c.expires - now if c.expires else wanted.MOST_SECONDS)
            if received and c.received:
                text += b';%b="%b"' % (received, c.received)
            if c.instance:
                if self.gruu_enabled == 1 and b"gruu" in wanted.options_of(message, b"supported"):
                    text += self._gruus(message, answer, c, now)
                text += b';+sip.instance="%b"' % c.instance
            if c.reg_id:
                text += b";reg-id=%d" % c.reg_id
            listed.append(text)
            self.remember_contact(ctx, c)
        return b"Contact: %b\r\n" % b", ".join(listed)

    def _gruus(self, message: Message, answer: Answer, c: Contact, now: int) -> bytes:
        """The public one names user and instance; the temporary one only the contact. RFC 5627 §5.4."""
        to = message.to
        host = to.parsed_uri.host or b"" if to is not None else b""
        user, at, _ = answer.aor.partition(b"@")
        address = answer.aor if at else b"%b@%b" % (user, host)
        if answer.table is not None:
            answer.table.name_ruid(c.ruid, answer.aor, (c.expires or wanted.MOST_SECONDS) - now)
        mark = (b"%x" % kamailio_hash(answer.aor))[::-1]
        return b';pub-gruu="sip:%b;gr=%b";temp-gruu="sip:%b-%b@%b;gr"' % (
            *(address, bare(c.instance)),
            *(c.ruid, mark, host),
        )
