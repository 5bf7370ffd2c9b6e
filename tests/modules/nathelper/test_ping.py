from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from sipapp.errors import ConfigError, LocalError, TransportError
from sipapp.interfaces.keepalive import IPingTargets, PingTarget
from sipapp.interfaces.server import IAfterScript
from sipapp.interfaces.transport import Flow, Target
from sipapp.message.parse import parse
from sipapp.modules.nathelper import Nathelper, ping
from tests.modules.stage import UDP, UDP_5080, Server, context, made

NAT, SIP, OFF = 1 << 6, 1 << 7, 1 << 8


def target(contact: bytes = b"sip:a@192.0.2.9:5070", flags: int = 0, **facts: Any) -> PingTarget:
    found = {"received": b"", "path": b"", "socket": None, "ruid": b"uloc-1", "aor_hash": 0x1A, **facts}
    return PingTarget(contact=contact, flags=flags, **found)


@implementer(IPingTargets)
class Usrloc:
    """As much of usrloc as nathelper looks at: every contact is in part 0."""

    def __init__(self, *targets: PingTarget, nat_flag: int = NAT) -> None:
        self.targets = targets
        self.nat_flag = nat_flag
        self.asked: list[tuple[int, int, int, bool]] = []
        self.timeout = 0
        self.answered: list[tuple[int, bytes]] = []

    def ping_targets(self, flags: int, part: int, parts: int, own: bool) -> Any:
        self.asked.append((flags, part, parts, own))
        return self.targets if part == 0 else ()

    def set_keepalive_timeout(self, seconds: int) -> None:
        self.timeout = seconds

    def keepalive_answered(self, aor_hash: int, ruid: bytes) -> None:
        self.answered.append((aor_hash, ruid))


class Ids:
    def branch(self) -> bytes:
        return b"z9hG4bK-1"


class RawSender:
    """Keeps what is sent."""

    sent: list[Any] = []

    def send(self, *packet: Any) -> None:
        self.sent.append(packet)

    def close(self) -> None:
        self.sent.clear()


