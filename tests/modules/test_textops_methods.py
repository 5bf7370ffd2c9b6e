"""is_method() and is_privacy()."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.textops import Textops
from sipapp.modules.textops.methods import method_names, privacy_name, privacy_values
from tests.modules.stage import context, response
from tests.modules.texts import made, running


class MethodNamesTests(SynchronousTestCase):
    def test_are_separated_by_bars_or_commas_in_any_case(self) -> None:
        self.assertEqual(method_names(b"invite|ACK, Bye"), {b"INVITE", b"ACK", b"BYE"})

    def test_a_separator_may_end_them(self) -> None:
        self.assertEqual(method_names(b"INVITE|"), {b"INVITE"})

    def test_one_unknown_method_may_stand_alone(self) -> None:
        self.assertEqual(method_names(b"Weird"), {b"WEIRD"})

    def test_an_unknown_method_in_a_list_is_a_mistake(self) -> None:
        why = self.assertRaises(ConfigError, method_names, b"MESSAGE|WEIRD")
        self.assertEqual(why.reason, "unknown method in a list: 'WEIRD'; it can only stand alone")

    def test_what_is_no_token_is_a_mistake(self) -> None:
        for text in (b"", b"$var(m)", b"INV ITE", b"a/b", b"|ACK"):
            self.assertRaises(ConfigError, method_names, text)


class IsMethodTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.is_method = made(Textops).is_method

    def test_is_true_for_each_method_of_a_list_and_no_other(self) -> None:
        answers = [self.is_method(running(method=m), method_names(b"INVITE|ACK")) for m in (b"INVITE", b"ACK", b"BYE")]
        self.assertEqual(answers, [True, True, False])

    def test_the_case_of_the_request_counts_nothing(self) -> None:
        self.assertTrue(self.is_method(running(method=b"invite"), method_names(b"INVITE")))
        self.assertTrue(self.is_method(running(method=b"weird"), method_names(b"WEIRD")))

    def test_a_response_has_the_method_of_its_cseq(self) -> None:
        self.assertTrue(self.is_method(context(response()), method_names(b"INVITE")))
        self.assertFalse(self.is_method(context(response()), method_names(b"BYE")))


class PrivacyTests(SynchronousTestCase):
    def is_privacy(self, value: bytes, wanted: bytes) -> Any:
        return made(Textops).is_privacy(running(b"Privacy: %b\r\n" % value), wanted)

    def test_every_value_of_the_header_field_counts(self) -> None:
        answers = [self.is_privacy(b"id ; HISTORY;\r\n critical", w) for w in (b"id", b"history", b"critical", b"user")]
        self.assertEqual(answers, [True, True, True, False])

    def test_a_field_with_an_unknown_value_asks_for_nothing(self) -> None:
        self.assertEqual(privacy_values(b"id;foo"), frozenset())
        self.assertEqual(privacy_values(b"id, user"), frozenset())

    def test_none_together_with_others_asks_for_nothing(self) -> None:
        self.assertEqual(privacy_values(b"none"), {b"none"})
        self.assertEqual(privacy_values(b"none;id"), frozenset())

    def test_is_false_without_the_header_field(self) -> None:
        self.assertFalse(made(Textops).is_privacy(running(), b"id"))

    def test_an_unknown_value_in_the_script_is_a_mistake(self) -> None:
        self.assertEqual(privacy_name(b"ID"), b"id")
        for text in (b"", b"foo"):
            self.assertRaises(ConfigError, privacy_name, text)
