"""sipapp.transport.resolve: RFC 3263 over a DNS of the test's own making."""

import random
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.names import dns
from twisted.names.error import DNSServerError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TransportError
from sipapp.message.uri import Uri
from sipapp.transport.counters import Counters
from sipapp.transport.dns import Dns
from sipapp.transport.resolve import Resolver, default_port, hop_of
from sipapp.transport.settings import Settings
from tests.transport.names import Names, Zone, a, aaaa, naptr, srv

SERVFAIL: Any = DNSServerError(dns.Message())

# Two proxies behind SRV records for UDP and TCP, as RFC 3263 §4 has them.
EXAMPLE: Zone = {
    (dns.SRV, "_sip._udp.example.com"): srv((0, 1, 5070, "one.example.com"), (1, 1, 5071, "two.example.com")),
    (dns.SRV, "_sip._tcp.example.com"): srv((0, 1, 5080, "one.example.com")),
    (dns.SRV, "_sips._tcp.example.com"): srv((0, 1, 5090, "one.example.com")),
    (dns.A, "one.example.com"): a("192.0.2.11"),
    (dns.A, "two.example.com"): a("192.0.2.12"),
    (dns.A, "example.com"): a("192.0.2.10"),
}


class ResolverTestCase(SynchronousTestCase):
    def make(self, zone: Zone, hold: bool = False, families: tuple[int, ...] = (4,), **settings: Any) -> Resolver:
        self.clock = Clock()
        self.names = Names(zone, hold)
        self.counters = Counters()
        self.settings = Settings(**settings)
        return Resolver(
            Dns(self.settings, self.clock, lambda: self.names),
            self.settings,
            self.clock,
            self.counters,
            lambda: ["udp", "tcp", "tls"],
            lambda: families,
            lambda name: [name, f"{name}.search.example"] if "." not in name else [name],
            random.Random(1),
        )

    def targets(self, uri: str, zone: Zone, proto: str | None = None, **more: Any) -> list[str]:
        found = self.make(zone, **more).resolve(hop_of(Uri.parse(uri.encode()), proto))
        assert isinstance(found, list)  # the fake DNS answers at once
        return [f"{target.proto}:{target.host}:{target.port}" for target in found]

    def error(self, uri: str, zone: Zone, proto: str | None = None, **more: Any) -> str:
        return str(self.assertRaises(TransportError, self.targets, uri, zone, proto, **more))


class AddressTests(ResolverTestCase):
    def test_an_address_needs_nobody(self) -> None:
        self.assertEqual(self.targets("sip:bob@192.0.2.9", {}), ["udp:192.0.2.9:5060"])
        self.assertEqual(self.names.asked, [])

    def test_the_transport_parameter_and_the_port_count(self) -> None:
        self.assertEqual(self.targets("sip:192.0.2.9:5070;transport=TCP", {}), ["tcp:192.0.2.9:5070"])

    def test_tls_and_sips_have_the_default_port_5061(self) -> None:
        self.assertEqual(self.targets("sip:192.0.2.9;transport=tls", {}), ["tls:192.0.2.9:5061"])
        self.assertEqual(self.targets("sips:192.0.2.9", {}), ["tls:192.0.2.9:5061"])
        self.assertEqual(self.targets("sips:192.0.2.9;transport=tcp", {}), ["tls:192.0.2.9:5061"])

    def test_websockets_have_the_ports_of_http(self) -> None:
        self.assertEqual((default_port("ws"), default_port("wss")), (80, 443))
        self.assertEqual(self.targets("sips:192.0.2.9;transport=ws", {}), ["wss:192.0.2.9:443"])

    def test_an_ipv6_reference_loses_its_brackets(self) -> None:
        self.assertEqual(self.targets("sip:[2001:DB8::9]:5070", {}), ["udp:2001:db8::9:5070"])

    def test_a_protocol_given_wins_over_the_transport_parameter(self) -> None:
        self.assertEqual(self.targets("sip:192.0.2.9;transport=tcp", {}, "udp"), ["udp:192.0.2.9:5060"])

    def test_maddr_is_not_followed(self) -> None:
        self.assertEqual(self.targets("sip:192.0.2.9;maddr=198.51.100.1", {}), ["udp:192.0.2.9:5060"])

    def test_mistakes_of_the_uri_are_errors(self) -> None:
        self.assertEqual(self.error("tel:+1555", {}), "tel:+1555 has no host to send to")
        self.assertEqual(self.error("sip:192.0.2.9;transport=pigeon", {}), "unknown transport pigeon")
        self.assertEqual(self.error("sips:192.0.2.9;transport=udp", {}), "a sips: URI cannot be reached over UDP")


