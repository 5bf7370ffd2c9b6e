"""addresses: hosts and sockets without quotes."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.grammar.addresses import Addresses, SocketName
from sipapp.script.preprocess import Preprocessor
from sipapp.script.source import Source


def addresses(text: str) -> Addresses:
    return Addresses(Preprocessor().read(Source("a.cfg", text.encode())))


class AddressTests(SynchronousTestCase):
    def test_ipv4_numbers_may_be_octal_and_hexadecimal(self) -> None:
        self.assertEqual(addresses("192.0.2.1").ipv4(), "192.0.2.1")
        self.assertEqual(addresses("010.0x10.2.1").ipv4(), "8.16.2.1")

    def test_ipv6_is_without_brackets(self) -> None:
        self.assertEqual((addresses("[2001:db8::1]").ipv6(), addresses("::").ip()), ("2001:db8::1", "::"))

    def test_a_bad_ipv6_address_is_a_mistake(self) -> None:
        reader = addresses("1:2:3:4:5:6:7:8::9")
        reader.ipv6()
        self.assertEqual([e.reason for e in reader.mistakes], [])
        reader = addresses("1:2:3:4:5:6::7:8:9")
        reader.ipv6()
        self.assertEqual([e.reason for e in reader.mistakes], ["1:2:3:4:5:6::7:8:9 is no IPv6 address"])

    def test_networks(self) -> None:
        found = [addresses(t).network().value for t in ("192.0.2.1", "192.0.2.0/24", "::/0", "1.2.3.4/255.0.0.0")]
        self.assertEqual(found, [b"192.0.2.1", b"192.0.2.0/24", b"::/0", b"1.2.3.4/255.0.0.0"])

    def test_names_have_dots_and_dashes(self) -> None:
        self.assertEqual(addresses("sip-a.example.com").host().value, b"sip-a.example.com")
        self.assertEqual(
            [addresses(t).listen_id() for t in ("eth0", "5ab.com", "1-a", "10")], ["eth0", "5ab.com", "1-a", "10"]
        )
        self.assertEqual(addresses('"any text"').listen_id(), "any text")

    def test_sockets(self) -> None:
        self.assertEqual(addresses("udp:eth0:5060").socket_name(), SocketName("udp", ["eth0"], 5060))
        self.assertEqual(addresses("eth0").socket_name(), SocketName(None, ["eth0"], None))
        self.assertEqual(addresses("*:eth0:*").socket_name(), SocketName(None, ["eth0"], None))
        self.assertEqual(addresses("[::1]:5061").socket_name(), SocketName(None, ["::1"], 5061))

    def test_a_list_goes_on_as_long_as_hosts_follow(self) -> None:
        reader = addresses('a.com "b.com"\ntcp:c:5060\n(192.0.2.1, 192.0.2.2):5070; d')
        found = reader.socket_names("alias")
        self.assertEqual([name.hosts for name in found], [["a.com"], ["b.com"], ["c"], ["192.0.2.1", "192.0.2.2"]])
        self.assertEqual(reader.kind, ";")

    def test_a_parameter_that_5_6_does_not_know_ends_a_list(self) -> None:
        reader = addresses("lo\nsocket = {}")
        self.assertEqual(len(reader.socket_names("listen")), 1)
        self.assertEqual(reader.text, "socket")
