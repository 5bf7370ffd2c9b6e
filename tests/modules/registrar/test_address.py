from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.registrar.address import AddressRules
from sipapp.modules.registrar.reasons import BAD_ADDRESS, LONG_ADDRESS, Reason, Refused


class AddressTests(SynchronousTestCase):
    def test_it_is_the_user_in_lower_case_and_unescaped(self) -> None:
        rules = AddressRules(False, False, b"")
        for uri, aor in (
            (b"sip:Bob@Example.com;x=y", b"bob"),
            (b"sip:b%6Fb@example.com", b"bob"),
            (b"tel:+1234", b"+1234"),
            (b"sip:example.com", b""),
        ):
            self.assertEqual(rules.parse(uri), aor)

    def test_with_domains_the_host_belongs_to_it(self) -> None:
        rules = AddressRules(True, False, b"sip.")
        self.assertEqual(rules.parse(b"sip:Bob@Example.com:5070"), b"bob@example.com")
        self.assertEqual(rules.parse(b"sip:bob@sip.example.com"), b"bob@example.com")
        self.assertEqual(rules.parse(b"sip:bob@sip."), b"bob@sip.")
        self.assertEqual(rules.parse(b"sip:example.com"), b"example.com")

    def test_case_counts_on_request_in_the_user_alone(self) -> None:
        self.assertEqual(AddressRules(True, True, b"").parse(b"sip:Bob@Example.com"), b"Bob@example.com")

    def test_others_are_refused(self) -> None:
        self.assertIs(self.why(b"nonsense"), BAD_ADDRESS)
        self.assertIs(self.why(b"sip:%b@example.com" % (b"b" * 65)), LONG_ADDRESS)
        self.assertIs(self.why(b"sip:bob@" + b"e" * 129), LONG_ADDRESS)

    def why(self, uri: bytes) -> Reason:
        return self.assertRaises(Refused, AddressRules(True, False, b"").parse, uri).why  # type: ignore[no-any-return]
