"""sipapp.module.avps."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module.avps import avp_keys


class AvpKeysTests(SynchronousTestCase):
    def test_names_and_numbers_with_either_separator(self) -> None:
        self.assertEqual(avp_keys(b"$avp(a); $avp(i:5),$avp(s:b);"), [b"a", 5, b"b"])

    def test_nothing_is_an_empty_list(self) -> None:
        self.assertEqual(avp_keys(b" ; "), [])

    def test_anything_else_is_refused(self) -> None:
        for text in (b"$var(a)", b"$avp(a);b", b"$avp"):
            self.assertRaises(ConfigError, avp_keys, text)
