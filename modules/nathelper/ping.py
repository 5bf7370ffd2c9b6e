# -*- test-case-name: tests.modules.nathelper.test_ping -*-
"""ping: keeps the NATs of registered contacts open, by four zero bytes or a SIP request now and then.

RFC 5626 §3.5 has better means for clients that know it.
"""

from __future__ import annotations

from itertools import count
from secrets import randbits
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from zope.interface import alsoProvides

from sipapp.errors import LocalError, ParseError, TransportError
from sipapp.interfaces.keepalive import IPingTargets, PingTarget
from sipapp.interfaces.server import IAfterScript, IServer
from sipapp.interfaces.transport import Socket, Target
from sipapp.log import Logger
from sipapp.message.address import parse_addresses
from sipapp.message.response import Response
from sipapp.message.uri import Uri
from sipapp.module import ConfigError, Context, modparam, rpc_command
from sipapp.module.sockets import named_socket
from sipapp.modules.nathelper.raw import RawSender, parse_address

log = Logger()

_NOTHING = bytes(4)


class Ping:
    """Pings, and what is known of their answers."""

    natping_interval: int = modparam(
        default=0, unit="s", doc="how often each contact is pinged; 0: never; needs usrloc"
    )
    ping_nated_only: int = modparam(default=0, doc="1: ping only contacts with usrloc's `nat_bflag`")
    natping_processes: int = modparam(default=1, minimum=0, doc="0: no pings; here one process sends them all")
    natping_disable_bflag: int = modparam(default=-1, doc="the branch flag of contacts that are not to be pinged")
    natping_socket: str | None = modparam(
        default=None,
        doc="the address that four-byte pings seem to come from, `IPv4:PORT`; needs the right to raw sockets",
    )
    udpping_from_path: int = modparam(
        default=0, doc="1: four-byte pings seem to come from the last hop of the contact's Path, N: from hop N - 1; raw"
    )
    ignore_path: int = modparam(default=0, doc="1: ping the contact itself, whatever its Path")
    force_socket: str | None = modparam(default=None, doc="the socket that pings leave by, `udp:HOST:PORT`")
    sipping_bflag: int = modparam(default=-1, doc="the branch flag of contacts that get SIP requests as pings")
    sipping_from: bytes | None = modparam(default=None, doc="the From of SIP pings, a URI")
    sipping_method: bytes = modparam(default=b"OPTIONS", doc="the method of SIP pings")
    keepalive_timeout: int = modparam(
        default=0, unit="s", doc="a contact that answers no SIP ping for so long is dropped; 0: none is"
    )
    filter_server_id: int = modparam(
        default=0, doc="1: ping only contacts that registered at this server, by `server_id`"
    )

    server: IServer

    def start_ping(self) -> None:
        """Raises ConfigError: the address of raw pings is none, or may not be used."""
        self._raw: RawSender | None = None
        self._raw_source: tuple[str, int] | None = None
        self._call: Any = None
        self._enabled: bool | None = None  # None: there is nothing to enable
        if self.natping_socket or self.udpping_from_path:
            if not self.udpping_from_path:
                self._raw_source = parse_address(self.natping_socket or "")
            self._raw = RawSender()
        if self.keepalive_timeout > 0:
            alsoProvides(self, IAfterScript)

    def started_ping(self) -> None:
        """Raises ConfigError: there is no usrloc, or the parameters do not fit."""
        if self.natping_interval <= 0:
            return
        targets: IPingTargets | None = self.server.find(IPingTargets)
        if targets is None:
            raise ConfigError("can't find usrloc module: nathelper needs it to ping (natping_interval)")
        self.targets = targets
        if self.ping_nated_only and not targets.nat_flag:
            raise ConfigError("ping_nated_only enabled, but no nat bflag set in usrloc module")
        self._sip_flag = _bit(self.sipping_bflag)
        self._disable_flag = _bit(self.natping_disable_bflag)
        if self._sip_flag:
            if not self.sipping_from:
                raise ConfigError("SIP ping enabled, but SIP ping FROM is empty!")
            if not self.sipping_method:
                raise ConfigError("SIP ping enabled, but SIP ping method is empty!")
            if self.keepalive_timeout > 0:
                targets.set_keepalive_timeout(self.keepalive_timeout)
        self._from = self.sipping_from or b""
        self._socket = self._own_socket()
        self._next = count(randbits(31)).__next__
        self._id = b"%x" % randbits(28)
        self._round = 0
        self._enabled = True
        if self.server.worker == 1:
            self._call = self.server.clock.callLater(1, self._tick)

    def _own_socket(self) -> Socket | None:
        if not self.force_socket:
            return None
        found = named_socket(self.server.transport, self.force_socket.encode())
        if found is None:
            log.error("non-local force_socket <{socket}>", socket=self.force_socket)
        return found

    def stop_ping(self) -> None:
        if self._call is not None and self._call.active():
            self._call.cancel()
        if self._raw is not None:
            self._raw.close()

    @rpc_command("nathelper.enable_ping")
    def rpc_enable_ping(self, value: int) -> None:
        """1: go on pinging; 0: stop until told otherwise. Fails where `natping_interval` is 0."""
        if self._enabled is None:
            raise LocalError("NATping disabled")
        self._enabled = value != 0

    # -- sending

    def _tick(self) -> None:
        """Once a second, one part of the contacts, so that each has its turn within the interval."""
        self._call = self.server.clock.callLater(1, self._tick)
        part, self._round = self._round, (self._round + 1) % self.natping_interval
        if not self._enabled or not self.natping_processes:
            return
        wanted = self.targets.nat_flag if self.ping_nated_only else 0
        for target in self.targets.ping_targets(wanted, part, self.natping_interval, self.filter_server_id != 0):
            if not target.flags & self._disable_flag:
                self._ping(target)

    def _ping(self, target: PingTarget) -> None:
        """One contact. What is wrong with it keeps nobody else from being pinged."""
        try:
            uri = self._where(target)
            if uri.transport not in (None, b"udp") or not uri.host:
                return
            source = self._source(target)
            found = self.server.transport.resolve(uri, "udp")
            if isinstance(found, Deferred):
                found.addCallback(self._send, target, source).addErrback(self._failed, target)
            else:
                self._send(found, target, source)
        except (ParseError, TransportError, ConfigError) as why:
            log.error("no ping of {contact}: {why}", contact=target.contact.decode(errors="replace"), why=str(why))

    def _failed(self, failure: Failure, target: PingTarget) -> None:
        contact = target.contact.decode(errors="replace")
        log.error("no ping of {contact}: {why}", contact=contact, why=failure.getErrorMessage())

    def _where(self, target: PingTarget) -> Uri:
        """The URI to send to. Raises ParseError."""
        if target.path and target.flags & self._sip_flag and not self.ignore_path:
            return parse_addresses(target.path)[0].parsed_uri
        return Uri.parse(target.received or target.contact)

    def _source(self, target: PingTarget) -> tuple[str, int] | None:
        """What a four-byte ping shall seem to come from. Raises ParseError, ConfigError: the Path names none."""
        if not self.udpping_from_path or not target.path or self.ignore_path:
            return self._raw_source
        hops = parse_addresses(target.path)
        depth = self.udpping_from_path - 1
        hop = hops[min(depth, len(hops)) - 1].parsed_uri
        return parse_address(f"{(hop.host or b'').decode('latin-1')}:{hop.port or 5060}")

    def _send(self, found: list[Target], target: PingTarget, source: tuple[str, int] | None) -> None:
        place = found[0]
        flow = self.server.transport.flow(place, self._socket or target.socket)
        if self._sip_flag and (target.flags & self._sip_flag or not self.ping_nated_only):
            self.server.transport.send(self._request(target, flow.socket), flow)
        elif source is not None and self._raw is not None:
            self._raw.send(_NOTHING, source, (place.host, place.port))
        else:
            self.server.transport.send(_NOTHING, flow)

    def _request(self, target: PingTarget, socket: Socket) -> bytes:
        """The SIP request; its From tag tells which contact an answer is from."""
        host = f"[{socket.advertised_host}]" if ":" in socket.advertised_host else socket.advertised_host
        method, contact = self.sipping_method, target.contact
        number = self._next()
        return b"".join(
            (
                b"%b %b SIP/2.0\r\nVia: SIP/2.0/UDP %b:%d" % (method, contact, host.encode(), socket.advertised_port),
                b";branch=%b" % self.server.ids.branch(),
                b"\r\nRoute: " + target.path if target.path else b"",
                b"\r\nFrom: %b;tag=%b-%b-%b" % (self._from, target.ruid, _hex(target.aor_hash), _hex(number)),
                b"\r\nTo: %b\r\nCall-ID: %b-%b@%b" % (contact, self._id, _hex(number), socket.host_bytes),
                b"\r\nCSeq: 1 %b\r\nContent-Length: 0\r\n\r\n" % method,
            )
        )

    # -- answers

    def after_script(self, ctx: Context) -> None:
        """A response to a SIP ping of ours shows that its contact is there."""
        response = ctx.message
        if not isinstance(response, Response) or response.method != self.sipping_method:
            return
        try:
            from_ = response.from_
            if from_ is None or from_.uri != self._from or len(response.vias) != 1:
                return
            ruid, aor_hash, _ = (from_.tag or b"").rsplit(b"-", 2)
            self.targets.keepalive_answered(int(aor_hash[::-1], 16), ruid)
        except (ParseError, ValueError):
            return


def _bit(flag: int) -> int:
    return 0 if flag == -1 else 1 << flag


def _hex(number: int) -> bytes:
    """The lowest digit first, as Kamailio writes them."""
    return (b"%x" % (number & 0xFFFFFFFF))[::-1]
