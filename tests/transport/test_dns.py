"""sipapp.transport.dns, over a DNS of the test's own making."""

from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.names import dns
from twisted.names.error import DNSServerError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import TransportError
from sipapp.transport.dns import Dns, Naptr, ResolvConf, Srv, _split_port
from sipapp.transport.settings import Settings
from tests.transport.names import Names, Zone, a, aaaa, naptr, ptr, srv

HOST = "host.example.com"


class DnsTestCase(SynchronousTestCase):
    def make(self, zone: Zone, hold: bool = False, **settings: Any) -> Dns:
        self.clock = Clock()
        self.names = Names(zone, hold)
        return Dns(Settings(**settings), self.clock, lambda: self.names)

    def ask(self, resolver: Dns, kind: str, name: str) -> Any:
        answer = resolver.lookup(kind, name)
        return self.successResultOf(answer) if isinstance(answer, Deferred) else answer


class RecordTests(DnsTestCase):
    def test_each_kind_of_record_is_read(self) -> None:
        resolver = self.make(
            {
                (dns.A, HOST): a("192.0.2.9", "192.0.2.8"),
                (dns.AAAA, HOST): aaaa("2001:db8::9"),
                (dns.SRV, "_sip._udp.example.com"): srv((1, 2, 5070, HOST)),
                (dns.NAPTR, "example.com"): naptr((1, 2, "S", "SIP+D2U", "_sip._udp.example.com")),
                (dns.PTR, "9.2.0.192.in-addr.arpa"): ptr(HOST),
            }
        )
        self.assertEqual(self.ask(resolver, "A", HOST), ("192.0.2.9", "192.0.2.8"))
        self.assertEqual(self.ask(resolver, "AAAA", HOST), ("2001:db8::9",))
        self.assertEqual(self.ask(resolver, "SRV", "_sip._udp.example.com"), (Srv(1, 2, 5070, HOST),))
        self.assertEqual(
            self.ask(resolver, "NAPTR", "example.com"),
            (Naptr(1, 2, "S", "SIP+D2U", "", "_sip._udp.example.com"),),
        )
        self.assertEqual(self.ask(resolver, "PTR", "9.2.0.192.in-addr.arpa"), (HOST,))

    def test_records_of_another_kind_in_the_answer_are_left(self) -> None:
        resolver = self.make({(dns.A, HOST): [dns.Record_CNAME("other.example.com", 300), *a("192.0.2.9")]})
        self.assertEqual(self.ask(resolver, "A", HOST), ("192.0.2.9",))

    def test_a_name_that_does_not_exist_has_no_records(self) -> None:
        self.assertEqual(self.ask(self.make({}), "A", HOST), ())

    def test_a_server_that_fails_is_a_failure(self) -> None:
        resolver = self.make({(dns.A, HOST): DNSServerError(dns.Message())})  # type: ignore[dict-item]
        answer: Any = resolver.lookup("A", HOST)
        why = str(self.failureResultOf(answer, TransportError).value)
        self.assertTrue(why.startswith(f"DNS: no answer for A {HOST}"), why)

    def test_what_cannot_be_a_name_is_not_asked_for(self) -> None:
        resolver = self.make({})
        for name in ("a..b", "x" * 64 + ".com", "x." * 200, ""):
            answer: Any = resolver.lookup("A", name)
            self.failureResultOf(answer, TransportError)
        answer = resolver.lookup("A", "m\N{LATIN SMALL LETTER U WITH DIAERESIS}ller.example")
        self.failureResultOf(answer, TransportError)
        self.assertEqual(self.names.asked, [])

    def test_an_answer_that_cannot_be_read_is_a_failure(self) -> None:
        resolver = self.make({(dns.A, HOST): [*a("192.0.2.9")]})
        self.names.zone[dns.A, HOST][0].address = b"not four bytes"
        answer: Any = resolver.lookup("A", HOST)
        self.failureResultOf(answer, TransportError)


