# -*- test-case-name: tests.modules.rr.test_rr -*-
"""rr: staying in the path of a dialog: Record-Route in its first request, Route in the ones that follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zope.interface import implementer

from sipapp.interfaces.outbound import IOutbound
from sipapp.interfaces.record_route import IRecordRoute
from sipapp.message.draft import Draft
from sipapp.message.message import Message
from sipapp.message.request import Request
from sipapp.message.uri import Uri
from sipapp.module import (
    BRANCH,
    FAILURE,
    REQUEST,
    Access,
    ConfigError,
    Context,
    IServer,
    ScriptError,
    modparam,
    module,
    script_function,
)
from sipapp.module.bind import bind_variable
from sipapp.modules.rr.direction import Direction
from sipapp.modules.rr.loose import PRELOADED, LooseRouter
from sipapp.modules.rr.record import (
    AdvertisedRecordRoute,
    PresetRecordRoute,
    RecordRoute,
    add_to_recorded,
    is_recorded,
    remove_recorded,
)
from sipapp.modules.rr.routes import read_routes

_RECORDING = REQUEST | BRANCH | FAILURE
_START = b"Record-Route: <sip:"


@implementer(IRecordRoute)
@module("rr", provides=[IRecordRoute])
class Rr(Direction):
    """Record-Route and Route."""

    append_fromtag: int = modparam(default=1, doc="add the From tag as ftag: is_direction() needs it")
    enable_double_rr: int = modparam(
        default=1, minimum=0, maximum=2, doc="1: two lines where a request changes sockets, 2: always, 0: never"
    )
    enable_full_lr: int = modparam(default=0, doc="1: write ;lr=on for peers that want a value")
    add_username: int = modparam(default=0, doc="1: put the user of the Request-URI into Record-Route")
    enable_socket_mismatch_warning: int = modparam(default=1, doc="warn when a second Route names no socket of ours")
    custom_user_avp: bytes | None = modparam(default=None, doc="an $avp() whose text `add_username` takes instead")
    force_send_socket: int = modparam(default=0, doc="1: leave by the socket that the only Route entry of ours names")
    ignore_sips: int = modparam(default=0, doc="1: write sip: even where the Request-URI is sips:")
    sockname_mode: int = modparam(default=0, doc="1: name the socket by the parameter sn, and find it by that")
    loose_route_mode_: int = modparam(
        name="loose_route_mode", default=0, doc="0: strict routers before us count, 1: they do not, for loose_route()"
    )
    ignore_user: bytes | None = modparam(
        default=None, doc="a user whose Route entries are not ours; Kamailio up to 5.6 built with ENABLE_USER_CHECK"
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: `custom_user_avp` is no variable, or `add_username` meets flow tokens."""
        self.server = server
        self.router = LooseRouter(
            server,
            double=bool(self.enable_double_rr),
            force_socket=bool(self.force_send_socket),
            names=bool(self.sockname_mode),
            warn=bool(self.enable_socket_mismatch_warning),
            ignored_user=self.ignore_user,
        )
        self.outbound: IOutbound | None = self.router.outbound
        if self.outbound is not None and self.add_username:
            raise ConfigError('modparam("rr", "add_username"): cannot be used with outbound')
        self.custom_user: Access | None = None
        if self.custom_user_avp:
            self.custom_user = bind_variable(server, 'modparam("rr", "custom_user_avp")', self.custom_user_avp)
        self.lr = b";lr=on" if self.enable_full_lr else b";lr"

    # -- Route

    @script_function(routes=REQUEST)
    def loose_route(self, ctx: Context) -> int:
        """Follow Route: 1 routed, 2 by a flow token; -1 no Route or a wrong one, -2 a broken flow token, -3 an initial
        request whose only Route entry was ours."""
        return self.router.route(ctx, self.loose_route_mode_ == 1)

    @script_function(routes=REQUEST)
    def loose_route_preloaded(self, ctx: Context) -> int:
        """As loose_route(), but true only for an initial request whose only Route entry was ours."""
        return 1 if self.router.route(ctx, False) == PRELOADED else -1

    @script_function(routes=REQUEST)
    def loose_route_mode(self, ctx: Context, vmode: int) -> int:
        """As loose_route(); mode 1: do not look for a strict router before us."""
        return self.router.route(ctx, vmode != 0)

    def on_loose_route(self, callback: Callable[[Context, bytes], None]) -> None:
        self.router.callbacks.append(callback)

    # -- Record-Route

    @script_function(routes=_RECORDING)
    def record_route(self, ctx: Context, sparams: bytes = b"") -> int:
        """Stay in the path of this dialog: a Record-Route line with our address, and `sparams` (`;name=value`)."""
        draft = self._unrecorded(ctx)
        message = ctx.message
        tail = self.lr + self._ftag(message, self.is_upstream(ctx)) + sparams
        line = RecordRoute(
            message.flow.socket, self._head(ctx), tail, ctx.extra.pop("rr.added", b""), self.enable_double_rr
        )
        if self.sockname_mode:
            line.socket_name = True
        if draft.advertised_host:
            port = b":%d" % draft.advertised_port if draft.advertised_port else b""
            line.advertised = draft.advertised_host + port
        draft.insert(message.head.fields_at, line)
        return 1

    @script_function(routes=_RECORDING)
    def record_route_preset(self, ctx: Context, string: bytes, string2: bytes | None = None) -> int:
        """As record_route(), with this host (`host:port;parameters`) in the line, and a second line with `string2`."""
        draft = self._unrecorded(ctx)
        if string2 is not None and not self.enable_double_rr:
            raise ScriptError("two Record-Route lines while enable_double_rr is off")
        message = ctx.message
        head, tag = self._head(ctx), self._ftag(message, False)
        added = ctx.extra.pop("rr.added", b"")
        for given in (string,) if string2 is None else (string, string2):
            line = PresetRecordRoute(message.flow.socket, head + given + tag + added, self.lr, b"", 0)
            draft.insert(message.head.fields_at, line)
        return 1

    @script_function(routes=_RECORDING)
    def record_route_advertised_address(self, ctx: Context, address: bytes) -> int:
        """As record_route(), with this address in place of our own; two lines where the transport changes."""
        draft = self._unrecorded(ctx)
        message = ctx.message
        line = AdvertisedRecordRoute(
            message.flow.socket,
            self._head(ctx) + address,
            self._ftag(message, self.is_upstream(ctx)) + self.lr,
            ctx.extra.pop("rr.added", b""),
            self.enable_double_rr,
        )
        draft.insert(message.head.fields_at, line)
        return 1

    @script_function(routes=_RECORDING)
    def add_rr_param(self, ctx: Context, param: bytes) -> int:
        """Add a parameter (`;name=value`) to our Record-Route line, written already or not."""
        if is_recorded(ctx.draft):
            add_to_recorded(ctx.draft, param)
        else:
            ctx.extra["rr.added"] = ctx.extra.get("rr.added", b"") + param
        return 1

    def add_parameter(self, ctx: Context, parameter: bytes) -> int:
        return self.add_rr_param(ctx, parameter)

    @script_function(routes=REQUEST | FAILURE)
    def remove_record_route(self, ctx: Context) -> int:
        """Take our Record-Route line away again."""
        remove_recorded(ctx.draft)
        return 1

    def _unrecorded(self, ctx: Context) -> Draft:
        """The draft, which has no line of ours yet."""
        draft = ctx.draft
        if draft.edits and is_recorded(draft):
            raise ScriptError("Double attempt to record-route")
        return draft

    def _ftag(self, message: Message, upstream: bool) -> bytes:
        if not self.append_fromtag:
            return b""
        tag = message.to_tag if upstream else message.from_tag
        return b";ftag=" + tag if tag else b""

    def _head(self, ctx: Context) -> bytes:
        message: Any = ctx.message  # a request: others record no route
        uri = ctx.draft.request_uri or message.uri
        start = b"Record-Route: <sips:" if not self.ignore_sips and uri[:5].lower() == b"sips:" else _START
        if not self.add_username and self.outbound is None:
            return start
        user = self._user(ctx, message)
        if user and user == self.ignore_user:
            user = (b"y" if user[:1] == b"x" else b"x") + user[1:]  # or we would not know our own entry again
        return b"%b%b@" % (start, user) if user else start

    def _user(self, ctx: Context, message: Request) -> bytes | None:
        """What stands before the @: a name, or a flow token."""
        if self.add_username:
            custom = self.custom_user.get(ctx) if self.custom_user is not None else None
            if custom and isinstance(custom, bytes):
                return custom
            return message.parsed_uri.user or Uri.parse(ctx.draft.request_uri or message.uri).user
        assert self.outbound is not None
        use = self.outbound.use_outbound(ctx)
        if use == 1:
            token: bytes = self.outbound.encode_flow_token(message.flow)
            return token
        return Uri.parse(read_routes(message)[0][0]).user if use == 2 else None
