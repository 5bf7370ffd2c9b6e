"""Names asked for in DNS."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors, TransportError
from sipapp.modules.ipops.queries import by_weight
from sipapp.transport.dns import Naptr, Srv
from tests.modules.talk import TalkCase


class QueryTests(TalkCase):
    modules = "ipops"

    def serve_names(self, body: str, **records: Any) -> list[str]:
        """What a script says where these are all records: A_example_com=("192.0.2.7",)."""
        self.serve(body)
        self.asked: list[tuple[str, str]] = []
        known = {tuple(name.replace("__", "-").split("_", 1)): found for name, found in records.items()}

        def lookup(kind: str, name: str) -> Any:
            self.asked.append((kind, name))
            found = known.get((kind, name.replace(".", "_")), ())
            return fail(found) if isinstance(found, Exception) else found

        self.sip.server.transport.lookup = lookup  # type: ignore[method-assign]
        return self.ask()

    def test_the_addresses_of_a_host(self) -> None:
        said = self.serve_names(
            """
            say("$dns(x=>count) $dns(x=>addr)");
            dns_query("example.com", "x"); say("$rc $dns(x=>count) $dns(x=>ipv4) $dns(x=>ipv6) $dns(x=>hostname)");
            say("$dns(x=>addr) $dns(x=>addr[0]) $dns(x=>type[0]) $dns(x=>addr[-1]) $dns(x=>type[-1]) $dns(x=>addr[9])");
            $var(i) = 1; say("$dns(x=>addr[$var(i)]) $dns(other=>addr)");
            """,
            A_example_com=("192.0.2.7", "192.0.2.8"),
            AAAA_example_com=("2001:db8::7",),
        )
        self.assertEqual(
            said,
            [
                "<null> <null>",
                "1 3 1 1 example.com",
                "192.0.2.7 192.0.2.7 4 2001:db8::7 6 <null>",
                "192.0.2.8 <null>",
            ],
        )

    def test_an_address_is_not_asked_for(self) -> None:
        said = self.serve_names('dns_query("192.0.2.9", "x"); say("$rc $dns(x=>addr) $dns(x=>ipv6)");')
        self.assertEqual((said, self.asked), (["1 192.0.2.9 0"], []))

    def test_how_a_query_fails(self) -> None:
        said = self.serve_names(
            f"""
            dns_query("192.0.2.9", "x"); dns_query("none.example", "x"); say("$rc $dns(x=>count)");
            dns_query("broken.example", "x"); say("$rc"); dns_query("{"x" * 256}", "x"); say("$rc");
            """,
            A_broken_example=TransportError("no server"),
        )
        self.assertEqual(said, ["-4 <null>", "-4", "-2"])

    def test_the_name_of_an_address(self) -> None:
        said = self.serve_names(
            """
            ptr_query("192.0.2.7", "x"); say("$rc $ptrquery(x=>hostname) $ptrquery(x=>addr) $ptrquery(x=>type)");
            ptr_query("192.0.2.8", "x"); say("$rc $ptrquery(x=>hostname)");
            ptr_query("x", "x"); say("$rc"); ptr_query("[::1]", "x"); say("$rc");
            """,
            PTR_7_2_0_192_in__addr_arpa=("host.example.com",),
        )
        self.assertEqual(said, ["1 host.example.com 192.0.2.7 4", "-6 <null>", "-4", "-5"])
        self.assertEqual(self.asked[0], ("PTR", "7.2.0.192.in-addr.arpa"))

    def test_services(self) -> None:
        records = (Srv(20, 0, 5062, "b.example.com"), Srv(10, 5, 5060, "a.example.com"))
        said = self.serve_names(
            """
            say("$srvquery(x=>count) $srvquery(x=>port[0])");
            srv_query("sip.example.com", "x"); say("$rc $srvquery(x=>count)");
            say("$srvquery(x=>target[0]) $srvquery(x=>port[0]) $srvquery(x=>priority[0]) $srvquery(x=>weight[0])");
            say("$srvquery(x=>target[-1]) $srvquery(x=>target[2])");
            srv_query("none", "x"); say("$rc $srvquery(x=>count)"); srv_query("", "x"); say("$rc");
            """,
            SRV_sip_example_com=records,
        )
        self.assertEqual(said, ["0 <null>", "1 2", "a.example.com 5060 10 5", "b.example.com <null>", "1 0", "-2"])

    def test_naming_authorities(self) -> None:
        records = (Naptr(2, 1, "S", "SIP+D2T", "", "b"), Naptr(1, 9, "u", "E2U+sip", "!^.*$!sip:x!", ""))
        said = self.serve_names(
            """
            naptr_query("example.com", "x"); say("$rc $naptrquery(x=>count) $naptrquery(x=>order[0])");
            say("$naptrquery(x=>pref[0]) $naptrquery(x=>flags[0]) $naptrquery(x=>services[0])");
            say("$naptrquery(x=>regex[0])");
            say("$naptrquery(x=>services[1]) $naptrquery(x=>replace[1])"); naptr_query("", "x"); say("$rc");
            """,
            NAPTR_example_com=records,
        )
        self.assertEqual(said, ["1 2 1", "9 u E2U+sip", "!^.*$!sip:x!", "SIP+D2T b", "-2"])

    def test_a_host_has_an_address(self) -> None:
        said = self.serve_names(
            """
            dns_sys_match_ip("example.com", "192.0.2.7"); say("$rc");
            dns_int_match_ip("example.com", "[2001:db8::7]"); say("$rc");
            dns_int_match_ip("example.com", "192.0.2.9"); say("$rc");
            dns_sys_match_ip("none.example", "192.0.2.9"); say("$rc"); dns_sys_match_ip("example.com", "x"); say("$rc");
            """,
            A_example_com=("192.0.2.7",),
            AAAA_example_com=("2001:db8:0::7",),
        )
        self.assertEqual(said, ["1", "1", "-1", "-4", "-3"])

    def test_the_route_waits_for_the_answer(self) -> None:
        self.serve('dns_query("example.com", "x"); say("$dns(x=>addr)");')
        waiting: Deferred[Any] = Deferred()
        answers: dict[str, Any] = {"A": waiting, "AAAA": ()}
        self.sip.server.transport.lookup = lambda kind, name: answers[kind]  # type: ignore[method-assign]
        self.assertEqual(self.ask(), [])
        waiting.callback(("192.0.2.7",))
        self.sip.advance(0)
        self.assertEqual(self.alice.messages[-1].values(b"x-said"), [b"192.0.2.7"])

    def test_answers_are_kept_for_as_long_as_the_script_says(self) -> None:
        self.assertEqual(self.run_script('dns_set_local_ttl(30); say("$rc");'), ["1"])
        self.assertEqual(self.sip.server.transport.dns.local_ttl, 30)

    def test_records_of_the_script_are_found(self) -> None:
        self.serve('dns_query("fixed.example", "x"); say("$rc $dns(x=>addr)");')
        self.sip.server.transport.add_dns_record("A", "fixed.example", "192.0.2.5", None)
        self.sip.server.transport.add_dns_record("AAAA", "fixed.example", "2001:db8::5", None)
        self.assertEqual(self.ask(), ["1 192.0.2.5"])

    def test_wrong_parts_are_refused_when_the_script_loads(self) -> None:
        for wrong in ("$dns(x=>port)", "$srvquery(x=>port)", "$naptrquery(x)", "$ptrquery(x=>weight)"):
            self.assertRaises(ConfigErrors, self.serve, f'say("{wrong}");')

    def test_more_than_32_records_are_cut(self) -> None:
        many = tuple(f"192.0.2.{number}" for number in range(40))
        said = self.serve_names('dns_query("example.com", "x"); say("$dns(x=>count)");', A_example_com=many)
        self.assertEqual(said, ["32"])
        self.assertTrue(self.logged("more than 32 records"))


class WeightTests(SynchronousTestCase):
    def test_the_best_priority_comes_first(self) -> None:
        records = tuple(Srv(priority, 1, 5060, str(priority)) for priority in (3, 1, 2))
        self.assertEqual([record.priority for record in by_weight(records)], [1, 2, 3])

    def test_weights_are_chances(self) -> None:
        records = (Srv(1, 0, 1, "never"), Srv(1, 10, 2, "rarely"), Srv(1, 990, 3, "mostly"))
        firsts = [by_weight(records)[0].target for _ in range(300)]
        self.assertGreater(firsts.count("mostly"), 250)
        self.assertEqual(sorted(r.target for r in by_weight(records)), ["mostly", "never", "rarely"])