class NameTests(ResolverTestCase):
    def test_a_port_means_addresses_only(self) -> None:
        self.assertEqual(self.targets("sip:example.com:5066", EXAMPLE), ["udp:192.0.2.10:5066"])
        self.assertEqual(self.names.asked, [(dns.A, "example.com")])

    def test_every_address_is_a_target(self) -> None:
        zone: Zone = {(dns.A, "h.example.com"): a("192.0.2.1", "192.0.2.2", "192.0.2.1")}
        self.assertEqual(self.targets("sip:h.example.com:5060", zone), ["udp:192.0.2.1:5060", "udp:192.0.2.2:5060"])

    def test_without_a_port_the_protocol_that_we_prefer_has_its_services_in_order(self) -> None:
        self.assertEqual(self.targets("sip:example.com", EXAMPLE), ["udp:192.0.2.11:5070", "udp:192.0.2.12:5071"])

    def test_our_preferences_can_be_changed(self) -> None:
        self.assertEqual(self.targets("sip:example.com", EXAMPLE, dns_tcp_pref=40), ["tcp:192.0.2.11:5080"])

    def test_a_negative_preference_rules_a_protocol_out(self) -> None:
        self.assertEqual(self.targets("sip:example.com", EXAMPLE, dns_udp_pref=-1), ["tcp:192.0.2.11:5080"])

    def test_a_transport_parameter_leaves_no_choice(self) -> None:
        self.assertEqual(self.targets("sip:example.com;transport=tcp", EXAMPLE), ["tcp:192.0.2.11:5080"])
        self.assertEqual(self.names.asked[0], (dns.SRV, "_sip._tcp.example.com"))

    def test_sips_means_tls(self) -> None:
        self.assertEqual(self.targets("sips:example.com", EXAMPLE), ["tls:192.0.2.11:5090"])

    def test_without_services_the_name_itself_is_asked_for(self) -> None:
        zone: Zone = {(dns.A, "plain.example.com"): a("192.0.2.1")}
        self.assertEqual(self.targets("sip:plain.example.com", zone), ["udp:192.0.2.1:5060"])
        self.assertEqual(self.targets("sips:plain.example.com", zone), ["tls:192.0.2.1:5061"])

    def test_a_server_that_fails_for_services_may_still_know_the_address(self) -> None:
        zone: Zone = {(dns.SRV, "_sip._udp.example.com"): SERVFAIL, (dns.A, "example.com"): a("192.0.2.1")}
        self.assertEqual(self.targets("sip:example.com", zone), ["udp:192.0.2.1:5060"])

    def test_a_service_that_is_decidedly_not_there_is_not_followed(self) -> None:
        zone: Zone = {(dns.SRV, "_sip._udp.example.com"): srv((0, 0, 0, ".")), (dns.A, "example.com"): a("192.0.2.1")}
        self.assertEqual(self.targets("sip:example.com", zone), ["udp:192.0.2.1:5060"])

    def test_a_service_whose_host_has_no_address_leaves_the_others(self) -> None:
        zone = {**EXAMPLE, (dns.A, "one.example.com"): SERVFAIL}
        self.assertEqual(self.targets("sip:example.com", zone), ["udp:192.0.2.12:5071"])

    def test_a_services_host_may_be_an_address(self) -> None:
        zone: Zone = {(dns.SRV, "_sip._udp.example.com"): srv((0, 0, 5070, "192.0.2.7"))}
        self.assertEqual(self.targets("sip:example.com", zone), ["udp:192.0.2.7:5070"])

    def test_a_short_name_may_be_short_for_another(self) -> None:
        zone: Zone = {(dns.A, "proxy.search.example"): a("192.0.2.1")}
        self.assertEqual(self.targets("sip:proxy:5060", zone), ["udp:192.0.2.1:5060"])

    def test_nothing_found_is_an_error_and_counted(self) -> None:
        self.assertEqual(self.error("sip:nowhere.example", {}), "nowhere.example has no address")
        self.assertEqual(self.counters.dns_failed, 1)

    def test_no_server_that_answers_is_an_error_that_says_so(self) -> None:
        why = self.error("sip:example.com:5060", {(dns.A, "example.com"): SERVFAIL})
        self.assertTrue(why.startswith("DNS: no answer for A example.com"), why)


