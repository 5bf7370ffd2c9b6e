from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.corex import Corex
from sipapp.modules.corex.names import dns_record
from tests.modules.stage import Server, made, new_path


class NamesTests(SynchronousTestCase):
    def started(self, **parameters: Any) -> Any:
        server = Server()
        self.checks: list[Any] = []
        self.records: list[Any] = []
        server.transport.add_myself_check = self.checks.append
        server.transport.add_dns_record = lambda *record: self.records.append(record)
        made(Corex, **parameters).start(server)
        return server

    def test_a_domain_and_its_subdomains_are_ours(self) -> None:
        self.started(alias_subdomains=["example.com", "tcp:example.net:5070"])
        (check,) = self.checks
        for host, port, proto, ours in (
            ("example.com", 0, None, True),
            ("A.Example.COM", 5060, "udp", True),
            ("badexample.com", 0, None, False),
            ("x.example.net", 5070, "tcp", True),
            ("x.example.net", 0, None, True),
            ("x.example.net", 5060, "tcp", False),
            ("x.example.net", 5070, "udp", False),
        ):
            self.assertEqual(check(host, port, proto), ours, (host, port, proto))

    def test_without_domains_nothing_is_asked(self) -> None:
        self.started()
        self.assertEqual(self.checks, [])

    def test_records_are_known_from_the_start(self) -> None:
        path = Path(new_path(self))
        path.write_text("# comment\n\n type=SRV;name=_sip._udp.x;addr=h.x;ttl=60;priority=1;weight=2;port=5070 \n")
        self.started(dns_cache=["type=A;name=x.example;addr=192.0.2.5;ttl=3600;flags=2;"], dns_file=[str(path)])
        self.assertEqual(
            self.records,
            [("A", "x.example", "192.0.2.5", None, 0, 0, 0), ("SRV", "_sip._udp.x", "h.x", 60.0, 1, 2, 5070)],
        )

    def test_mistakes_keep_the_server_from_starting(self) -> None:
        for parameters in (
            {"alias_subdomains": ["udp:"]},
            {"dns_cache": ["nonsense"]},
            {"dns_file": ["/no/such/file"]},
        ):
            self.assertRaises(ConfigError, self.started, **parameters)
        for text in ("", "type=MX;name=a;addr=b", "type=A;name=a", "type=A;name=a;addr=b;ttl=x"):
            self.assertRaises(ConfigError, dns_record, text)
