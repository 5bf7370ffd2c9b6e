# -*- test-case-name: tests.modules.tm.test_relays -*-
"""relays: the script functions that relay a request: t_relay() and its many forms."""

from __future__ import annotations

from typing import Any, NamedTuple

from sipapp.errors import ConfigError, ParseError, ScriptError
from sipapp.log import Logger
from sipapp.message.uri import Uri
from sipapp.module import BRANCH, FAILURE, REQUEST, Context, RouteType, Text, Value, script_function
from sipapp.module.reply import ERROR, refused
from sipapp.modules.tm.answers import Answers
from sipapp.modules.tm.hops import Relayed, settled
from sipapp.modules.tm.reasons import IN_PROCESS
from sipapp.modules.tm.rebuild import apply_changes
from sipapp.modules.tm.transaction import (
    AUTO_100,
    CANCELED,
    DISABLE_6XX,
    DISABLE_FAILOVER,
    DISABLE_INTERNAL_REPLY,
    GLOBAL_FAILURE,
    Transaction,
)
from sipapp.script.values import text

log = Logger()

_RELAYING = REQUEST | FAILURE
_IN_FAILURE = (RouteType.FAILURE, RouteType.BRANCH_FAILURE)
_PROTOCOLS = ("udp", "tcp", "tls", "sctp", "ws", "wss")


class Proxy(NamedTuple):
    """A next hop that stands in the script: `proto:host:port`."""

    uri: Uri
    proto: str | None


def hop_of(host: bytes, port: bytes = b"") -> Uri:
    """A next hop as a URI. Raises ConfigError."""
    if port and not (port.isdigit() and int(port) < 65536):
        raise ConfigError(f"bad port number {port.decode(errors='replace')!r}")
    name = b"[%b]" % host if b":" in host and not host.startswith(b"[") else host
    try:
        return Uri.parse(b"sip:" + name + (b":" + port if port and int(port) else b""))
    except ParseError:
        raise ConfigError(f"bad host name {host.decode(errors='replace')!r}") from None


def port_number(port: bytes) -> bytes:
    """Raises ConfigError: it is none."""
    hop_of(b"host", port)
    return port


def proxy_of(address: bytes) -> Proxy:
    """`[proto:]host[:port]`. Raises ConfigError."""
    proto, colon, rest = address.partition(b":")
    known = proto.decode("latin-1").lower()
    if not colon or known not in _PROTOCOLS:
        known, rest = "", address
    host, _, port = rest.rpartition(b":") if rest.count(b":") == 1 or b"]:" in rest else (rest, b"", b"")
    return Proxy(hop_of(host, port), known or None)


def proxy_or_flags(given: bytes) -> Proxy | int:
    """The first argument of t_relay_to(). Raises ConfigError."""
    number = _number(given)
    return proxy_of(given) if number is None else number


def flags_of(given: bytes) -> int:
    """Raises ConfigError: no number."""
    number = _number(given)
    if number is None:
        raise ConfigError(f"flags are a number, not {given.decode(errors='replace')!r}")
    return number


def _number(given: bytes) -> int | None:
    try:
        return int(given, 16 if given[:2].lower() == b"0x" else 10)
    except ValueError:
        return None


