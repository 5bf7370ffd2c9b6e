# -*- test-case-name: tests.modules.uac.test_replace -*-
"""replace: another From or To towards the callee, the old one towards the caller, for the whole dialog.

The new and the old URI travel in a parameter of our Record-Route; loose_route() finds it in the requests that follow.
"""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from sipapp.errors import ConfigError
from sipapp.interfaces.record_route import IRecordRoute
from sipapp.interfaces.server import IServer
from sipapp.interfaces.tm import ITm, ITransactionListener
from sipapp.log import Logger
from sipapp.message.draft import Draft
from sipapp.message.request import Request
from sipapp.message.response import Response
from sipapp.module import BRANCH, REQUEST, Context, RouteType, ScriptError, modparam, script_function
from sipapp.module.bind import bind_variable
from sipapp.modules.uac.masks import mask, unmask
from sipapp.modules.uac.parties import party, write

log = Logger()

REPLACED = "uac.replaced"
"""In `ctx.extra`: which of From and To the responses must get back."""


@implementer(ITransactionListener)
class Replacing:
    """uac_replace_from(), uac_replace_to(), uac_restore_from() and uac_restore_to()."""

    rr_from_store_param: bytes = modparam(default=b"vsf", doc="parameter of Record-Route that keeps From's URIs")
    rr_to_store_param: bytes = modparam(default=b"vst", doc="parameter of Record-Route that keeps To's URIs")
    restore_mode: str = modparam(
        default="auto",
        doc="auto: loose_route() writes the right URI into the requests that follow; manual: uac_restore_from() and "
        "uac_restore_to() do; none: nothing is kept, nothing comes back",
    )
    restore_dlg: int = modparam(default=0, doc="1: keep the URIs in the dialog; wants a module that follows dialogs")
    restore_passwd: bytes = modparam(default=b"", doc="a password that hides the URIs in Record-Route a little")
    restore_from_avp: bytes = modparam(default=b"", doc="an $avp() that gets the old From, to be restored from there")
    restore_to_avp: bytes = modparam(default=b"", doc="an $avp() that gets the old To, to be restored from there")

    record_route: IRecordRoute | None

    def start_replacing(self, server: IServer) -> None:
        """Raises ConfigError: a mode that there is not, no rr to keep the URIs."""
        mode = self.restore_mode.lower()
        if mode not in ("auto", "manual", "none"):
            raise ConfigError(f'modparam("uac", "restore_mode"): auto, manual or none, got {self.restore_mode!r}')
        self.restores, self.follows = mode != "none", mode == "auto"
        self.record_route = server.find(IRecordRoute)
        self.avps: dict[bytes, Any] = {}
        self.replaced: dict[Any, frozenset[bytes]] = {}  # transaction -> keys of its header fields
        if not self.restores:
            return
        if self.restore_dlg:
            raise ConfigError('modparam("uac", "restore_dlg", 1): no module that follows dialogs is loaded')
        if self.record_route is None:
            raise ConfigError(f'modparam("uac", "restore_mode", "{mode}") wants loadmodule "rr" before uac')
        if not (self.rr_from_store_param and self.rr_to_store_param):
            raise ConfigError('modparam("uac"): rr_from_store_param and rr_to_store_param cannot be empty')
        self.names = {b"from": self.rr_from_store_param, b"to": self.rr_to_store_param}
        for key, source in ((b"from", self.restore_from_avp), (b"to", self.restore_to_avp)):
            if source:
                self.avps[key] = bind_variable(server, f'modparam("uac", "restore_{key.decode()}_avp")', source)
        server.get(ITm).on_event(self)
        if self.follows:
            self.record_route.on_loose_route(self._loose_routed)

    # -- what the script calls

    @script_function(routes=REQUEST | BRANCH)
    def uac_replace_from(self, ctx: Context, display: bytes, uri: bytes | None = None) -> int:
        """Write another name and URI into From: `uac_replace_from("Neo", "sip:neo@example.com")`.

        An empty name takes the name away, an empty URI leaves the URI; with one argument that is the URI. Responses and
        the requests that follow get what their receiver knows, by `restore_mode`.
        """
        return self._replace(ctx, b"from", display, uri)

    @script_function(routes=REQUEST | BRANCH)
    def uac_replace_to(self, ctx: Context, display: bytes, uri: bytes | None = None) -> int:
        """The same for To."""
        return self._replace(ctx, b"to", display, uri)

    @script_function(routes=REQUEST)
    def uac_restore_from(self, ctx: Context) -> int:
        """Write the URI into From (To, where the request goes upstream) that its receiver knows: for restore_mode
        manual, after loose_route(). False where there is nothing to restore."""
        return 1 if self._restore(ctx, b"from") else -1

    @script_function(routes=REQUEST)
    def uac_restore_to(self, ctx: Context) -> int:
        """The same for To (From, upstream)."""
        return 1 if self._restore(ctx, b"to") else -1

    # -- how it is done

    def _replace(self, ctx: Context, key: bytes, display: bytes, uri: bytes | None) -> int:
        new_name, new_uri = (None, display) if uri is None else (display, uri)
        message = ctx.message
        if ctx.route_type is RouteType.REQUEST and key in ctx.extra.get(REPLACED, ()):
            raise ScriptError(f"{key.decode()} has been replaced before")
        if self.follows and new_uri and message.to is not None and message.to.tag:
            raise ScriptError(f"{key.decode()} is replaced at the beginning of a dialog, not in it")
        found = party(message, key)
        if key in self.avps:
            self.avps[key].set(ctx, found.text(message))
        write(ctx, found, new_name, new_uri)
        if new_uri and self.restores:
            assert self.record_route is not None
            value = mask(found.uri, new_uri, self.restore_passwd)
            self.record_route.add_parameter(ctx, b";%b=%b" % (self.names[key], value))
            self._remember(ctx, key)
        return 1

    def _restore(self, ctx: Context, key: bytes) -> bool:
        """Raises ScriptError: what is to be restored cannot be."""
        rr = self.record_route
        if rr is None or not self.restores or not isinstance(ctx.message, Request):
            return False
        name = self.names[key]
        value = rr.route_parameter(ctx, name)
        if not value:
            return False
        rr.add_parameter(ctx, b";%b=%b" % (name, value))
        to = (key == b"from") is rr.is_upstream(ctx)
        side = b"to" if to else b"from"
        found = party(ctx.message, side)
        if side in self.avps:
            self.avps[side].set(ctx, found.text(ctx.message))
        write(ctx, found, None, unmask(value, found.uri, self.restore_passwd))
        ctx.extra[REPLACED] = ctx.extra.get(REPLACED, frozenset()) | {side}
        return True

    def _loose_routed(self, ctx: Context, parameters: bytes) -> None:
        for key in (b"from", b"to"):
            try:
                self._restore(ctx, key)
            except ScriptError as why:
                log.warn("uac: {key} of a request in a dialog stays: {why}", key=key.decode(), why=str(why))

    def _remember(self, ctx: Context, key: bytes) -> None:
        found = ctx.extra[REPLACED] = ctx.extra.get(REPLACED, frozenset()) | {key}
        if ctx.transaction is not None:
            self.replaced[ctx.transaction] = self.replaced.get(ctx.transaction, frozenset()) | found

    # -- ITransactionListener

    def transaction_created(self, transaction: Any, ctx: Context) -> None:
        found = ctx.extra.get(REPLACED)
        if found:
            self.replaced[transaction] = found

    def response_received(self, transaction: Any, branch: Any, response: Response) -> None:
        """The caller knows the old From and To."""
        found = self.replaced.get(transaction)
        if found is None:
            return
        ctx = Context(self.server, response, response.draft or Draft(), RouteType.ONREPLY, transaction.avps)
        for key in found:
            try:
                self._give_back(ctx, key, transaction.request)
            except ScriptError as why:
                log.error("uac: {key} of a response stays: {why}", key=key.decode(), why=str(why))
        response.draft = ctx.draft

    def _give_back(self, ctx: Context, key: bytes, request: Request) -> None:
        old = party(request, key).text(request)
        if key in self.avps:
            kept = self.avps[key].get(ctx)
            old = kept if isinstance(kept, bytes) and kept else old
        found = party(ctx.message, key)
        ctx.draft.replace(found.start, found.end, old)

    def request_forwarded(self, transaction: Any, branch: Any, data: bytes) -> None:
        """Nothing of ours."""

    def request_failed(self, transaction: Any, branch: Any) -> None:
        """Nothing of ours."""

    def ack_passed(self, transaction: Any, ctx: Context) -> None:
        """Nothing of ours."""

    def response_sent(self, transaction: Any, status: int, data: bytes, response: Response | None) -> None:
        """Nothing of ours."""

    def transaction_ended(self, transaction: Any, request: Request) -> None:
        self.replaced.pop(transaction, None)

    server: IServer
