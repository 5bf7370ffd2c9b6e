"""sipapp.modules.ldap.config."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.ldap.config import Place, Session, read_sessions

GOOD = """
# two servers
[accounts]
ldap_server_url = "ldap://ldap1.example.com,
                   ldaps://[2001:db8::1]:7777"
ldap_bind_dn = "cn=proxy;x,dc=example"   ; who we are
ldap_bind_password = pwd ; a comment
ldap_network_timeout = 500

[ campus ]
ldap_version = 2
ldap_server_url = ldap://192.0.2.1
"""


class ReadTests(SynchronousTestCase):
    def read(self, text: str) -> dict[str, Session]:
        path = Path(self.mktemp())
        path.write_text(text)
        return read_sessions(str(path))

    def test_sessions(self) -> None:
        found = self.read(GOOD)
        self.assertEqual(
            found["accounts"],
            Session(
                "accounts",
                (Place("ldap1.example.com", 389, False), Place("2001:db8::1", 7777, True)),
                "cn=proxy;x,dc=example",
                "pwd",
                connect_timeout=0.5,
            ),
        )
        self.assertEqual((found["campus"].version, found["campus"].places[0].host), (2, "192.0.2.1"))

    def test_mistakes_have_a_place(self) -> None:
        for text, why in (
            ("[a]\nldap_serverurl = ldap://h", ":2: no such key"),
            ("ldap_version = 3", ":1: neither"),
            ("[a]\nldap_version = 3", "ldap_server_url is missing"),
            ("[a]\nldap_server_url = http://h", "not ldap://HOST:PORT"),
            ("[a]\nldap_server_url = ldap://h\nldap_version = x", "ldap_version is a number"),
        ):
            self.assertIn(why, str(self.assertRaises(ConfigError, self.read, text)))

    def test_a_file_that_is_not_there(self) -> None:
        self.assertRaises(ConfigError, read_sessions, "/no/such/file")
