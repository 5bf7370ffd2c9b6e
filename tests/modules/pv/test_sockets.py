"""sockets: where messages come from and leave by."""

from collections.abc import Mapping
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.interfaces.transport import Flow, Socket
from sipapp.modules.pv.sockets import find_socket
from sipapp.script.operands import RECEIVING, SENDING
from sipapp.script.values import integer
from tests.modules.pv.script import Script
from tests.modules.stage import TCP, UDP, UDP_5080, request

IPV6 = Socket("tls", "2001:db8::1", 5061, advertised_host="sip.example.com", advertised_port=443, name="out")


class _Connection:
    id = 7


def arrived(socket: Socket, host: str = "192.0.2.9", port: int = 5070, connection: Any = None) -> Script:
    message = request()
    message.flow = Flow(socket, host, port, connection)
    return Script(message)


class SocketsCase(SynchronousTestCase):
    def reads(self, script: Script, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: script.read(name) for name in expected}, expected)


class SourceTests(SocketsCase):
    def test_an_ipv4_source(self) -> None:
        self.reads(
            arrived(UDP),
            {
                "$si": b"192.0.2.9",
                "$src_ip": b"192.0.2.9",
                "$siz": b"192.0.2.9",
                "$sp": 5070,
                "$su": b"sip:192.0.2.9:5070",
                "$sut": b"sip:192.0.2.9:5070;transport=udp",
                "$sas": b"udp:192.0.2.9:5070",
                "$pr": b"udp",
                "$proto": b"udp",
                "$prid": 1,
                "$conid": None,
                "$af(id)": 2,
                "$af(name)": b"IPv4",
            },
        )

    def test_an_ipv6_source_by_tls(self) -> None:
        self.reads(
            arrived(IPV6, "2001:db8::9", 6000, _Connection()),
            {
                "$si": b"2001:db8::9",
                "$siz": b"[2001:db8::9]",
                "$su": b"sip:[2001:db8::9]:6000;transport=tls",
                "$sas": b"tls:[2001:db8::9]:6000",
                "$prid": 3,
                "$conid": 7,
                "$af(id)": 10,
                "$af(name)": b"IPv6",
            },
        )

    def test_a_protocol_has_a_number(self) -> None:
        self.assertEqual([integer(arrived(UDP).read("$pr")), integer(arrived(TCP).read("$pr"))], [1, 2])

    def test_a_message_of_our_own_has_no_source(self) -> None:
        script = arrived(UDP)
        script.ctx.message.flow = None
        names = "si siz sp su sut sas pr prid conid Ri Rp Rn Ras Ru Rut RAi RAp RAu RAut"
        self.reads(script, {f"${name}": None for name in names.split()})


class ReceivingSocketTests(SocketsCase):
    def test_a_plain_one(self) -> None:
        self.reads(
            arrived(UDP_5080),
            {
                "$Ri": b"192.0.2.1",
                "$Rp": 5080,
                "$Rn": b"side",
                "$Ras": b"udp:192.0.2.1:5080",
                "$Ru": b"sip:192.0.2.1:5080",
                "$Rut": b"sip:192.0.2.1:5080;transport=udp",
                "$RAi": b"192.0.2.1",
                "$RAp": 5080,
                "$RAu": b"sip:192.0.2.1:5080",
                "$RAut": b"sip:192.0.2.1:5080;transport=udp",
            },
        )
        self.reads(arrived(UDP), {"$Rn": None})

    def test_one_that_advertises_another_address(self) -> None:
        self.reads(
            arrived(IPV6),
            {
                "$Ri": b"2001:db8::1",
                "$Ru": b"sip:[2001:db8::1]:5061;transport=tls",
                "$RAi": b"sip.example.com",
                "$RAp": 443,
                "$RAu": b"sip:sip.example.com:443;transport=tls",
            },
        )


