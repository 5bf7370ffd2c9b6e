from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow, Socket
from sipapp.modules.nathelper.addresses import bracketed, is_private, is_source, packed, source, source_uri
from tests.modules.stage import TCP, UDP

IPV6 = Flow(Socket("udp", "2001:db8::1", 5060), "2001:db8::9", 5070)


class AddressesTests(SynchronousTestCase):
    def test_networks_that_are_not_routed_are_private(self) -> None:
        for inside, outside in (
            (b"10.255.255.255", b"11.0.0.0"),
            (b"172.31.255.255", b"172.32.0.0"),
            (b"192.168.0.1", b"192.169.0.0"),
            (b"100.127.255.255", b"100.128.0.0"),
            (b"192.0.0.7", b"192.0.1.0"),
        ):
            self.assertTrue(is_private(inside, True), inside)
            self.assertFalse(is_private(outside, True), outside)

    def test_the_protocol_assignments_are_private_on_request(self) -> None:
        self.assertTrue(is_private(b"192.0.0.8", True))
        self.assertFalse(is_private(b"192.0.0.8", False))
        self.assertTrue(is_private(b"192.0.0.7", False))

    def test_what_is_no_ipv4_address_is_not_private(self) -> None:
        for host in (b"", b"example.com", b"::1", b"10.0.0.1:5060", b"10.0.0.256"):
            self.assertFalse(is_private(host, True), host)

    def test_an_ipv6_address_has_brackets_once(self) -> None:
        self.assertEqual(bracketed(b"2001:db8::1"), b"[2001:db8::1]")
        self.assertEqual(bracketed(b"[2001:db8::1]"), b"[2001:db8::1]")
        self.assertEqual(bracketed(b"192.0.2.1"), b"192.0.2.1")

    def test_the_source_is_written_as_a_uri(self) -> None:
        self.assertEqual(source(IPV6), b"[2001:db8::9]:5070")
        self.assertEqual(source_uri(IPV6), b"sip:[2001:db8::9]:5070")
        self.assertEqual(source_uri(Flow(TCP, "192.0.2.9", 5070)), b"sip:192.0.2.9:5070;transport=tcp")

    def test_a_host_is_compared_with_the_source(self) -> None:
        self.assertTrue(is_source(b"192.0.2.9", Flow(UDP, "192.0.2.9", 5070)))
        self.assertFalse(is_source(b"192.0.2.90", Flow(UDP, "192.0.2.9", 5070)))
        self.assertTrue(is_source(b"[2001:DB8::9]", IPV6))
        self.assertFalse(is_source(b"[2001:db8::8]", IPV6))

    def test_addresses_have_one_value_however_they_are_written(self) -> None:
        self.assertEqual(packed(b"192.0.2.1"), b"\xc0\x00\x02\x01")
        self.assertEqual(packed(b"[2001:db8::1]"), packed(b"2001:0db8:0::1"))
        self.assertIsNone(packed(b"example.com"))
        self.assertIsNone(packed(None))
