"""The names of header fields, as scripts give them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.textops.names import field_key, given_key


class NamesTests(SynchronousTestCase):
    def test_case_and_compact_forms_are_resolved(self) -> None:
        self.assertEqual([field_key(t) for t in (b"X-One", b"s", b"CALL-ID")], [b"x-one", b"subject", b"call-id"])

    def test_a_colon_may_follow(self) -> None:
        self.assertEqual(field_key(b"Subject:"), b"subject")

    def test_no_name_in_the_script_is_a_mistake(self) -> None:
        for text in (b"", b"a b", b":"):
            self.assertRaises(ConfigError, field_key, text)

    def test_no_name_in_a_variable_is_none(self) -> None:
        self.assertEqual(given_key(b"V"), b"via")
        self.assertEqual([given_key(t) for t in (b"", b"a b", b"x" * 253)], [None, None, None])
