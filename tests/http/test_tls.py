"""sipapp.http.tls; that certificates are looked at is shown by tests.integration.test_http, against a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import SSL
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.http.tls import Trust, context
from sipapp.interfaces.http import Profile
from tests.integration.web import make_certificate


class ContextTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir(parents=True)
        make_certificate(self.folder)
        self.ca = str(self.folder / "ca.pem")
        self.key = str(self.folder / "key.pem")

    def code(self, **profile: Any) -> int:
        return int(self.assertRaises(HttpError, context, Profile(**profile)).code)

    def test_files_that_cannot_be_used_have_their_codes(self) -> None:
        self.assertEqual(self.code(ca_file="/no/file"), 77)
        self.assertEqual(self.code(certificate="/no/file"), 58)
        self.assertEqual(self.code(certificate=self.ca, key="/no/file"), 58)

    def test_unknown_ciphers_are_59(self) -> None:
        self.assertEqual(self.code(ciphers="NOSUCH"), 59)

    def test_all_that_can_be_used_is(self) -> None:
        made = context(Profile(ca_file=self.ca, certificate=self.ca, key=self.key, ciphers="HIGH", tls_version=7))
        self.assertIsInstance(made, SSL.Context)

    def test_the_name_of_the_host_is_sent_but_not_an_address(self) -> None:
        named = Trust(Profile(ca_file=self.ca), "example.com").clientConnectionForTLS(object())
        self.assertEqual(named.get_servername(), b"example.com")
        address = Trust(Profile(verify_peer=False), "192.0.2.1").clientConnectionForTLS(object())
        self.assertIsNone(address.get_servername())
