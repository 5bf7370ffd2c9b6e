"""sipapp.http.trusting: what defines TLS, and what of it fails before it is used."""

from __future__ import annotations

import sys
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.http.trusting import tls_domain, trusting
from sipapp.interfaces.http import Profile


class DomainTests(SynchronousTestCase):
    def test_a_name_and_its_files(self) -> None:
        self.assertEqual(
            tls_domain("d => certificate=c.pem;key=k.pem;ca=a.pem"),
            ("d", {"certificate": "c.pem", "key": "k.pem", "ca_file": "a.pem"}),
        )

    def test_what_is_no_definition_is_refused(self) -> None:
        for text in ("certificate=c.pem", "=>ca=a.pem", "d=>cacert=a.pem"):
            self.assertRaises(ConfigError, tls_domain, text)


class TrustingTests(SynchronousTestCase):
    def test_nobody_needs_anything_without_tls(self) -> None:
        with patch.dict(sys.modules, {"sipapp.http.tls": None}):
            self.assertIsNone(trusting([]))
            why = self.assertRaises(ConfigError, trusting, [Profile()])
        self.assertIn("sipapp[http]", str(why))

    def test_a_file_that_is_not_there_is_told_at_once(self) -> None:
        for profile in (Profile(ca_file="/none/ca.pem"), Profile(certificate="/none/c.pem")):
            why = self.assertRaises(ConfigError, trusting, [Profile(), profile])
            self.assertIn("/none/c", str(why))

    def test_makes_the_options_of_a_host(self) -> None:
        make = trusting([Profile()])
        assert make is not None
        self.assertTrue(make(Profile(), "192.0.2.1"))