class CacheTests(DnsTestCase):
    def asked_twice(self, wait: float, zone: Zone, **settings: Any) -> bool:
        """Whether a second question, `wait` s after the first, goes to the servers."""
        resolver = self.make(zone, **settings)
        first = self.ask(resolver, "A", HOST)
        self.clock.advance(wait)
        self.assertEqual(self.ask(resolver, "A", HOST.upper() + "."), first)
        return len(self.names.asked) == 2

    def test_an_answer_is_good_for_as_long_as_its_shortest_record(self) -> None:
        zone: Zone = {(dns.A, HOST): a("192.0.2.9", ttl=300) + a("192.0.2.8", ttl=30)}
        self.assertEqual([self.asked_twice(29, zone), self.asked_twice(30, zone)], [False, True])

    def test_a_shortest_time_can_be_set(self) -> None:
        zone: Zone = {(dns.A, HOST): a("192.0.2.9", ttl=1)}
        self.assertFalse(self.asked_twice(59, zone, dns_cache_min_ttl=60))

    def test_a_longest_time_can_be_set(self) -> None:
        zone: Zone = {(dns.A, HOST): a("192.0.2.9", ttl=3600)}
        self.assertTrue(self.asked_twice(10, zone, dns_cache_max_ttl=10))

    def test_a_ttl_of_ones_own_counts_before_all_others(self) -> None:
        resolver = self.make({(dns.A, HOST): a("192.0.2.9", ttl=3600)}, dns_cache_min_ttl=60)
        resolver.local_ttl = 5
        self.ask(resolver, "A", HOST)
        self.clock.advance(4)
        self.assertIsInstance(resolver.lookup("A", HOST), tuple)
        self.clock.advance(1)
        self.assertNotIsInstance(resolver.lookup("A", HOST), tuple)

    def test_that_there_is_no_such_name_is_kept_too(self) -> None:
        self.assertEqual([self.asked_twice(59, {}), self.asked_twice(60, {})], [False, True])

    def test_a_failure_is_not_kept(self) -> None:
        zone: Zone = {(dns.A, HOST): DNSServerError(dns.Message())}  # type: ignore[dict-item]
        resolver = self.make(zone)
        answer: Any = resolver.lookup("A", HOST)
        self.failureResultOf(answer, TransportError)
        zone[dns.A, HOST] = a("192.0.2.9")
        self.assertEqual(self.ask(resolver, "A", HOST), ("192.0.2.9",))

    def test_use_dns_cache_0_asks_each_time(self) -> None:
        zone: Zone = {(dns.A, HOST): a("192.0.2.9")}
        self.assertTrue(self.asked_twice(0, zone, use_dns_cache=False))

    def test_a_record_good_for_no_time_takes_no_room(self) -> None:
        resolver = self.make({(dns.A, HOST): a("192.0.2.9", ttl=0)})
        self.ask(resolver, "A", HOST)
        self.assertEqual(resolver.cached(), [])

    def test_a_cached_answer_comes_at_once(self) -> None:
        resolver = self.make({(dns.A, HOST): a("192.0.2.9")})
        self.ask(resolver, "A", HOST)
        self.assertEqual(resolver.lookup("A", HOST), ("192.0.2.9",))

    def test_the_cache_is_bounded_and_drops_the_oldest(self) -> None:
        zone: Zone = {(dns.A, f"h{n}.example.com"): a("192.0.2.9") for n in range(4)}
        resolver = self.make(zone, dns_cache_max_entries=3)
        for number in range(4):
            self.ask(resolver, "A", f"h{number}.example.com")
        self.assertEqual([name for _, name, _, _ in resolver.cached()], [f"h{n}.example.com" for n in (1, 2, 3)])

    def test_the_cache_can_be_shown_and_cleared(self) -> None:
        resolver = self.make({(dns.A, HOST): a("192.0.2.9", ttl=300)})
        self.ask(resolver, "A", HOST)
        self.clock.advance(100)
        self.assertEqual(resolver.cached(), [("A", HOST, 200.0, ("192.0.2.9",))])
        resolver.clear()
        self.assertEqual(resolver.cached(), [])