class Relays(Answers):
    """t_relay() and its forms. All answer Kamailio's codes: 1; in request_route -7 for no socket to send from, -478 for
    an unknown next hop, -6 for no target, other negative numbers; -1 in failure_route. Those that end without a
    target have the caller told so when the route ends."""

    def relay_by_route(self, ctx: Context, hop: Uri | None = None, proto: str | None = None) -> Relayed:
        """In request_route with the transaction to be made, in failure_route with the one there is."""
        if ctx.route_type is REQUEST:
            return self.relay(ctx, hop, proto)
        if ctx.route_type in _IN_FAILURE:
            return self._relay_again(ctx, hop, proto)
        raise ScriptError(f"a request cannot be relayed in a route of type {ctx.route_type.name}")

    async def _relay_again(self, ctx: Context, hop: Uri | None, proto: str | None) -> int:
        t = ctx.transaction
        if t is None or refused(ctx):
            return -1
        if await settled(self.forward(ctx, t, hop, proto)) <= 0:
            ctx.extra[ERROR] = t.error
            return -1
        return 1

    # -- by $du or the Request-URI

    @script_function(routes=_RELAYING, suspends=True, asynchronous=False)
    def t_relay(self, ctx: Context) -> Relayed:
        """Relay to all targets of the request: the Request-URI (by way of $du) and the branches."""
        return self.relay(ctx) if ctx.route_type is REQUEST else self.relay_by_route(ctx)

    @script_function("t_relay", routes=_RELAYING, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_relay_2(self, ctx: Context, host: Text, port: Text) -> Relayed:
        """Relay to this host, by the protocol that the request came in by."""
        return self.relay_by_route(ctx, hop_of(host, port), ctx.message.flow.socket.proto)

    @script_function(routes=_RELAYING, suspends=True, asynchronous=False)
    def t_relay_to_udp(self, ctx: Context) -> Relayed:
        """As t_relay(), over UDP whatever the target says."""
        return self.relay_by_route(ctx, None, "udp")

    @script_function("t_relay_to_udp", routes=_RELAYING, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_relay_to_udp_2(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """Relay to this host over UDP."""
        return self.relay_by_route(ctx, hop_of(ip, port), "udp")

    @script_function(routes=_RELAYING, suspends=True, asynchronous=False)
    def t_relay_to_tcp(self, ctx: Context) -> Relayed:
        """As t_relay(), over TCP whatever the target says."""
        return self.relay_by_route(ctx, None, "tcp")

    @script_function("t_relay_to_tcp", routes=_RELAYING, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_relay_to_tcp_2(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """Relay to this host over TCP."""
        return self.relay_by_route(ctx, hop_of(ip, port), "tcp")

    @script_function(routes=_RELAYING, suspends=True, asynchronous=False)
    def t_relay_to_tls(self, ctx: Context) -> Relayed:
        """As t_relay(), over TLS whatever the target says."""
        return self.relay_by_route(ctx, None, "tls")

    @script_function("t_relay_to_tls", routes=_RELAYING, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_relay_to_tls_2(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """Relay to this host over TLS."""
        return self.relay_by_route(ctx, hop_of(ip, port), "tls")

    @script_function(routes=_RELAYING, suspends=True, asynchronous=False)
    def t_relay_to_sctp(self, ctx: Context) -> Relayed:
        """As t_relay(), over SCTP: false (-7), for there is no SCTP here."""
        return self.relay_by_route(ctx, None, "sctp")

    @script_function(
        "t_relay_to_sctp", routes=_RELAYING, suspends=True, asynchronous=False, parse={"port": port_number}
    )
    def t_relay_to_sctp_2(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """As above."""
        return self.relay_by_route(ctx, hop_of(ip, port), "sctp")

    # -- by an address in the script

    @script_function(
        routes=_RELAYING, suspends=True, asynchronous=False, parse={"proxy": proxy_or_flags, "flags": flags_of}
    )
    def t_relay_to(self, ctx: Context, proxy: Text | None = None, flags: Text | None = None) -> Relayed:
        """Relay to `proxy` ("udp:192.0.2.1:5060"), or as t_relay() where only flags are given: 1 without 100, 2
        without an automatic answer when it fails, 4 without failover to the next address."""
        given: Any = proxy
        switches: Any = flags or 0
        hop: Proxy | None = None
        if isinstance(given, Proxy):
            hop = given
        elif given is not None:
            switches = given
        self._switch(ctx, switches)
        return self.relay_by_route(ctx, *(hop or (None, None)))

    @script_function(routes=_RELAYING, suspends=True, asynchronous=False)
    def t_relay_to_proxy(self, ctx: Context, proxy: bytes, flags: int = 0) -> Relayed:
        """As t_relay_to(), with variables in its arguments."""
        self._switch(ctx, flags)
        hop = _at_run(proxy_of, proxy) if proxy else (None, None)
        return self.relay_by_route(ctx, *hop)

    def _switch(self, ctx: Context, flags: int) -> None:
        if flags & 1:
            self.set_flag(ctx, AUTO_100, False)
        if flags & 2:
            self.set_flag(ctx, DISABLE_INTERNAL_REPLY, True)
        if flags & 4:
            self.set_flag(ctx, DISABLE_FAILOVER, True)

    def set_flag(self, ctx: Context, flag: int, on: bool) -> None:
        """Of the transaction, or of the one that will be."""
        where = self.armed(ctx)
        if isinstance(where, Transaction):
            where.flags = where.flags | flag if on else where.flags & ~flag
        elif on:
            where.flags_on |= flag
            where.flags_off &= ~flag
        else:
            where.flags_on &= ~flag
            where.flags_off |= flag

    @script_function(routes=REQUEST, suspends=True, asynchronous=False)
    def t_relay_to_avp(self, ctx: Context, proto: Value, hostport: Value) -> Relayed:
        """Relay to `host:port` by `proto`; AVPs or texts."""
        hop, by = _proto_and_host(proto, hostport)
        return self.relay_by_route(ctx, hop, by)

    # -- where the transaction is there already

    async def _nonack(self, ctx: Context, hop: Uri | None = None, proto: str | None = None) -> int:
        t = self.transaction_of(ctx)
        if t is None or ctx.message.method == b"ACK" or refused(ctx):
            return -1
        code = await settled(self.forward(ctx, t, hop, proto))
        ctx.extra[ERROR] = t.error
        return code

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_forward_nonack(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """Relay within the transaction that t_newtran() has made, without 100 and without an answer on failure."""
        return self._nonack(ctx, hop_of(ip, port))

    @script_function(routes=REQUEST, suspends=True, asynchronous=False)
    def t_forward_nonack_uri(self, ctx: Context) -> Relayed:
        """The same, to the Request-URI or $du."""
        return self._nonack(ctx)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_forward_nonack_udp(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """The same, over UDP."""
        return self._nonack(ctx, hop_of(ip, port), "udp")

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_forward_nonack_tcp(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """The same, over TCP."""
        return self._nonack(ctx, hop_of(ip, port), "tcp")

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_forward_nonack_tls(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """The same, over TLS."""
        return self._nonack(ctx, hop_of(ip, port), "tls")

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_forward_nonack_sctp(self, ctx: Context, ip: Text, port: Text) -> Relayed:
        """False: there is no SCTP here."""
        return self._nonack(ctx, hop_of(ip, port), "sctp")

    @script_function(routes=REQUEST, suspends=True, asynchronous=False)
    def t_forward_nonack_to(self, ctx: Context, proto: Value, hostport: Value) -> Relayed:
        """The same, to `host:port` by `proto`; AVPs or texts."""
        hop, by = _proto_and_host(proto, hostport)
        return self._nonack(ctx, hop, by)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False)
    def t_relay_cancel(self, ctx: Context) -> Relayed:
        """Cancel the INVITE that this CANCEL is for: the script ends; 1 where there is none, or this is no CANCEL."""
        if ctx.message.method != b"CANCEL":
            return 1
        request: Any = ctx.message
        invite = self.invite_of(request)
        if invite is None:
            return 1
        code = self.new_transaction(ctx)
        if code <= 0 and code != IN_PROCESS:
            return code
        self.cancelled_by_caller(ctx, ctx.transaction, invite)
        return 0

    # -- more branches for a transaction

    @script_function(routes=RouteType.REQUEST | RouteType.FAILURE, suspends=True, asynchronous=False)
    async def t_cell_append_branches(self, ctx: Context, tindex: int, tlabel: int) -> int:
        """Send another request, the one of this transaction, to the branches of this one: how many were sent; -1 where
        there is no such transaction, -2 where it is cancelled, -3 where it has its final response."""
        t = self.table.by_id(tindex, tlabel)
        return -1 if t is None else await self.append_branches(t, ctx)

    async def append_branches(self, t: Transaction, ctx: Context, contact: bytes = b"") -> int:
        """Add the targets of a run to a transaction; of them only those whose URI holds `contact`."""
        if t.flags & CANCELED:
            return -2
        if 200 <= t.status <= 399 or (t.status >= 600 and not t.flags & (GLOBAL_FAILURE | DISABLE_6XX)):
            return -3
        known = {(b.ruid or b"", b.uri) for b in t.branches}
        wanted = [d for d in ctx.draft.targets if contact in d.uri and (d.ruid or b"", d.uri) not in known]
        ctx.draft.targets.clear()
        own = self.context(t, RouteType.FAILURE)
        own.draft.consume_uri()
        own.draft.targets = wanted
        if not t.on_branch:
            t.on_branch = t.on_branch_delayed
        before = len(t.branches)
        code = await settled(self.forward(own, t))
        return len(t.branches) - before if code > 0 else code

    @script_function(routes=BRANCH)
    def t_msg_apply_changes(self, ctx: Context) -> int:
        """What branch_route has changed so far can be read back, by this branch alone."""
        apply_changes(ctx)
        return 1

    # -- copies

    @script_function(routes=REQUEST, suspends=True, asynchronous=False)
    def t_replicate(self, ctx: Context, uri: bytes = b"") -> Relayed:
        """Send a copy of the request to `uri`, or to the Request-URI; its responses go nowhere."""
        if not uri:
            return self.relay(ctx, None, None, True)
        try:
            hop = Uri.parse(uri)
        except ParseError:
            log.error("t_replicate(): bad URI {uri}", uri=uri.decode(errors="replace"))
            return -1
        proto = hop.transport.decode("latin-1") if hop.transport else None
        return self.relay(ctx, hop, proto, True)

    @script_function("t_replicate", routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_replicate_2(self, ctx: Context, host: Text, port: Text) -> Relayed:
        """The same to a host, by the protocol that the request came in by."""
        return self.relay(ctx, hop_of(host, port), ctx.message.flow.socket.proto, True)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_replicate_udp(self, ctx: Context, host: Text, port: Text) -> Relayed:
        """The same over UDP."""
        return self.relay(ctx, hop_of(host, port), "udp", True)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_replicate_tcp(self, ctx: Context, host: Text, port: Text) -> Relayed:
        """The same over TCP."""
        return self.relay(ctx, hop_of(host, port), "tcp", True)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_replicate_tls(self, ctx: Context, host: Text, port: Text) -> Relayed:
        """The same over TLS."""
        return self.relay(ctx, hop_of(host, port), "tls", True)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False, parse={"port": port_number})
    def t_replicate_sctp(self, ctx: Context, host: Text, port: Text) -> Relayed:
        """False: there is no SCTP here."""
        return self.relay(ctx, hop_of(host, port), "sctp", True)

    @script_function(routes=REQUEST, suspends=True, asynchronous=False)
    def t_replicate_to(self, ctx: Context, proto: Value, hostport: Value) -> Relayed:
        """The same to `host:port` by `proto`; AVPs or texts."""
        hop, by = _proto_and_host(proto, hostport)
        return self.relay(ctx, hop, by, True)


def _proto_and_host(proto: Value, hostport: Value) -> tuple[Uri, str | None]:
    """Raises ScriptError: no host."""
    name = text(proto).decode("latin-1").lower() if proto is not None else ""
    address = text(hostport) if hostport is not None else b""
    if not address:
        raise ScriptError("host name is empty")
    return _at_run(proxy_of, address).uri, name if name in _PROTOCOLS else None


def _at_run(read: Any, given: bytes) -> Any:
    """What would be a mistake of the script in a literal makes the call fail."""
    try:
        return read(given)
    except ConfigError as why:
        raise ScriptError(why.reason) from None
