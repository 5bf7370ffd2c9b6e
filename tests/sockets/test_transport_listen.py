"""Taking places to listen on from the system."""

import socket
from typing import Any

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from sipapp.errors import ConfigError, ConfigErrors, Position
from sipapp.transport import hostnames
from sipapp.transport.layer import TransportLayer
from sipapp.transport.listen import Endpoint, bind, bind_all
from sipapp.transport.settings import Settings
from tests.sockets.test_transport_tcp import until
from tests.transport.helpers import Alias, Listen, Receiver


class BindTests(TestCase):
    def taken(self, kind: socket.SocketKind) -> int:
        """A port of the loopback interface that somebody else has."""
        other = socket.socket(socket.AF_INET, kind)
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        self.addCleanup(other.close)
        port: int = other.getsockname()[1]
        return port

    def errors(self, *endpoints: Endpoint) -> list[str]:
        with self.assertRaises(ConfigErrors) as caught:
            bind_all(endpoints, Settings())
        return [str(error) for error in caught.exception.errors]

    def test_a_port_in_use_is_an_error_that_names_the_line(self) -> None:
        for proto, kind in (("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)):
            port = self.taken(kind)
            self.assertEqual(
                self.errors(Endpoint(proto, "127.0.0.1", port, at=Position("app.cfg", 4, 1))),
                [f"app.cfg:4:1: cannot listen on {proto}:127.0.0.1:{port}: Address already in use"],
            )

    def test_an_address_that_is_not_ours_is_an_error(self) -> None:
        self.assertEqual(
            self.errors(Endpoint("udp", "198.51.100.77", 5060)),
            ["cannot listen on udp:198.51.100.77:5060: Cannot assign requested address"],
        )

    def test_a_virtual_address_need_not_be_here_yet(self) -> None:
        bind(Endpoint("udp", "198.51.100.77", 0, virtual=True), Settings()).close()

    def test_every_error_is_reported_and_nothing_is_kept(self) -> None:
        port = self.taken(socket.SOCK_DGRAM)
        free = bind(Endpoint("udp", "127.0.0.1", 0), Settings())
        address = free.getsockname()
        free.close()
        endpoints = (
            Endpoint("udp", "127.0.0.1", port),
            Endpoint("udp", *address),
            Endpoint("udp", "198.51.100.77", 5060),
        )
        self.assertEqual(len(self.errors(*endpoints)), 2)
        bind(Endpoint("udp", *address), Settings()).close()

    def test_an_ipv6_socket_is_for_ipv6_only(self) -> None:
        six = bind(Endpoint("udp", "::", 0), Settings())
        self.addCleanup(six.close)
        bind(Endpoint("udp", "0.0.0.0", six.getsockname()[1]), Settings()).close()

    def test_the_type_of_service_is_set(self) -> None:
        made = bind(Endpoint("udp", "127.0.0.1", 0), Settings(tos=0x68))
        self.addCleanup(made.close)
        self.assertEqual(made.getsockopt(socket.IPPROTO_IP, socket.IP_TOS), 0x68)

    def test_two_may_listen_to_one_multicast_group(self) -> None:
        first = bind(Endpoint("udp", "224.0.1.75", 0), Settings())
        self.addCleanup(first.close)
        bind(Endpoint("udp", "224.0.1.75", first.getsockname()[1]), Settings()).close()

    def test_what_is_sent_to_a_group_goes_as_far_as_the_parameters_say(self) -> None:
        for settings, wanted in ((Settings(), (0, 1)), (Settings(mcast_loopback=True, mcast_ttl=5), (1, 5))):
            made = bind(Endpoint("udp", "224.0.1.75", 0), settings)
            self.addCleanup(made.close)
            options = (socket.IP_MULTICAST_LOOP, socket.IP_MULTICAST_TTL)
            self.assertEqual(tuple(made.getsockopt(socket.IPPROTO_IP, option) for option in options), wanted)

    def test_a_group_is_joined_on_the_interface_that_is_named(self) -> None:
        bind(Endpoint("udp", "224.0.1.75", 0), Settings(mcast="lo")).close()
        error = self.assertRaises(ConfigError, bind, Endpoint("udp", "224.0.1.75", 0), Settings(mcast="no-such-one"))
        self.assertIn("cannot listen on udp:224.0.1.75:0", str(error))

    def test_a_tcp_port_may_be_shared_by_several_servers(self) -> None:
        first = bind(Endpoint("tcp", "127.0.0.1", 0), Settings(tcp_reuse_port=True))
        self.addCleanup(first.close)
        place = Endpoint("tcp", "127.0.0.1", first.getsockname()[1])
        self.assertRaises(ConfigError, bind, place, Settings())
        bind(place, Settings(tcp_reuse_port=True)).close()

    def test_the_buffers_are_as_large_as_their_parameters_say(self) -> None:
        made = bind(Endpoint("udp", "127.0.0.1", 0), Settings(maxbuffer=100_000, maxsndbuffer=50_000))
        self.addCleanup(made.close)
        sizes = [made.getsockopt(socket.SOL_SOCKET, option) for option in (socket.SO_RCVBUF, socket.SO_SNDBUF)]
        self.assertEqual(sizes, [200_000, 100_000])  # the kernel doubles them


class LayerTests(TestCase):
    def make(self, *lines: Listen, **settings: Any) -> TransportLayer:
        layer = TransportLayer(reactor, Receiver(), Settings(listen=[*lines], **settings))
        self.addCleanup(layer.close)
        return layer

    def test_after_binding_the_sockets_have_the_ports_that_the_kernel_chose(self) -> None:
        layer = self.make(Listen(None, "127.0.0.1", 0, "sip.example.com", 5099, "lan"))
        layer.bind()
        self.assertEqual([socket.proto for socket in layer.sockets], ["udp", "tcp"])
        for one in layer.sockets:
            self.assertGreater(one.port, 0)
            self.assertEqual((one.sent_by, one.name), (b"sip.example.com:5099", "lan"))
        layer.listen()

    def test_names_and_aliases_are_ours(self) -> None:
        layer = self.make(Listen("udp", "127.0.0.1", 0), alias=[Alias("udp", "example.com", 5060)])
        layer.listen()
        port = layer.sockets[0].port
        self.assertTrue(layer.is_myself(b"example.com", 5060))
        self.assertTrue(layer.is_myself(b"localhost", port, "udp"))
        self.assertFalse(layer.is_myself(b"localhost", port + 1))

    async def test_an_address_without_a_name_on_this_machine_is_looked_up_behind_our_back(self) -> None:
        self.patch(hostnames, "names_in_hosts", lambda address: [])
        self.patch(hostnames, "look_up_names", lambda addresses, found: found(addresses[0], ["sip.example.com"]))
        layer = self.make(Listen("udp", "127.0.0.1", 0))
        layer.listen()
        self.assertFalse(layer.is_myself(b"sip.example.com"))
        await until(lambda: layer.is_myself(b"sip.example.com", layer.sockets[0].port, "udp"))

    def test_auto_aliases_0_leaves_the_systems_names_out(self) -> None:
        layer = self.make(Listen("udp", "127.0.0.1", 0), auto_aliases=False)
        layer.listen()
        self.assertFalse(layer.is_myself(b"localhost"))

    def test_what_cannot_be_had_is_an_error_before_anything_runs(self) -> None:
        layer = self.make(Listen("udp", "198.51.100.77", 5060), Listen("udp", "198.51.100.78", 5060))
        with self.assertRaises(ConfigErrors) as caught:
            layer.listen()
        self.assertEqual(
            str(caught.exception).splitlines(),
            [
                f"app.cfg:3:1: cannot listen on udp:198.51.100.{n}:5060: Cannot assign requested address"
                for n in (77, 78)
            ],
        )
        self.assertEqual(layer.sockets, [])

    def test_another_kind_of_transport_may_be_added(self) -> None:
        layer = self.make(Listen("tls", "127.0.0.1", 0), disable_tls=False)
        opened = []

        def opener(layer: TransportLayer, endpoint: Endpoint, made: socket.socket) -> Any:
            made.close()
            return lambda: opened.append(endpoint.proto)

        layer.add_protocol("tls", opener)
        layer.listen()
        self.assertEqual(opened, ["tls"])