class FamilyTests(ResolverTestCase):
    ZONE: Zone = {(dns.A, "h.example.com"): a("192.0.2.1"), (dns.AAAA, "h.example.com"): aaaa("2001:db8::1")}

    def test_ipv6_is_asked_for_only_where_we_have_it(self) -> None:
        self.assertEqual(self.targets("sip:h.example.com:5060", self.ZONE), ["udp:192.0.2.1:5060"])
        self.assertEqual(self.targets("sip:h.example.com:5060", self.ZONE, families=(6,)), ["udp:2001:db8::1:5060"])

    def test_ipv4_comes_first(self) -> None:
        both = ["udp:192.0.2.1:5060", "udp:2001:db8::1:5060"]
        self.assertEqual(self.targets("sip:h.example.com:5060", self.ZONE, families=(4, 6)), both)

    def test_ipv6_comes_first_where_the_script_says_so(self) -> None:
        found = self.targets("sip:h.example.com:5060", self.ZONE, families=(4, 6), dns_cache_rec_pref=2)
        self.assertEqual(found, ["udp:2001:db8::1:5060", "udp:192.0.2.1:5060"])

    def test_dns_try_ipv6_0_leaves_ipv6_out(self) -> None:
        found = self.targets("sip:h.example.com:5060", self.ZONE, families=(4, 6), dns_try_ipv6=False)
        self.assertEqual(found, ["udp:192.0.2.1:5060"])


class WeightTests(ResolverTestCase):
    ZONE: Zone = {
        (dns.SRV, "_sip._udp.example.com"): srv(
            (2, 9, 1, "192.0.2.9"), (1, 0, 2, "192.0.2.1"), (1, 1, 3, "192.0.2.2"), (1, 3, 4, "192.0.2.3")
        )
    }

    def test_without_load_balancing_the_heaviest_comes_first_within_its_priority(self) -> None:
        found = self.targets("sip:example.com", self.ZONE)
        self.assertEqual(found, ["udp:192.0.2.3:4", "udp:192.0.2.2:3", "udp:192.0.2.1:2", "udp:192.0.2.9:1"])

    def test_with_load_balancing_weights_are_chances(self) -> None:
        resolver = self.make(self.ZONE, dns_srv_lb=True)
        firsts = {"192.0.2.1": 0, "192.0.2.2": 0, "192.0.2.3": 0}
        for _ in range(1000):
            found = resolver.resolve(hop_of(Uri.parse(b"sip:example.com")))
            assert isinstance(found, list)
            firsts[found[0].host] += 1
            self.assertEqual((len(found), found[3].host), (4, "192.0.2.9"))
        # Lots from 0 to 4: one for the weight of 0, one for that of 1, three for that of 3.
        for host, share in (("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.3", 600)):
            self.assertTrue(share - 60 < firsts[host] < share + 60, firsts)


