"""parameters: `;name=value` lists."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.parameters import Parameters, quote, unquote


class ParametersTests(SynchronousTestCase):
    def test_names_compare_without_case(self) -> None:
        self.assertEqual(Parameters.parse(b"Tag=aBc;LR").get(b"tag"), b"aBc")
        self.assertIn(b"lr", Parameters.parse(b"Tag=aBc;LR"))

    def test_no_value_and_an_empty_value_differ(self) -> None:
        parameters = Parameters.parse(b"rport;x=")
        self.assertEqual(list(parameters), [(b"rport", None), (b"x", b"")])
        self.assertIsNone(parameters.get(b"rport"))
        self.assertEqual(parameters.get(b"rport", b"-"), b"-")
        self.assertEqual(parameters.get(b"x", b"-"), b"")
        self.assertIsNone(parameters.get(b"y"))

    def test_of_two_with_one_name_the_first_counts(self) -> None:
        self.assertEqual(list(Parameters.parse(b"a=1;A=2;b=3")), [(b"a", b"1"), (b"b", b"3")])

    def test_white_space_and_folds_around_separators_are_nothing(self) -> None:
        parameters = Parameters.parse(b"\r\n  tag = 98asjd8 ;\r\n q\t=\t0.33 ; lr ")
        self.assertEqual(list(parameters), [(b"tag", b"98asjd8"), (b"q", b"0.33"), (b"lr", None)])

    def test_quoted_values_keep_their_quotes_and_may_hold_separators(self) -> None:
        parameters = Parameters.parse(b'a="x;y=\\"z\\"";b=1')
        self.assertEqual(parameters.get(b"a"), b'"x;y=\\"z\\""')
        self.assertEqual(parameters.get(b"b"), b"1")

    def test_what_has_no_name_is_left_out(self) -> None:
        self.assertEqual(list(Parameters.parse(b";a;;=x;b;")), [(b"a", None), (b"b", None)])
        self.assertEqual(list(Parameters.parse(b' ;a; ;="x" ;b')), [(b"a", None), (b"b", None)])

    def test_values_are_as_received_down_to_a_naked_ipv6_address(self) -> None:
        self.assertEqual(Parameters.parse(b"received=2001:db8::9:255;x").get(b"received"), b"2001:db8::9:255")
        self.assertEqual(Parameters.parse(b"%6C%72;n=v%25").get(b"n"), b"v%25")

    def test_malformed_ones_are_refused(self) -> None:
        for text in (b'a="b', b"a b", b"a=b c", b'a="b"c', b'x"y', b"<a>=b", b"a,b", b"a=1,b"):
            self.assertRaises(ParseError, Parameters.parse, text)

    def test_the_text_comes_back_as_it_was(self) -> None:
        for text in (b"", b"tag=1", b' a = "b" ;;c', b"X=Y;x"):
            self.assertEqual(bytes(Parameters.parse(text)), text)

    def test_equality_is_by_content(self) -> None:
        self.assertEqual(Parameters.parse(b"A=1;b"), Parameters.parse(b"a=1 ; b"))
        self.assertNotEqual(Parameters.parse(b"a=1"), Parameters.parse(b"a=2"))
        self.assertEqual(hash(Parameters.parse(b"A=1;b")), hash(Parameters.parse(b"a=1 ; b")))
        self.assertEqual(len(Parameters.parse(b"a=1;b;c")), 3)

    def test_quotes_and_escapes(self) -> None:
        self.assertEqual(unquote(b'"a \\"b\\" \\\\"'), b'a "b" \\')
        self.assertEqual(unquote(b"token"), b"token")
        self.assertEqual(unquote(b'"'), b'"')
        self.assertEqual(quote(b'a "b" \\'), b'"a \\"b\\" \\\\"')
        self.assertEqual(unquote(quote(b'\x00"\\\xff')), b'\x00"\\\xff')
