# -*- test-case-name: tests.modules.registrar.test_finding -*-
"""finding: lookup() and its like: contacts become the targets of a request. RFC 3261 §16.5, RFC 5627 §5."""

from __future__ import annotations

from typing import NamedTuple

from sipapp.errors import ParseError
from sipapp.interfaces.location import Contact, ILocation, bare
from sipapp.log import Logger
from sipapp.message.draft import Branch, Draft
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import ANY, FAILURE, REQUEST, Context, ScriptError, Text, modparam, script_function
from sipapp.module.sockets import named_socket
from sipapp.modules.registrar import wanted
from sipapp.modules.registrar.extended import Extended
from sipapp.modules.registrar.reasons import Refused

log = Logger()

FOUND, NOT_FOUND, NOT_ALLOWED, WRONG = 1, -1, -2, -3
"""What lookup() answers."""

BY_FLAGS, BY_STREAM = 1, 2
"""`lookup_filter_mode`."""

BY_CALL_ID, BY_RECEIVED, BY_CONTACT = 1, 2, 4
"""What registered() looks at."""

WITH_XAVP, WITHOUT_RECORD = 1, 2
"""What it does with what it has found."""


class Sought(NamedTuple):
    """What a URI asks for."""

    aor: bytes
    instance: bytes = b""  # of a public GRUU
    ruid: bytes = b""  # of a temporary one