class NaptrTests(ResolverTestCase):
    ZONE: Zone = {
        **EXAMPLE,
        (dns.NAPTR, "example.com"): naptr(
            (10, 20, "s", "SIP+D2T", "_sip._tcp.example.com"),
            (20, 10, "s", "SIP+D2U", "_sip._udp.example.com"),
            (1, 1, "s", "SIP+D2X", "_sip._x.example.com"),
            (1, 1, "u", "SIP+D2U", "_sip._udp.example.com"),
            (1, 1, "s", "SIPS+D2T", "_sips._tcp.example.com"),
        ),
    }

    def test_it_is_not_asked_for_without_dns_try_naptr(self) -> None:
        self.targets("sip:example.com", self.ZONE)
        self.assertNotIn((dns.NAPTR, "example.com"), self.names.asked)

    def test_our_preference_of_protocols_comes_before_the_records_order(self) -> None:
        self.assertEqual(
            self.targets("sip:example.com", self.ZONE, dns_try_naptr=True),
            ["udp:192.0.2.11:5070", "udp:192.0.2.12:5071", "tcp:192.0.2.11:5080", "tls:192.0.2.11:5090"],
        )

    def test_dns_naptr_ignore_rfc_0_keeps_the_records_order(self) -> None:
        self.assertEqual(
            self.targets("sip:example.com", self.ZONE, dns_try_naptr=True, dns_naptr_ignore_rfc=False),
            ["tls:192.0.2.11:5090", "tcp:192.0.2.11:5080", "udp:192.0.2.11:5070", "udp:192.0.2.12:5071"],
        )

    def test_a_record_that_rewrites_is_left(self) -> None:
        rewriting = dns.Record_NAPTR(1, 1, b"s", b"SIP+D2T", b"!.*!x!", "_sip._tcp.example.com", 300)
        zone = {**EXAMPLE, (dns.NAPTR, "example.com"): [rewriting]}
        found = self.targets("sip:example.com", zone, dns_try_naptr=True)
        self.assertEqual(found, ["udp:192.0.2.11:5070", "udp:192.0.2.12:5071"])

    def test_sips_takes_only_what_is_secure(self) -> None:
        self.assertEqual(self.targets("sips:example.com", self.ZONE, dns_try_naptr=True), ["tls:192.0.2.11:5090"])

    def test_a_port_or_a_transport_leaves_nothing_to_ask_for(self) -> None:
        for uri in ("sip:example.com:5060", "sip:example.com;transport=tcp"):
            self.targets(uri, self.ZONE, dns_try_naptr=True)
            self.assertNotIn((dns.NAPTR, "example.com"), self.names.asked, uri)

    def test_without_records_services_are_asked_for(self) -> None:
        self.assertEqual(
            self.targets("sip:example.com", EXAMPLE, dns_try_naptr=True),
            ["udp:192.0.2.11:5070", "udp:192.0.2.12:5071"],
        )


class WaitingTests(ResolverTestCase):
    def resolve(self, **settings: Any) -> Deferred[Any]:
        self.resolver = self.make(EXAMPLE, hold=True, **settings)
        found = self.resolver.resolve(hop_of(Uri.parse(b"sip:example.com")))
        assert isinstance(found, Deferred)
        return found

    def test_the_answer_comes_when_the_servers_have_answered(self) -> None:
        found = self.resolve()
        self.names.answer()
        self.assertNoResult(found)
        self.names.answer()
        self.assertEqual([target.port for target in self.successResultOf(found)], [5070, 5071])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_the_addresses_of_all_services_are_asked_for_at_once(self) -> None:
        self.resolve()
        self.names.answer()
        self.assertEqual([key for _, key in self.names.held], [(dns.A, "one.example.com"), (dns.A, "two.example.com")])

    def test_the_second_time_it_is_known_at_once(self) -> None:
        self.resolve()
        self.names.answer()
        self.names.answer()
        found = self.resolver.resolve(hop_of(Uri.parse(b"sip:example.com")))
        self.assertIsInstance(found, list)

    def test_it_takes_no_longer_than_dns_total_time(self) -> None:
        found = self.resolve(dns_total_time=3.0)
        self.clock.advance(3)
        why = self.failureResultOf(found, TransportError)
        self.assertEqual(why.getErrorMessage(), "no answer for example.com in 3 s")
        self.names.answer()

    def test_it_may_be_cancelled(self) -> None:
        found = self.resolve()
        self.names.answer()
        found.cancel()
        self.failureResultOf(found, CancelledError)
        self.assertEqual((self.counters.dns_failed, self.clock.getDelayedCalls()), (0, []))
        self.names.zone = {(dns.A, "two.example.com"): SERVFAIL}
        self.names.answer()  # nobody waits; nothing is left unhandled
