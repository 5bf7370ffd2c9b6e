"""sipapp.transport.listen: planning. Binding is in tests/sockets/test_transport_listen.py."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors, Position
from sipapp.transport.addresses import InterfaceAddress
from sipapp.transport.listen import Endpoint, plan
from sipapp.transport.settings import Settings
from tests.transport.helpers import Listen

INTERFACES = [
    InterfaceAddress("lo", "127.0.0.1"),
    InterfaceAddress("eth0", "192.0.2.1"),
    InterfaceAddress("eth0", "192.0.2.2"),
]
NAMES = {"sip.example.com": ["198.51.100.1", "host.example.com"]}


def lookup(name: str) -> list[str]:
    if name not in NAMES:
        raise OSError(-2, "Name or service not known")
    return NAMES[name]


def planned(*lines: Listen, **settings: Any) -> list[Endpoint]:
    return plan(Settings(listen=list(lines), **settings), lookup=lookup, interfaces=lambda ipv6: INTERFACES)


def texts(*lines: Listen, **settings: Any) -> list[str]:
    return [str(endpoint) for endpoint in planned(*lines, **settings)]


class PlanTests(SynchronousTestCase):
    def test_a_line_with_everything_is_one_place(self) -> None:
        self.assertEqual(texts(Listen("udp", "192.0.2.1", 5070)), ["udp:192.0.2.1:5070"])

    def test_without_a_protocol_a_line_means_udp_and_tcp(self) -> None:
        self.assertEqual(texts(Listen(None, "192.0.2.1", 5070)), ["udp:192.0.2.1:5070", "tcp:192.0.2.1:5070"])

    def test_the_order_of_the_script_is_kept(self) -> None:
        lines = (Listen("tcp", "192.0.2.2", 5060), Listen("udp", "192.0.2.1", 5060))
        self.assertEqual(texts(*lines), ["tcp:192.0.2.2:5060", "udp:192.0.2.1:5060"])

    def test_the_port_parameter_is_the_default_port(self) -> None:
        self.assertEqual(texts(Listen("udp", "192.0.2.1"), port=5080), ["udp:192.0.2.1:5080"])

    def test_tls_has_a_default_port_of_its_own(self) -> None:
        settings = Settings(listen=[Listen("tls", "192.0.2.1")], disable_tls=False)
        self.assertEqual([str(e) for e in plan(settings, ("tls",))], ["tls:192.0.2.1:5061"])

    def test_port_0_is_left_to_the_kernel_each_time(self) -> None:
        lines = (Listen("udp", "127.0.0.1", 0), Listen("udp", "127.0.0.1", 0))
        self.assertEqual(texts(*lines), ["udp:127.0.0.1:0", "udp:127.0.0.1:0"])

    def test_disable_tcp_leaves_tcp_out(self) -> None:
        self.assertEqual(texts(Listen(None, "192.0.2.1", 5060), disable_tcp=True), ["udp:192.0.2.1:5060"])

    def test_an_interface_stands_for_its_addresses(self) -> None:
        self.assertEqual(texts(Listen("udp", "eth0", 5060)), ["udp:192.0.2.1:5060", "udp:192.0.2.2:5060"])

    def test_a_star_stands_for_every_address(self) -> None:
        self.assertEqual(
            texts(Listen("udp", "*", 5060)), ["udp:127.0.0.1:5060", "udp:192.0.2.1:5060", "udp:192.0.2.2:5060"]
        )

    def test_no_line_at_all_means_every_address_with_udp_and_tcp(self) -> None:
        self.assertEqual(
            texts(),
            [f"{proto}:{a}:5060" for proto in ("udp", "tcp") for a in ("127.0.0.1", "192.0.2.1", "192.0.2.2")],
        )

    def test_ipv6_addresses_of_interfaces_count_only_with_auto_bind_ipv6(self) -> None:
        asked = []

        def interfaces(ipv6: bool) -> list[InterfaceAddress]:
            asked.append(ipv6)
            return INTERFACES

        plan(Settings(), lookup=lookup, interfaces=interfaces)
        plan(Settings(auto_bind_ipv6=True), lookup=lookup, interfaces=interfaces)
        self.assertEqual(asked, [False, False, True, True])

    def test_a_name_is_looked_up_and_kept_as_a_name_of_ours(self) -> None:
        (endpoint,) = planned(Listen("udp", "sip.example.com", 5060))
        self.assertEqual(
            (str(endpoint), endpoint.names), ("udp:198.51.100.1:5060", ("sip.example.com", "host.example.com"))
        )

    def test_an_ipv6_reference_loses_its_brackets(self) -> None:
        (endpoint,) = planned(Listen("udp", "[2001:DB8::1]", 5060))
        self.assertEqual((endpoint.host, str(endpoint)), ("2001:db8::1", "udp:[2001:db8::1]:5060"))

    def test_a_place_named_twice_is_taken_once_under_all_its_names(self) -> None:
        (endpoint,) = planned(Listen("udp", "198.51.100.1", 5060), Listen("udp", "sip.example.com", 5060))
        self.assertEqual(endpoint.names, ("sip.example.com", "host.example.com"))

    def test_what_is_advertised_comes_along(self) -> None:
        (endpoint,) = planned(Listen("udp", "192.0.2.1", 5060, "sip.example.net", 5070, "lan"))
        self.assertEqual(
            (endpoint.advertised_host, endpoint.advertised_port, endpoint.name, endpoint.names),
            ("sip.example.net", 5070, "lan", ("sip.example.net",)),
        )

    def test_the_advertised_address_of_the_whole_script_wins(self) -> None:
        (endpoint,) = planned(
            Listen("udp", "192.0.2.1", 5060, "sip.example.net"), advertised_address="203.0.113.1", advertised_port=5099
        )
        self.assertEqual(
            (endpoint.advertised_host, endpoint.advertised_port, endpoint.names),
            ("203.0.113.1", 5099, ("sip.example.net",)),
        )


class MistakeTests(SynchronousTestCase):
    def errors(self, *lines: Listen, **settings: Any) -> list[str]:
        with self.assertRaises(ConfigErrors) as caught:
            planned(*lines, **settings)
        return [str(error) for error in caught.exception.errors]

    def test_an_unknown_name_is_a_mistake_of_its_line(self) -> None:
        self.assertEqual(
            self.errors(Listen("udp", "nowhere.example", 5060)),
            ["app.cfg:3:1: listen: nowhere.example is no address, interface or known name (Name or service not known)"],
        )

    def test_a_protocol_that_is_not_there_is_a_mistake(self) -> None:
        self.assertEqual(
            self.errors(Listen("sctp", "192.0.2.1", 5060)),
            ["app.cfg:3:1: listen: the protocol sctp is not available"],
        )

    def test_tls_is_a_mistake_only_once_it_is_enabled(self) -> None:
        lines = (Listen("udp", "192.0.2.1", 5060), Listen("tls", "192.0.2.1", 5061))
        self.assertEqual(texts(*lines), ["udp:192.0.2.1:5060"])
        self.assertEqual(
            self.errors(*lines, disable_tls=False), ["app.cfg:3:1: listen: the protocol tls is not available"]
        )

    def test_every_mistake_is_reported(self) -> None:
        at = Position("app.cfg", 9, 1)
        found = self.errors(Listen("sctp", "192.0.2.1"), Listen("udp", "192.0.2.1"), Listen("udp", "nowhere", at=at))
        self.assertEqual([error.split(" ")[0] for error in found], ["app.cfg:3:1:", "app.cfg:9:1:"])

    def test_nothing_left_to_listen_on_is_a_mistake(self) -> None:
        self.assertEqual(
            self.errors(Listen("tcp", "192.0.2.1"), disable_tcp=True),
            ["nothing to listen on: no listen= line is left and no interface has an address"],
        )