class NothingFound(Exception):
    """`code`: what lookup() answers."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Find(Extended):
    """lookup(), lookup_to_dset(), lookup_branches(), registered()."""

    append_branches: int = modparam(default=1, doc="0: lookup() takes the best contact alone")
    method_filtering: int = modparam(default=0, doc="1: contacts that do not take the request's method are passed over")
    path_check_local: int = modparam(default=0, doc="1: an entry of Path that is this server is passed over")
    lookup_filter_mode: int = modparam(
        default=0,
        minimum=0,
        maximum=3,
        doc="what more a contact needs: 1: one of the branch flags that `xavp_cfg` names, 2: an open stream, 3: both",
    )
    use_expired_contacts: int = modparam(
        default=0, doc="contacts whose time is over are gone here, at once; without effect"
    )

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False, parse={"domain": "table_name"})
    async def lookup(self, ctx: Context, domain: Text, uri: bytes | None = None) -> int:
        """Send the request to the contacts of its user (or of `uri`) in the location table `domain`: the best one
        becomes the Request-URI, with its way ($du), socket and flags, the others are branches. 1; -1 there are none,
        -2 none takes this method, -3 the URI or a contact's Path is wrong."""
        return await self.target(ctx, self.location(domain), uri, True)

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False, parse={"domain": "table_name"})
    async def lookup_to_dset(self, ctx: Context, domain: Text, uri: bytes | None = None) -> int:
        """As lookup(), but all contacts are branches; the Request-URI stays."""
        return await self.target(ctx, self.location(domain), uri, False)

    @script_function(routes=REQUEST | FAILURE, suspends=True, asynchronous=False, parse={"domain": "table_name"})
    async def lookup_branches(self, ctx: Context, domain: Text) -> int:
        """As lookup(), for the Request-URI and each branch that has nothing but a URI so far: the contacts of each take
        its place."""
        draft = ctx.draft
        before = draft.targets
        draft.targets = []
        table = self.location(domain)
        code = await self.target(ctx, table, None, True)
        if not before:
            return code
        found = code > 0
        more, draft.targets = draft.targets, []
        for branch in before:
            plain = not (branch.next_hop or branch.path or branch.flags or branch.send_socket is not None)
            contacts = await self._branches(ctx, table, branch.uri) if plain else []
            found = found or bool(contacts)
            draft.targets.append(contacts[0] if contacts else branch)
            more += contacts[1:] if self.append_branches else []
        draft.targets += more
        return FOUND if found else code

    async def _branches(self, ctx: Context, table: ILocation, uri: bytes) -> list[Branch]:
        try:
            return [self._branch(contact) for contact in await self._contacts_of(ctx, table, uri)]
        except NothingFound:
            return []

    async def target(self, ctx: Context, table: ILocation, uri: bytes | None, rewrite: bool) -> int:
        """What lookup() does, and lookup_to_dset()."""
        if not uri:
            request = ctx.message
            assert isinstance(request, Request)
            uri = ctx.draft.request_uri or request.uri
        try:
            contacts = await self._contacts_of(ctx, table, uri)
            if rewrite:
                self._rewrite(ctx, contacts[0])
        except NothingFound as why:
            return why.code
        further = contacts[1:] if rewrite else contacts[:]
        if self.append_branches or not rewrite:
            for contact in further:
                try:
                    ctx.draft.targets.append(self._branch(contact))
                except NothingFound:
                    contacts.remove(contact)
        for contact in reversed(contacts):
            self.unpack_xavp(ctx, contact)
        return FOUND

    # -- contacts

    async def _contacts_of(self, ctx: Context, table: ILocation, uri: bytes) -> list[Contact]:
        """Those that may be sent to, one at least. Raises NothingFound."""
        sought = self._sought(table, uri)
        try:
            contacts = await self.contacts(table, sought.aor)
        except ScriptError as why:
            log.error("{why}", why=str(why))
            raise NothingFound(WRONG) from None
        code = NOT_FOUND
        found = []
        for contact in contacts:
            if sought.ruid and contact.ruid != sought.ruid:
                continue
            if sought.instance and bare(contact.instance) != sought.instance:
                continue
            if not self._takes(ctx, contact):
                code = NOT_ALLOWED
            elif sought.instance or sought.ruid or self._fits(ctx, contact):
                found.append(contact)
        if not found:
            raise NothingFound(code)
        return found[:1] if sought.instance or sought.ruid else found

    def _sought(self, table: ILocation, uri: bytes) -> Sought:
        """Raises NothingFound."""
        try:
            parsed = Uri.parse(uri)
            if b"gr" not in parsed.parameters:
                return Sought(self.addresses.of(parsed))
            instance = parsed.parameters.get(b"gr")
            if instance:
                return Sought(self.addresses.of(parsed), bare(instance))
        except (ParseError, Refused) as why:
            log.error("failed to extract address of record: {why}", why=why.reason)
            raise NothingFound(WRONG) from None
        ruid = (parsed.user or b"").rpartition(b"-")[0]
        aor = table.of_ruid(ruid)
        if aor is None:
            raise NothingFound(NOT_FOUND if ruid else WRONG)
        return Sought(aor, b"", ruid)

    def _takes(self, ctx: Context, contact: Contact) -> bool:
        """Whether it takes the method of the request; within a dialog it does."""
        if not self.method_filtering:
            return True
        message = ctx.message
        bit = wanted.METHODS.get(message.method, wanted.OTHER_METHOD)
        to = message.to
        return bool(contact.methods & bit) or bool(to is not None and to.tag)

    def _fits(self, ctx: Context, contact: Contact) -> bool:
        mode = self.lookup_filter_mode
        if mode & BY_FLAGS:
            flags = self.configured_number(ctx, b"rlf_bflags", 0)
            if flags and not contact.branch_flags & flags:
                return False
        if mode & BY_STREAM and contact.connection > 0:
            connection = self.server.transport.connections.by_id(contact.connection)
            return connection is not None and not connection.closed
        return True

    # -- targets

    def _way(self, contact: Contact) -> tuple[bytes | None, bytes | None]:
        """(the Path vector, the first URI on the way), None where there is none. Raises NothingFound: a wrong Path."""
        path = contact.path
        if not path:
            return None, contact.received or None
        hop = wanted.first_hop(path)
        if hop is not None and self.path_check_local and self._is_here(hop.parsed_uri):
            path = wanted.rest_of(path)
            if not path:
                return None, contact.received or None
            hop = wanted.first_hop(path)
        if hop is None:
            log.error("failed to get dst_uri for Path {path}", path=contact.path.decode(errors="replace"))
            raise NothingFound(WRONG)
        return path, hop.uri

    def _is_here(self, uri: Uri) -> bool:
        return bool(uri.host and self.server.transport.is_myself(uri.host))

    def _rewrite(self, ctx: Context, contact: Contact) -> None:
        """Raises NothingFound."""
        draft: Draft = ctx.draft
        branch = draft.location = self._branch(contact)
        draft.request_uri, draft.next_hop = branch.uri, branch.next_hop
        if branch.path is not None:
            draft.path = branch.path
        if branch.send_socket is not None:
            draft.send_socket = branch.send_socket
        draft.branch_flags |= branch.flags
        self.remember_contact(ctx, contact)

    def _branch(self, contact: Contact) -> Branch:
        """Raises NothingFound."""
        path, next_hop = self._way(contact)
        branch = Branch(contact.uri, next_hop, path, contact.q)
        branch.flags = contact.branch_flags
        branch.send_socket = named_socket(self.server.transport, contact.socket) if contact.socket else None
        branch.ruid, branch.user_agent = contact.ruid or None, contact.user_agent or None
        if contact.instance:
            branch.instance, branch.reg_id = contact.instance, contact.reg_id
        return branch

    # -- asking

    @script_function(routes=ANY, suspends=True, asynchronous=False, parse={"domain": "table_name"})
    async def registered(
        self, ctx: Context, domain: Text, uri: bytes | None = None, match_option: int = 0, match_action: int = 0
    ) -> int:
        """Whether the user of the Request-URI, of To in a response, or of `uri`, has a contact in the location table
        `domain`; the request stays as it is.

        match_option: the sum of what must be as fields of `xavp_cfg` say: 1 Call-ID (match_callid), 2 where it is
        (match_received), 4 its URI (match_contact). match_action: 1: bring back its `xavp_contact`, 2: leave `xavp_rcd`
        alone, 3: both.
        """
        table = self.location(domain)
        for contact in await self.contacts(table, self._asked(ctx, uri)):
            if self._matches(ctx, contact, match_option):
                if not match_action & WITHOUT_RECORD:
                    self.remember_contact(ctx, contact)
                if match_action & WITH_XAVP:
                    self.unpack_xavp(ctx, contact)
                return 1
        return -1

    def _asked(self, ctx: Context, uri: bytes | None) -> bytes:
        """The address of record that is meant. Raises ScriptError."""
        message = ctx.message
        try:
            if not uri:
                if isinstance(message, Request):
                    uri = ctx.draft.request_uri or message.uri
                else:
                    uri = message.to.uri if message.to is not None else b""
            return self.addresses.parse(uri)
        except (Refused, ParseError) as why:
            raise ScriptError(f"failed to extract address of record: {why.reason}") from None

    def _matches(self, ctx: Context, contact: Contact, option: int) -> bool:
        for bit, name, value in (
            (BY_CALL_ID, b"match_callid", contact.call_id),
            (BY_RECEIVED, b"match_received", contact.received),
            (BY_CONTACT, b"match_contact", contact.uri),
        ):
            if option & bit:
                wish = self.configured_text(ctx, name)
                if wish and wish != value:
                    return False
        return True
