"""Next hops by a real name server on the loopback interface."""

import subprocess
import sys
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import DatagramProtocol
from twisted.names import dns
from twisted.names.server import DNSServerFactory
from twisted.trial.unittest import TestCase

from sipapp.errors import TransportError
from sipapp.interfaces.transport import Target
from sipapp.message.uri import Uri
from sipapp.transport.layer import TransportLayer
from sipapp.transport.settings import Settings
from tests.sockets.test_transport_tcp import until
from tests.transport.helpers import Listen, Receiver
from tests.transport.names import Names, Zone, a, aaaa, naptr, srv

reactor: Any = _reactor

ZONE: Zone = {
    (dns.NAPTR, "example.com"): naptr((10, 10, "s", "SIP+D2T", "_sip._tcp.example.com")),
    (dns.SRV, "_sip._tcp.example.com"): srv((0, 0, 5070, "one.example.com")),
    (dns.A, "one.example.com"): a("192.0.2.11"),
    (dns.AAAA, "one.example.com"): aaaa("2001:db8::11"),
    (dns.A, "many.example.com"): a(*[f"192.0.2.{n}" for n in range(1, 101)]),
}


class Server(DNSServerFactory):
    """Answers from ZONE; what is long does not fit into a datagram."""

    noisy = False

    def __init__(self) -> None:
        super().__init__(clients=[Names(ZONE)])

    def sendReply(self, protocol: Any, message: Any, address: Any) -> None:
        if address is not None and len(message.answers) > 20:
            message.answers, message.trunc = [], 1
        super().sendReply(protocol, message, address)


class DnsTests(TestCase):
    timeout = 20

    def setUp(self) -> None:
        self.factory = factory = Server()
        self.layer = self.make(f"127.0.0.1:{self.listen(factory)}")

    def listen(self, factory: Server) -> int:
        """Serve both protocols on one port: which one is free for both, only trying tells."""
        tcp = reactor.listenTCP(0, factory, interface="127.0.0.1")
        self.addCleanup(tcp.stopListening)
        port: int = tcp.getHost().port
        protocol = dns.DNSDatagramProtocol(factory)
        protocol.noisy = False
        try:
            udp = reactor.listenUDP(port, protocol, "127.0.0.1")
        except CannotListenError:
            return self.listen(factory)
        self.addCleanup(udp.stopListening)
        return port

    def make(self, server: str, **settings: Any) -> TransportLayer:
        lines = [Listen(proto, host, 0) for proto in ("udp", "tcp") for host in ("127.0.0.1", "::1")]
        config = Settings(
            listen=[*lines],
            auto_aliases=False,
            dns_servers=[server],
            dns_try_naptr=True,
            dns_retr_time=1,
            dns_retr_no=0,
            **settings,
        )
        layer = TransportLayer(reactor, Receiver(), config)
        layer.bind()
        self.addCleanup(layer.close)
        return layer

    async def resolve(self, uri: bytes) -> list[Target]:
        found = self.layer.resolve(Uri.parse(uri))
        return found if isinstance(found, list) else await found

    async def test_a_domain_is_followed_to_its_addresses(self) -> None:
        self.assertEqual(
            await self.resolve(b"sip:bob@example.com"),
            [Target("tcp", "192.0.2.11", 5070), Target("tcp", "2001:db8::11", 5070)],
        )
        self.assertIsInstance(self.layer.resolve(Uri.parse(b"sip:bob@example.com")), list)

    async def test_an_answer_too_long_for_a_datagram_is_asked_for_by_stream(self) -> None:
        self.assertEqual(len(await self.resolve(b"sip:many.example.com:5060")), 100)
        # Twisted keeps the stream to its server until that ends it.
        for protocol in self.factory.connections:
            protocol.transport.loseConnection()
        await until(lambda: not self.layer.dns._backend.resolvers[1].connections)

    async def test_a_name_that_does_not_exist_is_an_error(self) -> None:
        with self.assertRaises(TransportError):
            await self.resolve(b"sip:nobody.example.com")

    def test_whoever_looks_up_nothing_does_not_import_twisted_names(self) -> None:
        script = "import sys, sipapp.transport.layer; sys.exit('twisted.names' in sys.modules)"
        self.assertEqual(subprocess.run([sys.executable, "-c", script]).returncode, 0)

    async def test_localhost_is_in_the_hosts_file(self) -> None:
        self.assertIn(Target("udp", "127.0.0.1", 5060), await self.resolve(b"sip:localhost:5060"))

    async def test_a_server_that_does_not_answer_is_an_error_in_time(self) -> None:
        silent = reactor.listenUDP(0, DatagramProtocol(), "127.0.0.1")
        self.addCleanup(silent.stopListening)
        self.layer = self.make(f"127.0.0.1:{silent.getHost().port}")
        with self.assertRaises(TransportError):
            await self.resolve(b"sip:one.example.com:5060")
