"""sipapp.modules.http_client.connections."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.http_client.connections import Connection, Settings, parse_connection, parse_file

DEFAULTS = Settings(timeout=4.0, user_agent="me")


def parse(text: str) -> Connection:
    return parse_connection(text, DEFAULTS)


class DefinitionTests(SynchronousTestCase):
    def test_name_and_url(self) -> None:
        found = parse("api=>https://example.com:8443/v1/x")
        self.assertEqual((found.name, found.url, found.user), ("api", b"https://example.com:8443/v1/x", None))
        self.assertEqual(found.settings, DEFAULTS)

    def test_user_and_password_are_not_part_of_the_url(self) -> None:
        found = parse("api => http://alice:se:cret@example.com/")
        self.assertEqual((found.url, found.user, found.password), (b"http://example.com/", b"alice", b"se:cret"))

    def test_an_at_sign_in_a_value_belongs_to_it(self) -> None:
        found = parse("api=>http://example.com;useragent=me@home")
        self.assertEqual((found.url, found.user, found.settings.user_agent), (b"http://example.com", None, "me@home"))

    def test_every_key(self) -> None:
        found = parse(
            "api=>http://example.com;timeout=2;useragent='a b';maxdatasize=9;verify_peer=0;verify_host=0;"
            "client_cert=/c;client_key=/k;cipher_suites=HIGH;tlsversion=6;httpredirect=1;http_proxy=proxy;"
            "http_proxy_port=3128;authmethod=2;keep_connections=1;failover=b"
        )
        settings = found.settings.complete()
        self.assertEqual((settings.timeout, settings.user_agent, settings.maxdatasize), (2, "a b", 9))
        self.assertEqual((settings.redirect, settings.authentication, found.failover), (True, 2, "b"))
        profile = settings.profile
        self.assertEqual((profile.verify_peer, profile.verify_host, profile.keep), (False, False, True))
        self.assertEqual((profile.certificate, profile.key, profile.ciphers), ("/c", "/k", "HIGH"))
        self.assertEqual((profile.tls_version, profile.proxy), (6, "proxy:3128"))

    def test_a_proxy_needs_a_port(self) -> None:
        self.assertIsNone(parse("api=>http://example.com;httpproxy=proxy").settings.complete().profile.proxy)

    def test_paths_are_joined_with_one_slash(self) -> None:
        found = parse("api=>http://example.com/v1")
        self.assertEqual(found.url_of(b""), b"http://example.com/v1")
        self.assertEqual(found.url_of(b"x"), b"http://example.com/v1/x")
        self.assertEqual(found.url_of(b"/x?y"), b"http://example.com/v1/x?y")

    def test_wrong_ones_are_refused_without_telling_the_password(self) -> None:
        for text in ("api", "api=>ftp://x", "=>http://x"):
            self.assertRaises(ConfigError, parse, text)
        why = self.assertRaises(ConfigError, parse, "api>http://alice:secret@x")
        self.assertNotIn("secret", str(why))

    def test_wrong_keys_and_values_are_refused(self) -> None:
        for option in (
            "timeot=1",
            "timeout=x",
            "verify_peer=2",
            "tlsversion=9",
            "tlsversion=x",
            "httpredirect=5",
            "authmethod=8",
        ):
            self.assertRaises(ConfigError, parse, f"api=>http://example.com;{option}")


class FileTests(SynchronousTestCase):
    def test_sections_are_connections(self) -> None:
        text = """# comment
[one]
url = https://example.com/v4.2/auth
timeout = 1
tlsversion = TLSv1.2
verify_peer = no
http_follow_redirect = yes

[two]
url = "http://example.org"
username = alice
password = secret
failover = one
useragent = ""
"""
        one, two = parse_file(text, DEFAULTS)
        self.assertEqual((one.name, one.url), ("one", b"https://example.com/v4.2/auth"))
        self.assertEqual((one.settings.timeout, one.settings.redirect), (1, True))
        self.assertEqual((one.settings.profile.tls_version, one.settings.profile.verify_peer), (6, False))
        self.assertEqual((two.url, two.user, two.password), (b"http://example.org", b"alice", b"secret"))
        self.assertEqual((two.failover, two.settings.user_agent), ("one", ""))

    def test_wrong_lines_are_refused(self) -> None:
        for text in ("url = http://x", "[a]\nurl", "[a]\ntimeout = 1", "[a]\nurl = ftp://x"):
            self.assertRaises(ConfigError, parse_file, text, DEFAULTS)