class PingTests(SynchronousTestCase):
    def make(self, usrloc: Usrloc | None, **parameters: Any) -> tuple[Any, Any]:
        server = Server(provide={IPingTargets: usrloc} if usrloc is not None else {})
        server.ids = Ids()
        self.resolved: list[Any] = []

        def resolve(uri: Any, proto: str) -> Any:
            host, port = uri.host.decode(), uri.port or 5060
            if host == "later.example":
                self.resolved.append(Deferred())
                return self.resolved[-1]
            if host == "never.example":
                raise TransportError("no address")
            return [Target(proto, host, port)]

        server.transport.resolve = resolve
        server.transport.flow = lambda place, socket=None: Flow(socket or UDP, place.host, place.port)
        module = made(Nathelper, natping_interval=2, **parameters)
        module.start(server)
        module.started()
        return module, server

    def sent(self, server: Any) -> list[Any]:
        return [(data, flow.host, flow.port) for data, flow in server.transport.sent]

    def test_each_contact_gets_four_zero_bytes_once_an_interval(self) -> None:
        usrloc = Usrloc(target())
        _, server = self.make(usrloc)
        server.clock.pump([1, 1, 1, 1])
        self.assertEqual(self.sent(server), [(bytes(4), "192.0.2.9", 5070)] * 2)
        self.assertEqual(usrloc.asked, [(0, 0, 2, False), (0, 1, 2, False)] * 2)

    def test_received_is_where_it_goes(self) -> None:
        _, server = self.make(Usrloc(target(received=b"sip:198.51.100.9:1024")))
        server.clock.advance(1)
        self.assertEqual(self.sent(server), [(bytes(4), "198.51.100.9", 1024)])

    def test_streams_and_switched_off_contacts_are_left_alone(self) -> None:
        usrloc = Usrloc(target(b"sip:a@192.0.2.9;transport=tcp"), target(flags=OFF))
        _, server = self.make(usrloc, natping_disable_bflag=8)
        server.clock.advance(1)
        self.assertEqual(self.sent(server), [])

    def test_a_bad_contact_keeps_no_other_from_its_ping(self) -> None:
        _, server = self.make(Usrloc(target(b"nonsense"), target(b"sip:a@never.example"), target()))
        server.clock.advance(1)
        self.assertEqual(self.sent(server), [(bytes(4), "192.0.2.9", 5070)])

    def test_a_name_is_waited_for(self) -> None:
        _, server = self.make(Usrloc(target(b"sip:a@later.example"), target(b"sip:b@later.example")))
        server.clock.advance(1)
        self.assertEqual(self.sent(server), [])
        self.resolved[0].callback([Target("udp", "192.0.2.7", 5060)])
        self.resolved[1].errback(TransportError("no address"))
        self.assertEqual(self.sent(server), [(bytes(4), "192.0.2.7", 5060)])

    def test_the_socket_is_the_contacts_own_or_a_forced_one(self) -> None:
        for parameters, socket in (({}, UDP_5080), ({"force_socket": "udp:192.0.2.1:5060"}, UDP)):
            _, server = self.make(Usrloc(target(socket=UDP_5080)), **parameters)
            server.clock.advance(1)
            self.assertIs(server.transport.sent[0][1].socket, socket)

    def test_a_foreign_forced_socket_is_ignored(self) -> None:
        _, server = self.make(Usrloc(target(socket=UDP_5080)), force_socket="udp:192.0.2.77:5060")
        server.clock.advance(1)
        self.assertIs(server.transport.sent[0][1].socket, UDP_5080)

    def test_only_nated_ones_and_those_of_this_server_on_request(self) -> None:
        usrloc = Usrloc()
        _, server = self.make(usrloc, ping_nated_only=1, filter_server_id=1)
        server.clock.advance(1)
        self.assertEqual(usrloc.asked, [(NAT, 0, 2, True)])

    def test_a_flagged_contact_gets_a_request(self) -> None:
        usrloc = Usrloc(target(flags=SIP, path=b"<sip:192.0.2.5;lr>"), target())
        _, server = self.make(usrloc, ping_nated_only=1, sipping_bflag=7, sipping_from=b"sip:ping@example.com")
        server.clock.advance(1)
        (data, host, port), (zeros, *_) = self.sent(server)
        self.assertEqual((host, port, zeros), ("192.0.2.5", 5060, bytes(4)))
        request: Any = parse(data)
        self.assertEqual((request.method, request.uri), (b"OPTIONS", b"sip:a@192.0.2.9:5070"))
        self.assertEqual(request.first(b"via"), b"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1")
        self.assertEqual(request.first(b"route"), b"<sip:192.0.2.5;lr>")
        self.assertTrue(request.from_.text.startswith(b"sip:ping@example.com;tag=uloc-1-a1-"))
        self.assertEqual(request.first(b"to"), b"sip:a@192.0.2.9:5070")
        self.assertEqual(bytes(request.cseq), b"1 OPTIONS")

    def test_every_contact_does_unless_only_nated_ones_are_pinged(self) -> None:
        parameters = {"sipping_bflag": 7, "sipping_from": b"sip:ping@example.com", "sipping_method": b"INFO"}
        _, server = self.make(Usrloc(target(path=b"<sip:192.0.2.5;lr>")), **parameters)
        server.clock.advance(1)
        ((data, host, _),) = self.sent(server)
        self.assertTrue(data.startswith(b"INFO sip:a@192.0.2.9:5070 SIP/2.0\r\n"))
        self.assertEqual(host, "192.0.2.9")

    def test_ignore_path_pings_the_contact_itself(self) -> None:
        parameters = {"sipping_bflag": 7, "sipping_from": b"sip:ping@example.com", "ignore_path": 1}
        _, server = self.make(Usrloc(target(flags=SIP, path=b"<sip:192.0.2.5;lr>")), **parameters)
        server.clock.advance(1)
        self.assertEqual(self.sent(server)[0][1], "192.0.2.9")

    def test_an_answer_is_told_to_usrloc(self) -> None:
        usrloc = Usrloc(target())
        parameters = {"sipping_bflag": 7, "sipping_from": b"sip:ping@example.com", "keepalive_timeout": 60}
        module, server = self.make(usrloc, **parameters)
        self.assertEqual(usrloc.timeout, 60)
        self.assertTrue(IAfterScript.providedBy(module))
        server.clock.advance(1)
        self.answer(module, server, b"200 OK")
        self.assertEqual(usrloc.answered, [(0x1A, b"uloc-1")])

    def answer(self, module: Any, server: Any, line: bytes, old: bytes = b"", new: bytes = b"") -> None:
        data = server.transport.sent[0][0]
        response = b"SIP/2.0 " + line + data[data.index(b"\r\n") :]
        module.after_script(context(parse(response.replace(old, new)), server))

    def test_other_responses_are_not(self) -> None:
        usrloc = Usrloc(target())
        parameters = {"sipping_bflag": 7, "sipping_from": b"sip:ping@example.com", "keepalive_timeout": 60}
        module, server = self.make(usrloc, **parameters)
        server.clock.advance(1)
        for old, new in (
            (b"CSeq: 1 OPTIONS", b"CSeq: 1 INFO"),
            (b"sip:ping@", b"sip:pong@"),
            (b"\r\nFrom", b"\r\nVia: SIP/2.0/UDP 192.0.2.8\r\nFrom"),
            (b"tag=uloc-1-a1", b"tag=uloc"),
            (b"-a1-", b"-xyz-"),
        ):
            self.answer(module, server, b"200 OK", old, new)
        module.after_script(context(None, server))
        self.assertEqual(usrloc.answered, [])

    def test_raw_pings_seem_to_come_from_elsewhere(self) -> None:
        self.patch(ping, "RawSender", RawSender)
        path = b"<sip:192.0.2.4:5064;lr>,<sip:u@192.0.2.5;lr>"
        for parameters, source in (
            ({"natping_socket": "198.51.100.1:5066"}, ("198.51.100.1", 5066)),
            ({"udpping_from_path": 1}, ("192.0.2.5", 5060)),
            ({"udpping_from_path": 2}, ("192.0.2.4", 5064)),
        ):
            module, server = self.make(Usrloc(target(path=path)), **parameters)
            server.clock.advance(1)
            self.assertEqual(RawSender.sent, [(bytes(4), source, ("192.0.2.9", 5070))])
            self.assertEqual(self.sent(server), [])
            module.stop()

    def test_pings_can_be_switched_off_and_on(self) -> None:
        module, server = self.make(Usrloc(target()))
        module.rpc_enable_ping(0)
        server.clock.pump([1, 1])
        self.assertEqual(self.sent(server), [])
        module.rpc_enable_ping(1)
        server.clock.advance(1)
        self.assertEqual(len(self.sent(server)), 1)

    def test_no_processes_no_pings(self) -> None:
        _, server = self.make(Usrloc(target()), natping_processes=0)
        server.clock.advance(1)
        self.assertEqual(self.sent(server), [])

    def test_without_an_interval_nothing_can_be_switched_on(self) -> None:
        module = made(Nathelper)
        module.start(Server())
        module.started()
        self.assertRaises(LocalError, module.rpc_enable_ping, 1)

    def test_nothing_is_left_when_it_stops(self) -> None:
        module, server = self.make(Usrloc(target()))
        module.stop()
        self.assertEqual(server.clock.getDelayedCalls(), [])

    def test_what_cannot_work_is_refused(self) -> None:
        self.assertRaises(ConfigError, self.make, None)
        self.assertRaises(ConfigError, self.make, Usrloc(nat_flag=0), ping_nated_only=1)
        self.assertRaises(ConfigError, self.make, Usrloc(), sipping_bflag=7)
        self.assertRaises(ConfigError, self.make, Usrloc(), sipping_bflag=7, sipping_from=b"x", sipping_method=b"")
        self.assertRaises(ConfigError, self.make, Usrloc(), natping_socket="example.com")