class GivenTests(DnsTestCase):
    def test_a_record_that_is_given_comes_before_every_server_for_its_time(self) -> None:
        resolver = self.make({(dns.A, HOST): a("192.0.2.9")})
        resolver.add("A", HOST.upper() + ".", "192.0.2.1", 60)
        resolver.add("A", HOST, "192.0.2.2", None)
        self.assertEqual(self.ask(resolver, "A", HOST), ("192.0.2.1", "192.0.2.2"))
        self.clock.advance(60)
        self.assertEqual(self.ask(resolver, "A", HOST), ("192.0.2.2",))
        self.assertEqual(self.names.asked, [])

    def test_once_its_time_is_over_the_servers_are_asked(self) -> None:
        resolver = self.make({(dns.A, HOST): a("192.0.2.9")})
        resolver.add("A", HOST, "192.0.2.1", 60)
        self.clock.advance(60)
        self.assertEqual(self.ask(resolver, "A", HOST), ("192.0.2.9",))


class SharingTests(DnsTestCase):
    def setUp(self) -> None:
        self.resolver = self.make({(dns.A, HOST): a("192.0.2.9")}, hold=True)

    def lookup(self) -> Deferred[Any]:
        answer = self.resolver.lookup("A", HOST)
        assert isinstance(answer, Deferred)
        return answer

    def test_two_who_ask_the_same_share_one_question(self) -> None:
        first, second = self.lookup(), self.lookup()
        self.names.answer()
        self.assertEqual((self.successResultOf(first), self.successResultOf(second)), (("192.0.2.9",),) * 2)
        self.assertEqual(self.names.asked, [(dns.A, HOST)])

    def test_one_of_two_may_be_cancelled(self) -> None:
        first, second = self.lookup(), self.lookup()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.names.answer()
        self.assertEqual(self.successResultOf(second), ("192.0.2.9",))

    def test_all_may_be_cancelled_and_the_answer_is_still_kept(self) -> None:
        first = self.lookup()
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.names.answer()
        self.assertEqual(self.resolver.lookup("A", HOST), ("192.0.2.9",))


class ResolvConfTests(SynchronousTestCase):
    def test_servers_search_list_and_options_are_read(self) -> None:
        conf = ResolvConf.parse(
            "# ours\nnameserver 192.0.2.53\nnameserver 2001:db8::53 ; second\n"
            "search one.example. two.example\noptions ndots:3 timeout:2 attempts:4 rotate edns0\nsortlist x\n"
        )
        self.assertEqual(conf, ResolvConf(("192.0.2.53", "2001:db8::53"), ("one.example", "two.example"), 3, 2, 4))

    def test_the_last_search_list_counts(self) -> None:
        self.assertEqual(ResolvConf.parse("search a.example\ndomain b.example\n").search, ("b.example",))

    def test_without_a_file_the_server_is_on_this_machine(self) -> None:
        self.assertEqual(ResolvConf.read(self.mktemp()).servers, ("127.0.0.1",))

    def test_a_file_is_read(self) -> None:
        path = Path(self.mktemp())
        path.write_text("nameserver 192.0.2.53\n")
        self.assertEqual(ResolvConf.read(str(path)).servers, ("192.0.2.53",))

    def test_a_short_name_may_be_short_for_another(self) -> None:
        conf = ResolvConf(search=("a.example", "b.example"))
        self.assertEqual(conf.candidates("proxy"), ["proxy", "proxy.a.example", "proxy.b.example"])

    def test_a_name_with_enough_dots_or_one_at_its_end_is_short_for_nothing(self) -> None:
        conf = ResolvConf(search=("a.example",), ndots=2)
        self.assertEqual([conf.candidates(n) for n in ("x.y.z", "x.")], [["x.y.z"], ["x."]])
        self.assertEqual(conf.candidates("x.y"), ["x.y", "x.y.a.example"])

    def test_a_server_may_have_a_port(self) -> None:
        self.assertEqual(
            [_split_port(s)[::2] for s in ("192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353")],
            [("192.0.2.53", ""), ("192.0.2.53", "5353"), ("2001:db8::53", ""), ("2001:db8::53", "5353")],
        )
