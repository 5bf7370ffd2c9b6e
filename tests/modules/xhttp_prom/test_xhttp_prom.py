"""sipapp.modules.xhttp_prom, read as Prometheus does."""

from __future__ import annotations

from http.client import HTTPConnection

from prometheus_client.parser import text_string_to_metric_families
from twisted.trial.unittest import SynchronousTestCase

from tests.modules.talk import TalkCase
from tests.served import Caller, Served, Standin

SCRIPT = """
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "xhttp" loadmodule "xhttp_prom"
modparam("xhttp_prom", "xhttp_prom_stats", "sl:")
modparam("xhttp_prom", "xhttp_prom_tags", "site=\\"a\\"")
modparam("xhttp_prom", "prom_counter", "name=calls; label=method")
modparam("xhttp_prom", "prom_gauge", "name=level")
modparam("xhttp_prom", "prom_histogram", "name=sizes; buckets=1:10")

request_route {
    prom_counter_inc("calls", "1", "$rm");
    prom_gauge_set("level", "-12.5");
    prom_gauge_inc("level", "2");
    prom_histogram_observe("sizes", "5");
    sl_send_reply("200", "OK");
}
event_route[xhttp:request] {
    if (prom_check_uri()) { prom_dispatch(); } else { xhttp_reply("404", "Not Found", "", ""); }
}
"""


class ServedTests(SynchronousTestCase):
    def test_what_scripts_count_and_the_statistics(self) -> None:
        holder = Standin()
        self.addCleanup(holder.close)
        served = Served(holder, SCRIPT)
        for _ in range(2):
            Caller(self, served.port).ask("OPTIONS")
        client = HTTPConnection("127.0.0.1", served.port, timeout=5)
        self.addCleanup(client.close)
        client.request("GET", "/metrics?x=1")
        response = client.getresponse()
        self.assertEqual(response.status, 200)
        self.assertIn("text/plain", response.getheader("Content-Type") or "")
        found = {
            (sample.name, sample.labels.get("method") or sample.labels.get("le")): sample
            for family in text_string_to_metric_families(response.read().decode())
            for sample in family.samples
        }
        wanted = {
            ("kamailio_calls", "OPTIONS"): 2.0,
            ("kamailio_level", None): -10.5,
            ("kamailio_sizes_bucket", "1.0"): 0.0,
            ("kamailio_sizes_bucket", "10.0"): 2.0,
            ("kamailio_sizes_bucket", "+Inf"): 2.0,
            ("kamailio_sizes_sum", None): 10.0,
            ("kamailio_sizes_count", None): 2.0,
            ("kamailio_sl_200_replies", None): 2.0,
        }
        self.assertEqual({key: found[key].value for key in wanted}, wanted)
        self.assertEqual({sample.labels["site"] for sample in found.values()}, {"a"})
        client.request("GET", "/else")
        self.assertEqual(client.getresponse().status, 404)


class ScriptTests(TalkCase):
    modules = "xhttp_prom"
    head = 'modparam("xhttp_prom", "prom_counter", "name=c")\nmodparam("xhttp_prom", "prom_gauge", "name=g;label=a")'

    def code(self, call: str) -> str:
        return self.run_script(f'$var(c) = {call}; say("$var(c)");')[0]

    def test_what_is_not_declared_or_no_number_is_false(self) -> None:
        for call in (
            'prom_counter_inc("other", 1)',
            'prom_counter_inc("c", -1)',
            'prom_counter_inc("c", 1, "label")',
            'prom_gauge_set("g", "x", "a")',
            'prom_gauge_set("g", "1")',
            'prom_histogram_observe("c", "1")',
        ):
            self.assertEqual(self.code(call), "-1", call)

    def test_counters_and_gauges_begin_again(self) -> None:
        self.run_script('prom_counter_inc("c", 5); prom_gauge_set("g", "2", "x"); prom_counter_reset("c");')
        self.assertEqual(self.module("xhttp_prom").rpc_list(), ["counter c{} 0", 'gauge g{a="x"} 2'])

    def test_there_is_nothing_to_dispatch_without_http(self) -> None:
        self.assertEqual(self.code("prom_dispatch()"), "-1")
