# -*- test-case-name: tests.modules.registrar.test_saving -*-
"""saving: save(): a REGISTER becomes contacts in a location table. RFC 3261 §10.3, RFC 3327, RFC 5626 §6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipapp.errors import ParseError, SqlError
from sipapp.interfaces.location import Contact, ILocation, RepeatedRegistration, StaleRegistration
from sipapp.interfaces.transport import Socket
from sipapp.log import Logger
from sipapp.message.address import Address
from sipapp.message.parameters import NONE
from sipapp.module import FAILURE, ONREPLY, REQUEST, ConfigError, Context, ScriptError, Text, modparam, script_function
from sipapp.module.sockets import named_socket
from sipapp.modules.registrar import reasons, wanted
from sipapp.modules.registrar.answer import ANSWER, Answer, Answers
from sipapp.modules.registrar.reasons import Refused

if TYPE_CHECKING:
    from sipapp.message.message import Message

log = Logger()

MEMORY_ONLY, NO_REPLY, REPLACE, EXACT, PREPARE_REPLY = 1, 2, 4, 8, 16
"""The flags of save()."""

INSERTED, UPDATED, DELETED, LISTED = 1, 2, 3, 4
"""What save() answers."""
FAILED, TOO_MANY = -1, -2

ADVERTISED = 1
"""`sock_mode`."""


def save_flags(text: bytes) -> int:
    """Raises ConfigError: not the sum of some flags."""
    try:
        number = int(text, 16 if text[:2].lower() == b"0x" else 10)
    except ValueError:
        number = -1
    if not 0 <= number < 32:
        raise ConfigError(f"flags are a number from 0 to 31, not {text.decode(errors='replace')!r}")
    return number


class Save(Answers):
    """save(), reg_send_reply()."""

    default_expires: int = modparam(default=3600, unit="s", doc="lifetime of a contact that does not say how long")
    default_expires_range: int = modparam(
        default=0,
        minimum=0,
        maximum=100,
        unit="%",
        doc="by how much, at most, chance shortens `default_expires`",
    )
    expires_range: int = modparam(
        default=0, minimum=0, maximum=100, unit="%", doc="the same for what the contact asks for"
    )
    min_expires: int = modparam(default=60, unit="s", doc="the shortest lifetime; 0: any")
    min_expires_mode: int = modparam(default=0, doc="a shorter one is 0: made as long as that, 1: answered with 423")
    max_expires: int = modparam(default=0, unit="s", doc="the longest lifetime; 0: any")
    default_q: int = modparam(default=-1, maximum=1000, doc="q of a contact without one, 0 to 1000; -1: none")
    max_contacts: int = modparam(
        default=0, minimum=0, doc="how many contacts a user may have, more are answered with 503; 0: any number"
    )
    contact_max_size: int = modparam(default=512, doc="the longest URI of a contact (bytes); longer ones are 400")
    use_path: int = modparam(default=0, doc="1: Path is kept with the contact, and is the way to it")
    path_use_received: int = modparam(
        default=0, doc="1: `received` of the first entry in Path says where the client is, and that a NAT is there"
    )
    regid_mode: int = modparam(
        default=0, minimum=0, maximum=1, doc="reg-id without the edge's outbound support is 0: passed over, 1: used"
    )
    sock_mode: int = modparam(default=0, doc="1: keep the advertised address of the socket, not its own")
    sock_flag: int = modparam(
        default=-1, maximum=31, doc="the message flag that has the socket taken from `sock_hdr_name` or `xavp_cfg`"
    )
    sock_hdr_name: bytes = modparam(default=b"", doc="the header field that names the socket: udp:192.0.2.1:5060")

    def start_saving(self) -> None:
        self.accepted = self.server.statistics.counter("registrar", "accepted_regs")
        self.rejected = self.server.statistics.counter("registrar", "rejected_regs")
        self._socket_flag = 1 << self.sock_flag if self.sock_flag >= 0 and (self.sock_hdr_name or self.xavp_cfg) else 0
        self._socket_key = self.sock_hdr_name.lower()

    @script_function(
        routes=REQUEST | FAILURE | ONREPLY,
        suspends=True,
        asynchronous=False,
        parse={"domain": "table_name", "flags": save_flags},
    )
    async def save(self, ctx: Context, domain: Text, flags: Text | None = None, uri: bytes | None = None) -> int:
        """Do what a REGISTER asks for, in the location table `domain`, and answer it: 1 contacts were added or nothing
        was to be done, 2 renewed, 3 removed, 4 none were named and those that there are were listed; -1 it was refused,
        -2 there would be too many contacts.

        flags: the sum of 1 (not for a database), 2 (do not answer), 4 (this contact and no other), 8 (no
        `expires_range`), 16 (put the header fields of the answer into the next one, for 2). uri: the user, in place of
        the one in To. In onreply_route nothing is answered.
        """
        table = self.location(domain)
        given: Any = flags
        options: int = given or 0
        try:
            code, answer = await self._register(ctx, table, options, uri)
        except (Refused, SqlError) as failed:
            why = failed if isinstance(failed, Refused) else self._unsaved(failed)
            self.rejected.value += 1
            ctx.extra[ANSWER] = answer = Answer(why.why, why.contacts)
            if ctx.route_type is REQUEST and not options & NO_REPLY:
                self.send_answer(ctx, answer)
            return TOO_MANY if why.why is reasons.TOO_MANY else FAILED
        self.accepted.value += 1
        ctx.extra[ANSWER] = answer
        if not options & NO_REPLY:
            kind = ctx.route_type
            if (kind is REQUEST or kind is FAILURE) and self.send_answer(ctx, answer) < 0:
                return FAILED
        elif options & PREPARE_REPLY:
            self.prepare(ctx, answer)
        return code

    def _unsaved(self, error: SqlError) -> Refused:
        log.error("a registration is not saved: {why}", why=str(error))
        return Refused(reasons.FAILED)

    async def _register(self, ctx: Context, table: ILocation, flags: int, uri: bytes | None) -> tuple[int, Answer]:
        """(what save() answers, what the peer is told). Raises Refused."""
        message = ctx.message
        addresses, star = wanted.contacts_of(message, self.contact_max_size)
        use_reg_id = self.check_outbound(message, addresses)
        aor = self._aor(message, uri)
        holding = table.hold(aor, ctx)
        if holding is not None:
            await holding
        try:
            found = table.get(aor)
            contacts = found if isinstance(found, list) else await found
            path = b""
            if star:
                code, kept = DELETED, list[Contact]()
            elif not addresses:
                return LISTED, Answer(reasons.FINE, contacts, aor, path, table)
            else:
                try:
                    if self.use_path:
                        path = self._path(message)
                    new = self._contacts(ctx, addresses, path, use_reg_id, flags)
                    code, kept = self._changed(table, contacts, new, flags)
                    self._check_number(ctx, kept, flags)
                except Refused as why:
                    why.contacts = contacts
                    raise
            writing = table.put(aor, kept)
            if writing is not None:
                await writing
        finally:
            table.release(aor)
        return code, Answer(reasons.FINE, kept, aor, path, table)

    def _check_number(self, ctx: Context, kept: list[Contact], flags: int) -> None:
        """Raises Refused."""
        limit = self.configured_number(ctx, b"max_contacts", self.max_contacts)
        if 0 < limit < len(kept) and not flags & REPLACE:
            raise Refused(reasons.TOO_MANY)

    def _path(self, message: Message) -> bytes:
        """Raises Refused."""
        path = wanted.path_of(message)
        if path:
            self.check_path(message)
        return path

    def _aor(self, message: Message, uri: bytes | None) -> bytes:
        """Raises Refused."""
        if uri:
            return self.addresses.parse(uri)
        try:
            to = message.to
            if to is None:
                raise Refused(reasons.BAD_ADDRESS)
            return self.addresses.of(to.parsed_uri)
        except ParseError:
            raise Refused(reasons.BAD_ADDRESS) from None

    # -- what is asked for

    def _contacts(
        self, ctx: Context, addresses: list[Address], path: bytes, use_reg_id: bool, flags: int
    ) -> list[Contact]:
        """A contact for each that the message names; `expires` of those that shall go is -1. Raises Refused."""
        message, draft = ctx.message, ctx.draft
        call_id = message.call_id
        if len(call_id) > 255:
            raise Refused(reasons.LONG_CALL_ID)
        user_agent = message.first(b"user-agent") or b""
        by_path = wanted.received_of(path) if path and self.path_use_received else b""
        branch_flags = draft.branch_flags | self.usrloc.nat_flag if by_path else draft.branch_flags
        received = by_path or self.received_of(ctx)
        allowed = wanted.allowed_of(message)
        now = int(self.server.clock.seconds())
        socket = self._socket(ctx)
        connection = message.flow.connection
        xavp = self.pack_xavp(ctx)
        cseq = message.cseq.number if message.cseq is not None else 0
        default_q = self.configured_number(ctx, b"q", -1)
        expires = wanted.expires_of(message)
        contacts = []
        for address in addresses:
            contact = Contact(address.uri)
            seconds = self._seconds(ctx, wanted.own_seconds(address, expires), not flags & EXACT)
            contact.expires = now + seconds if seconds else -1
            contact.call_id, contact.cseq, contact.modified = call_id, cseq, now
            contact.user_agent = user_agent if 0 < len(user_agent) < 255 else b"n/a"
            contact.flags, contact.branch_flags = flags & MEMORY_ONLY, branch_flags
            contact.path, contact.received, contact.socket = path, received, socket
            contact.server_id = self.server.config.server_id
            contact.connection = -1 if connection is None else connection.id
            contact.q, contact.methods, contact.xavp = self.default_q, allowed, xavp
            if address.parameters is not NONE:
                self._read_parameters(contact, address, use_reg_id)
                if not by_path:
                    contact.received = wanted.parameter(address, b"received") or received
            if default_q >= 0:
                contact.q = default_q
            contacts.append(contact)
        return contacts

    def _read_parameters(self, contact: Contact, address: Address, use_reg_id: bool) -> None:
        """What a contact says of itself. Raises Refused."""
        contact.q = wanted.q_of(address, contact.q)
        contact.methods = wanted.methods_of(address, contact.methods)
        contact.instance = wanted.parameter(address, b"+sip.instance")
        if use_reg_id:
            contact.reg_id = wanted.reg_id_of(address)

    def _seconds(self, ctx: Context, asked: int, vary: bool) -> int:
        """For how long a contact is there that asks for so long; 0: it shall go. Raises Refused."""
        seconds, percent = self.configured_number(ctx, b"expires", -1), 0
        if seconds < 0:
            seconds, percent = asked, self.expires_range
            if seconds < 0:
                seconds, percent = self.default_expires, self.default_expires_range
        if not seconds:
            return 0
        if seconds < self.min_expires:
            if self.min_expires_mode:
                raise Refused(reasons.TOO_BRIEF)
            seconds = self.min_expires
        if vary and percent:
            seconds = max(wanted.shortened(seconds, percent), self.min_expires)
        return min(seconds, self.max_expires) if self.max_expires else seconds

    def _socket(self, ctx: Context) -> bytes:
        """The text of the socket of ours that the contact is to be reached by."""
        if ctx.draft.flags & self._socket_flag:
            if self._socket_key:
                named = ctx.message.first(self._socket_key)
            else:
                named = self.configured_text(ctx, b"socket")
            found = named_socket(self.server.transport, named) if named else None
            if found is not None:
                return found.text
        socket: Socket = ctx.message.flow.socket
        if self.sock_mode & ADVERTISED:
            host = socket.advertised_host
            shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
            return f"{socket.proto}:{shown}:{socket.advertised_port}".encode()
        return socket.text

    # -- what becomes of it

    def _changed(
        self, table: ILocation, contacts: list[Contact], new: list[Contact], flags: int
    ) -> tuple[int, list[Contact]]:
        """(what save() answers, the contacts as they are to be). Raises Refused."""
        kept = contacts[:]
        fresh = 0 if contacts else 1  # one that a message names twice is renewed by itself
        code = INSERTED
        for contact in new:
            contact.cseq += fresh
            try:
                old = table.find(kept, contact)
            except RepeatedRegistration:
                if contact.expires > 0 and flags & REPLACE:
                    break
                continue
            except StaleRegistration:
                raise Refused(reasons.BAD_CSEQ) from None
            finally:
                contact.cseq -= fresh
            if contact.expires < 0:
                if old is not None:
                    kept.remove(old)
                    code = DELETED
                continue
            if old is None:
                contact.ruid = self.usrloc.new_ruid()
                code = INSERTED
            else:
                contact.ruid, contact.reg_id = old.ruid, old.reg_id
                code = INSERTED if fresh else UPDATED
                contact.instance = contact.instance or old.instance
                if contact.instance and contact.call_id != old.call_id:
                    # The device has started anew: what it had registered before is gone with that. RFC 5626 §6.
                    kept = [c for c in kept if c is old or c.instance != contact.instance]
            if flags & REPLACE:
                kept = [contact]
                break
            if old is not None:
                kept[kept.index(old)] = contact
            table.place(kept, contact)
        return code, kept

    # -- answering

    @script_function(routes=REQUEST | FAILURE)
    def reg_send_reply(self, ctx: Context) -> int:
        """Send the answer to the REGISTER that save(), with flag 2, has not sent."""
        answer = ctx.extra.get(ANSWER)
        if answer is None:
            raise ScriptError("there is nothing to answer: save() has not been called")
        return 1 if self.send_answer(ctx, answer) >= 0 else -1