class ForcedSocketTests(SocketsCase):
    def test_it_is_named_by_address_or_name(self) -> None:
        script = Script()
        self.reads(script, {"$fs": None, "$fsn": None, "$fsp": 0})
        script.write("$fs", b"udp:192.0.2.1:5080")
        self.reads(script, {"$fs": b"udp:192.0.2.1:5080", "$fsn": b"side", "$fsp": 5080})
        script.write("$fs", None)
        self.reads(script, {"$fs": None})
        script.write("$fsn", b"side")
        self.reads(script, {"$fs": b"udp:192.0.2.1:5080"})
        script.write("$fsn", None)
        self.reads(script, {"$fs": None})

    def test_one_that_is_not_ours_changes_nothing(self) -> None:
        script = Script()
        script.write("$fs", b"udp:192.0.2.1:5080")
        for variable, value in (("$fs", b"udp:198.51.100.1:5060"), ("$fs", b""), ("$fsn", b"nobody"), ("$fsn", b"")):
            script.write(variable, value)
        self.reads(script, {"$fs": b"udp:192.0.2.1:5080"})

    def test_protocol_and_port_may_be_left_out(self) -> None:
        script = Script()
        script.server.transport.sockets.append(IPV6)
        for name, socket in (
            (b"192.0.2.1", UDP),
            (b"tcp:192.0.2.1", TCP),
            (b"192.0.2.1:5080", UDP_5080),
            (b"UDP:192.0.2.1:5060", UDP),
            (b"tls:[2001:db8::1]:5061", IPV6),
            (b"[2001:db8::1]", IPV6),
            (b"2001:db8::1", IPV6),
            (b"udp:192.0.2.1:x", None),
            (b"tcp:192.0.2.1:5080", None),
        ):
            self.assertIs(find_socket(script.ctx, name), socket, name)


class SendingTests(SocketsCase):
    def test_both_ends_are_known_in_an_onsend_route(self) -> None:
        script = Script()
        script.ctx.extra[SENDING] = (b"bytes", Flow(UDP, "198.51.100.7", 5090))
        for name in ("$snd", "$sndto"):
            self.reads(script, {f"{name}(ip)": b"198.51.100.7", f"{name}(port)": 5090, f"{name}(proto)": 1})
            self.reads(
                script, {f"{name}(sproto)": b"udp", f"{name}(buf)": b"bytes", f"{name}(len)": 5, f"{name}(af)": 2}
            )
        self.reads(script, {"$sndfrom(ip)": b"192.0.2.1", "$sndfrom(port)": 5060, "$sndfrom(buf)": b"bytes"})

    def test_elsewhere_they_are_null(self) -> None:
        self.reads(Script(), {"$sndto(ip)": None, "$sndfrom(port)": None})

    def test_there_are_no_other_names(self) -> None:
        self.assertRaises(ConfigError, Script().variable, "$sndto(host)")


class ReceivedTests(SocketsCase):
    def test_all_of_it_is_known_in_the_event_route(self) -> None:
        script = Script()
        script.ctx.extra[RECEIVING] = (b"raw\xff", Flow(TCP, "198.51.100.7", 5090))
        for name in ("$rcv", "$recv"):
            self.reads(script, {f"{name}(buf)": b"raw\xff", f"{name}(len)": 4, f"{name}(safe)": 0, f"{name}(af)": 2})
            self.reads(script, {f"{name}(srcip)": b"198.51.100.7", f"{name}(srcport)": 5090, f"{name}(proto)": 2})
            self.reads(script, {f"{name}(rcvip)": b"192.0.2.1", f"{name}(rcvport)": 5060, f"{name}(sproto)": b"tcp"})

    def test_the_bytes_can_be_replaced(self) -> None:
        script = Script()
        flow = Flow(TCP, "198.51.100.7", 5090)
        script.ctx.extra[RECEIVING] = (b"raw\xff", flow)
        script.write("$rcv(buf)", b"new\r\n")
        self.assertEqual(script.ctx.extra[RECEIVING], (b"new\r\n", flow))
        self.reads(script, {"$rcv(safe)": 1})

    def test_elsewhere_it_is_null_and_stays_so(self) -> None:
        script = Script()
        script.write("$rcv(buf)", b"x")
        self.reads(script, {"$rcv(buf)": None, "$rcv(srcip)": None})


class ConstantTests(SocketsCase):
    def test_numbers_to_compare_with(self) -> None:
        self.reads(Script(), {"$K(IPv4)": 2, "$K(INET6)": 10, "$K(UDP)": 1, "$K(TLS)": 3, "$K(WSS)": 6})
        self.assertTrue(Script().variable("$K(TCP)").constant)
        self.assertRaises(ConfigError, Script().variable, "$K(QUIC)")
