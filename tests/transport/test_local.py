"""sipapp.transport.local."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Socket
from sipapp.transport import local
from sipapp.transport.addresses import InterfaceAddress
from sipapp.transport.local import OwnNames

UDP = Socket("udp", "192.0.2.1", 5060, "sip.example.com", 5080)
TCP = Socket("tcp", "192.0.2.1", 5070)
SIX = Socket("udp", "2001:db8::1", 5060)


class OwnNamesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.names = OwnNames()
        self.names.add_socket(TCP)
        self.names.add_socket(UDP, ("host.example.com",))
        self.names.add_socket(SIX)

    def test_an_address_of_ours_is_ours_and_another_is_not(self) -> None:
        self.assertTrue(self.names.is_myself(b"192.0.2.1"))
        self.assertFalse(self.names.is_myself(b"192.0.2.2"))

    def test_a_port_of_ours_is_ours_and_another_is_not(self) -> None:
        self.assertTrue(self.names.is_myself(b"192.0.2.1", 5060))
        self.assertFalse(self.names.is_myself(b"192.0.2.1", 5061))

    def test_the_advertised_port_is_ours_with_the_real_address_as_well(self) -> None:
        self.assertTrue(self.names.is_myself(b"192.0.2.1", 5080))

    def test_the_advertised_host_is_ours_with_either_port(self) -> None:
        self.assertEqual(
            [self.names.is_myself(b"sip.example.com", port) for port in (0, 5060, 5080, 5070)],
            [True, True, True, False],
        )

    def test_the_protocol_must_fit_where_it_is_given(self) -> None:
        self.assertEqual(
            [self.names.is_myself(b"192.0.2.1", 5070, proto) for proto in (None, "tcp", "udp")], [True, True, False]
        )

    def test_a_websocket_comes_in_on_a_tcp_socket(self) -> None:
        self.assertIs(self.names.find("192.0.2.1", 0, "ws"), TCP)
        self.assertIsNone(self.names.find("192.0.2.1", 0, "wss"))

    def test_case_makes_no_difference(self) -> None:
        self.assertTrue(self.names.is_myself(b"SIP.Example.COM"))

    def test_what_a_socket_is_called_is_ours(self) -> None:
        self.assertTrue(self.names.is_myself(b"host.example.com", 5060, "udp"))
        self.assertFalse(self.names.is_myself(b"host.example.com", 5060, "tcp"))

    def test_an_ipv6_address_is_ours_however_it_is_written(self) -> None:
        for text in ("2001:db8::1", "[2001:db8::1]", "[2001:DB8:0:0:0:0:0:1]"):
            self.assertTrue(self.names.is_myself(text.encode(), 5060), text)

    def test_udp_is_found_before_tcp_whatever_the_order_of_the_script(self) -> None:
        self.assertIs(self.names.find("192.0.2.1"), UDP)
        self.assertIs(self.names.find("192.0.2.1", 5070), TCP)

    def test_names_may_come_later(self) -> None:
        self.assertFalse(self.names.is_myself(b"later.example.com"))
        self.names.add_socket(TCP, ["later.example.com"])
        self.assertTrue(self.names.is_myself(b"later.example.com", 5070))

    def test_a_virtual_address_is_ours_only_while_this_machine_has_it(self) -> None:
        elsewhere = Socket("udp", "198.51.100.77", 5060, virtual=True)
        here = Socket("udp", "127.0.0.1", 5060, virtual=True)
        self.names.add_socket(elsewhere)
        self.names.add_socket(here)
        self.assertIsNone(self.names.find("198.51.100.77"))
        self.assertIs(self.names.find("127.0.0.1"), here)
        self.assertEqual([self.names.is_myself(host) for host in (b"198.51.100.77", b"127.0.0.1")], [False, True])

    def test_a_virtual_address_that_has_come_is_ours(self) -> None:
        self.names.add_socket(Socket("udp", "198.51.100.77", 5060, virtual=True))
        self.assertFalse(self.names.is_myself(b"198.51.100.77"))
        come = [InterfaceAddress("lo", "198.51.100.77")]
        self.patch(local, "interface_addresses", lambda ipv6: come)
        self.assertTrue(self.names.is_myself(b"198.51.100.77"))


class AliasTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.names = OwnNames()

    def test_an_alias_without_port_fits_any_port(self) -> None:
        self.names.add_alias("example.com")
        self.assertTrue(self.names.is_myself(b"example.com", 5999, "tls"))

    def test_an_alias_with_port_fits_that_port_and_no_port(self) -> None:
        self.names.add_alias("example.com", 5060)
        self.assertEqual([self.names.is_myself(b"example.com", p) for p in (0, 5060, 5061)], [True, True, False])

    def test_an_alias_with_protocol_fits_that_protocol_and_none(self) -> None:
        self.names.add_alias("example.com", 0, "udp")
        self.assertEqual(
            [self.names.is_myself(b"example.com", 0, p) for p in (None, "udp", "tcp")], [True, True, False]
        )

    def test_two_aliases_of_one_name_both_count(self) -> None:
        self.names.add_alias("example.com", 5060)
        self.names.add_alias("Example.com", 5070)
        self.assertEqual([self.names.is_myself(b"example.com", p) for p in (5060, 5070, 5080)], [True, True, False])

    def test_an_alias_is_no_socket(self) -> None:
        self.names.add_alias("example.com")
        self.assertIsNone(self.names.find("example.com"))
