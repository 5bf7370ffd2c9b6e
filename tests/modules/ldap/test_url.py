"""sipapp.modules.ldap.url."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError
from sipapp.modules.ldap.url import escaped, parse_url


class UrlTests(SynchronousTestCase):
    def test_all_parts(self) -> None:
        found = parse_url(b"ldap://s/ou=sip,dc=example?cn, sn?one?(&(cn=bob)(sn=*))")
        self.assertEqual(
            (found.session, found.base, found.attributes, found.scope), ("s", "ou=sip,dc=example", ("cn", "sn"), 1)
        )
        self.assertEqual(found.filter.asText(), "(&(cn=bob)(sn=*))")

    def test_what_is_left_out(self) -> None:
        found = parse_url(b"ldap://s/dc=example")
        self.assertEqual((found.attributes, found.scope, found.filter.asText()), ((), 0, "(objectClass=*)"))

    def test_percent_signs(self) -> None:
        self.assertEqual(parse_url(b"ldap://s/cn=a%2Cb").base, "cn=a,b")

    def test_what_is_none(self) -> None:
        for text in (b"http://s/dc=x", b"ldap://s/dc=x??all", b"ldap://s/dc=x??sub?(cn"):
            self.assertEqual(self.assertRaises(ScriptError, parse_url, text).code, -2)

    def test_escapes(self) -> None:
        self.assertEqual(escaped(b"a*(b)\\?c"), b"a\\2a\\28b\\29\\5c%3Fc")
