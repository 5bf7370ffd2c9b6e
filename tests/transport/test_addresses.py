"""sipapp.transport.addresses."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.transport import addresses
from sipapp.transport.addresses import InterfaceAddress, interface_addresses, is_loopback, is_multicast, numeric


class NumericTests(SynchronousTestCase):
    def test_an_ipv4_address_is_itself(self) -> None:
        self.assertEqual(numeric("192.0.2.1"), "192.0.2.1")

    def test_an_ipv6_address_gets_its_shortest_spelling_and_loses_its_brackets(self) -> None:
        self.assertEqual(numeric("[2001:DB8:0:0::1]"), "2001:db8::1")

    def test_names_and_broken_addresses_are_none(self) -> None:
        for text in ("example.com", "192.0.2", "192.0.2.256", "2001:db8::g", "", "[]", "1\0"):
            self.assertIsNone(numeric(text), text)


class KindTests(SynchronousTestCase):
    def test_multicast_addresses_are_known_by_their_first_byte(self) -> None:
        found = ("223.255.255.255", "224.0.1.75", "239.1.1.1", "240.0.0.1", "ff02::1", "fe80::1")
        self.assertEqual([a for a in found if is_multicast(a)], ["224.0.1.75", "239.1.1.1", "ff02::1"])

    def test_a_name_is_no_multicast_address(self) -> None:
        self.assertFalse(is_multicast("example.com"))

    def test_all_of_127_is_loopback(self) -> None:
        self.assertEqual([is_loopback(a) for a in ("127.0.0.1", "127.9.9.9", "::1", "128.0.0.1")], [True] * 3 + [False])


class InterfaceTests(SynchronousTestCase):
    def test_the_loopback_interface_has_its_address(self) -> None:
        self.assertIn(InterfaceAddress("lo", "127.0.0.1"), interface_addresses())

    def test_without_asking_there_is_no_ipv6_address(self) -> None:
        self.assertEqual([a for a in interface_addresses() if ":" in a.address], [])

    def test_ipv6_addresses_are_read_from_the_kernels_table_without_the_link_local(self) -> None:
        table = Path(self.mktemp())
        table.write_text(
            "00000000000000000000000000000001 01 80 10 80       lo\n"
            "fe80000000000000021122fffe334455 02 40 20 80     eth0\n"
            "20010db8000000000000000000000002 02 40 00 80     eth0\n"
        )
        self.assertEqual(
            addresses._ipv6_addresses(table),
            [InterfaceAddress("lo", "::1"), InterfaceAddress("eth0", "2001:db8::2")],
        )

    def test_a_kernel_without_ipv6_has_none(self) -> None:
        self.assertEqual(addresses._ipv6_addresses(Path(self.mktemp())), [])

    def test_the_kernel_would_send_to_itself_from_loopback(self) -> None:
        self.assertEqual(addresses.source_towards("127.0.0.1"), "127.0.0.1")

    def test_there_is_no_way_to_a_broadcast_address(self) -> None:
        self.assertIsNone(addresses.source_towards("255.255.255.255"))
