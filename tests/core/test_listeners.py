"""sipapp/core/listeners.py: sockets, names and streams by RPC."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow
from sipapp.testing.harness import Harness


class ListenersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = Harness("tcp_send_timeout=7\nrequest_route { exit; }")
        self.addCleanup(self.sip.close)

    def test_sockets_have_kamailio_s_shape(self) -> None:
        first, second = self.sip.rpc("core.sockets_list")
        wanted = {"proto": "udp", "address": "192.0.2.100", "port": "5060"}
        self.assertEqual(first, {"socket": {**wanted, "mcast": "no", "mhomed": "no", "virtual": "no"}})
        self.assertEqual(second["socket"]["proto"], "tcp")

    def test_names_have_stars_for_any(self) -> None:
        self.sip.server.transport.add_alias(b"example.com")
        self.sip.server.transport.add_alias(b"sip.example.com", 5080, "udp")
        self.assertEqual(
            self.sip.rpc("core.aliases_list")["aliases"],
            [
                {"alias": {"proto": "*", "address": "example.com", "port": "*"}},
                {"alias": {"proto": "udp", "address": "sip.example.com", "port": 5080}},
            ],
        )

    def test_a_stream_says_how_long_it_may_stay_idle(self) -> None:
        server: Any = self.sip.server
        flow = Flow(server.transport.sockets[1], "192.0.2.1", 40000)
        stream = SimpleNamespace(id=3, flow=flow, accepted=True, idle_until=119.5, lifetime=None)
        self.patch(server.transport, "connections", [stream])
        (row,) = self.sip.rpc("core.tcp_list")
        self.assertEqual((row["id"], row["type"], row["state"]), (3, "TCP", "CONN_ACCEPT"))
        self.assertEqual((row["timeout"], row["lifetime"]), (119, 120))
        self.assertEqual((row["src_ip"], row["src_port"], row["dst_port"]), ("192.0.2.1", 40000, 5060))
        self.assertEqual(self.sip.rpc("core.tcp_info")["opened_connections"], 1)

    def test_options_are_the_script_s(self) -> None:
        options = self.sip.rpc("core.tcp_options")
        self.assertEqual((options["send_timeout"], options["connect_timeout"]), (7, 10))
