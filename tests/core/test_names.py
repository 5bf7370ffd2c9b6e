"""sipapp.core.names: dns.*, over a server of names that the test makes up."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail
from twisted.names.error import DNSNameError
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.testing.harness import Harness


class _NoNames:
    def lookupAddress(self, name: bytes) -> Deferred[Any]:
        return fail(DNSNameError(name))


class NamesTests(SynchronousTestCase):
    def serve(self, head: str = "") -> None:
        self.sip = Harness(f"{head}\nrequest_route {{ exit; }}")
        self.addCleanup(self.sip.close)
        self.sip.server.transport.dns.answer_by(_NoNames())

    def setUp(self) -> None:
        self.serve()

    def rpc(self, method: str, *arguments: Any) -> Any:
        return self.successResultOf(self.sip.server.get(IRpc).call(method, list(arguments)))

    def refused(self, method: str, *arguments: Any) -> tuple[int, str]:
        fault = self.failureResultOf(self.sip.server.get(IRpc).call(method, list(arguments)), RpcFault).value
        return fault.code, str(fault)

    def names(self) -> list[tuple[str, str, str, int]]:
        return [(one["type"], one["name"], one["permanent"], one["expires"]) for one in self.rpc("dns.view")]

    def test_what_is_added_is_known_until_its_time_is_over(self) -> None:
        self.rpc("dns.add_a", "H.example.com.", 60, "192.0.2.9", 0)
        self.assertEqual(self.names(), [("A", "h.example.com", "no", 60)])
        self.assertEqual(self.sip.server.transport.lookup("A", "h.example.com"), ("192.0.2.9",))
        self.sip.advance(61)
        self.assertEqual(self.names(), [])

    def test_an_entry_has_its_records(self) -> None:
        self.rpc("dns.add_srv", "_sip._udp.example.com", 60, 1, 2, 5070, "h.example.com.", 2)
        self.rpc("dns.add_srv", "_sip._udp.example.com", 60, 3, 2, 5080, "h.example.com", 2)
        record = {"rr_idx": 0, "rr_name": "h.example.com", "rr_port": 5080, "rr_priority": 3, "rr_weight": 2}
        self.assertEqual(
            self.rpc("dns.lookup", "srv", "_sip._udp.example.com")["records"],
            [{**record, "rr_permanent": "yes", "rr_expires": 0}],
        )

    def test_names_that_are_asked_for_are_remembered(self) -> None:
        found = self.rpc("dns.lookup", "A", "nobody.example.com")
        self.assertEqual((found["negative_entry"], found["records"], found["expires"]), ("yes", [], 60))
        self.assertEqual(self.names(), [("A", "nobody.example.com", "no", 60)])

    def test_what_there_is_for_ever_is_not_forgotten_by_the_way(self) -> None:
        self.rpc("dns.add_a", "a.example.com", 60, "192.0.2.9", 2)
        self.rpc("dns.add_aaaa", "a.example.com", 60, "2001:db8::9", 0)
        self.assertEqual(self.refused("dns.delete_a", "a.example.com"), (400, "Permanent entries cannot be deleted"))
        self.assertEqual(self.rpc("dns.delete_all"), {"status": "ok"})
        self.assertEqual(self.names(), [("A", "a.example.com", "yes", 0)])
        self.rpc("dns.delete_all_force")
        self.assertEqual(self.names(), [])

    def test_one_name_is_forgotten(self) -> None:
        for kind in ("a", "aaaa", "srv", "naptr", "ptr"):
            self.assertEqual(self.refused(f"dns.delete_{kind}", "x.example.com"), (400, "Not found"))
        self.rpc("dns.add_a", "x.example.com", 60, "192.0.2.9", 1)
        self.assertEqual(self.sip.server.transport.lookup("A", "x.example.com"), ())
        self.rpc("dns.delete_a", "x.example.com")
        self.assertEqual(self.names(), [])

    def test_what_is_asked_for_is_counted(self) -> None:
        for _ in range(2):
            self.rpc("dns.lookup", "A", "nobody.example.com")
        self.rpc("dns.add_a", "a.example.com", 60, "192.0.2.9", 0)
        self.rpc("dns.lookup", "A", "a.example.com")
        counts = {"dns_req_cnt": 3, "dc_hits_cnt": 1, "dc_neg_hits_cnt": 1, "dc_lru_cnt": 0}
        self.assertEqual(self.rpc("dns.stats_get", "dc_all_stats", 0), counts)
        self.assertEqual(self.rpc("dns.stats_get", "dns_req_cnt", 1), {"dns_req_cnt": 3})
        self.assertEqual(self.rpc("dns.stats_get", "dns_req_cnt", 0), {"dns_req_cnt": 0})
        self.assertEqual(self.refused("dns.stats_get", "x", 0), (500, "unknown dns cache stat parameter"))

    def test_what_cannot_be_is_refused(self) -> None:
        failed = (400, "Failed to add the entry to the cache")
        self.assertEqual(self.refused("dns.add_a", "x", 60, "2001:db8::9", 0), failed)
        self.assertEqual(self.refused("dns.add_aaaa", "x", 60, "192.0.2.9", 0), failed)
        self.assertEqual(self.refused("dns.add_a", "x", 60, "nonsense", 0), failed)
        self.assertEqual(self.refused("dns.lookup", "TXT", "x"), (400, "Invalid type"))
        self.serve("use_dns_cache=no")
        self.assertEqual(self.refused("dns.view"), (500, "dns cache support disabled (see use_dns_cache)"))
