"""IP addresses as they stand."""

from __future__ import annotations

from ipaddress import ip_address

from sipapp.modules.ipops import Ipops
from sipapp.modules.ipops.addresses import detailed_kind, is_within, kind_of
from tests.modules.stage import made
from tests.modules.talk import TalkCase


class KindTests(TalkCase):
    def test_what_is_an_address(self) -> None:
        for text, wanted in (
            ("1.2.3.4", 1),
            ("255.255.255.255", 1),
            ("1.2.3", 0),
            ("1.2.3.256", 0),
            ("01.2.3.4", 0),
            (" 1.2.3.4", 0),
            ("::1", 2),
            ("2001:db8:0:0:0:0:0:1", 2),
            ("::ffff:192.0.2.1", 2),
            ("fe80::1%eth0", 0),
            (":::", 0),
            ("[::1]", 3),
            ("[1.2.3.4]", 0),
            ("[::1", 0),
            ("", 0),
            ("x", 0),
            ("1.2.3.4\0", 0),
        ):
            self.assertEqual(kind_of(text), wanted, text)

    def test_kinds_in_detail(self) -> None:
        for text, wanted in (
            ("8.8.8.8", b"PUBLIC"),
            ("10.1.2.3", b"PRIVATE"),
            ("0.1.2.3", b"PRIVATE"),
            ("192.0.0.1", b"RESERVED"),
            ("192.88.99.1", b"6TO4-RELAY"),
            ("198.18.0.1", b"RESERVED"),
            ("255.255.255.255", b"BROADCAST"),
            ("240.0.0.1", b"RESERVED"),
            ("224.0.0.1", b"MULTICAST"),
            ("100.64.0.1", b"SHARED"),
            ("169.254.0.1", b"LINK-LOCAL"),
            ("::", b"UNSPECIFIED"),
            ("::1", b"LOOPBACK"),
            ("::ffff:192.0.2.1", b"IPV4MAP"),
            ("100::1", b"DISCARD"),
            ("2001::1", b"TEREDO"),
            ("2001:db8::1", b"DOCUMENTATION"),
            ("2001:10::1", b"ORCHID"),
            ("2001:2::1", b"BMWG"),
            ("2002::1", b"6TO4"),
            ("fe80::1", b"LINK-LOCAL-UNICAST"),
            ("fec0::1", b"RESERVED"),
            ("ff02::1", b"MULTICAST"),
            ("fd00::1", b"UNIQUE-LOCAL-UNICAST"),
            ("2a00::1", b"GLOBAL-UNICAST"),
            ("4000::1", b"RESERVED"),
        ):
            self.assertEqual(detailed_kind(ip_address(text)), wanted, text)

    def test_subnets(self) -> None:
        for address, subnets, wanted in (
            ("10.1.2.3", "10.0.0.0/8", True),
            ("10.1.2.3", "10.1.2.3", True),
            ("10.1.2.3", "192.168.0.0/16,, 10.1.0.0/16 ", True),
            ("10.1.2.3", "10.9.9.9/8", True),
            ("10.1.2.3", "x, [::1], 10.1.2.0/24", True),
            ("10.1.2.3", "0.0.0.0/", True),
            ("10.1.2.3", "10.1.2.3/33", False),
            ("10.1.2.3", "10.1.2.3/-1", False),
            ("10.1.2.3", "::/0", False),
            ("2001:db8::5", "10.0.0.0/8,2001:db8::/32", True),
            ("2001:db8::5", "2001:db8::/127,2001:db8::4/127", True),
            ("2001:db8::5", "2001:db8::/127", False),
            ("10.1.2.3", "", False),
        ):
            self.assertEqual(is_within(ip_address(address), subnets), wanted, (address, subnets))


class FunctionTests(TalkCase):
    modules = "ipops"

    def test_each_kind_has_its_function(self) -> None:
        module = made(Ipops)
        texts = ("192.0.2.1", "2001:db8::1", "[2001:db8::1]", "example.com")
        for name, wanted in (
            ("is_ip", [True, True, True, False]),
            ("is_pure_ip", [True, True, False, False]),
            ("is_ipv4", [True, False, False, False]),
            ("is_ipv6", [False, True, False, False]),
            ("is_ipv6_reference", [False, False, True, False]),
            ("ip_type", [1, 2, 3, -1]),
        ):
            self.assertEqual([getattr(module, name)(text) for text in texts], wanted, name)

    def test_addresses_are_the_same_however_they_are_written(self) -> None:
        module = made(Ipops)
        for one, other, any_way, pure in (
            ("1.2.3.4", "1.2.3.4", True, True),
            ("1.2.3.4", "1.2.3.5", False, False),
            ("::1", "0:0:0:0:0:0:0:1", True, True),
            ("::1", "[::1]", True, False),
            ("[::1]", "[0::1]", True, False),
            ("::1.2.3.4", "1.2.3.4", False, False),
            ("x", "x", False, False),
            ("1.2.3.4", "x", False, False),
        ):
            self.assertEqual((module.compare_ips(one, other), module.compare_pure_ips(one, other)), (any_way, pure))

    def test_private_addresses(self) -> None:
        module = made(Ipops)
        for text, wanted in (
            ("10.0.0.1", True),
            ("172.31.0.1", True),
            ("172.32.0.1", False),
            ("192.168.1.1", True),
            ("192.169.1.1", False),
            ("fd00::1", False),
            ("x", False),
        ):
            self.assertEqual(module.is_ip_rfc1918(text), wanted, text)

    def test_a_script_asks_of_variables(self) -> None:
        said = self.run_script("""
            if (is_ip("$si")) say("ip"); if (is_in_subnet("$si", "192.0.2.0/24")) say("in");
            if (is_in_subnet("[::1]", "::1")) say("never");
            detailed_ip_type("$si", "$var(k)"); say("$rc $var(k)");
            detailed_ipv4_type(" 10.0.0.1 ", "$avp(k)"); say("$rc $avp(k)");
            detailed_ipv6_type("[::1]", "$var(k)"); say("$rc $var(k)");
            detailed_ip_type("x", "$var(k)"); say("$rc $var(k)");
            detailed_ipv4_type("::1", "$var(k)"); say("$rc"); detailed_ipv6_type("1.2.3.4", "$var(k)"); say("$rc");
        """)
        self.assertEqual(said, ["ip", "in", "1 TEST-NET", "1 PRIVATE", "1 LOOPBACK", "-1 LOOPBACK", "-1", "-1"])
