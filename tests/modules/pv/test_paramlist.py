"""paramlist: `a=1;b;c="x"` by Kamailio's rules."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.pv.paramlist import parse_params


class ParseParamsTests(SynchronousTestCase):
    def test_parameters_keep_their_order_and_may_lack_a_value(self) -> None:
        self.assertEqual(parse_params(b"a=1;b;a=2"), [(b"a", b"1"), (b"b", b""), (b"a", b"2")])

    def test_quotes_of_either_kind_are_taken_off(self) -> None:
        self.assertEqual(parse_params(b"a=\"x;y\";b='z=1'"), [(b"a", b"x;y"), (b"b", b"z=1")])

    def test_white_space_may_stand_around_names_and_values(self) -> None:
        self.assertEqual(parse_params(b"a = 1 ; b= 2"), [(b"a", b"1"), (b"b", b"2")])

    def test_a_comma_or_bracket_ends_the_list(self) -> None:
        self.assertEqual(parse_params(b"a=1,b=2"), [(b"a", b"1")])
        self.assertEqual(parse_params(b"a>b"), [(b"a>b", b"")])

    def test_another_separator_leaves_semicolons_alone(self) -> None:
        self.assertEqual(parse_params(b"a=1;2&b=3", b"&"), [(b"a", b"1;2"), (b"b", b"3")])

    def test_a_separator_may_be_special_in_a_pattern(self) -> None:
        self.assertEqual(parse_params(b"a=1^b=2", b"^"), [(b"a", b"1"), (b"b", b"2")])
        self.assertEqual(parse_params(b"a=1|b=2", b"|"), [(b"a", b"1"), (b"b", b"2")])

    def test_malformed_lists_have_no_parameters(self) -> None:
        for wrong in (b'a="x', b"a=1;", b"a=1 b=2", b"a=;"):
            self.assertIsNone(parse_params(wrong), wrong)
