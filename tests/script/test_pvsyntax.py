"""pvsyntax: what is a variable, where it ends, and which of its parts are which."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.script.pvsyntax import Applied, Written, end_of_variable, parse_variable


class EndTests(SynchronousTestCase):
    def test_a_bare_name_ends_at_the_first_other_character(self) -> None:
        self.assertEqual(end_of_variable(b"$rU@$rd", 0), 3)
        self.assertEqual(end_of_variable(b"$rU@$rd", 4), 7)

    def test_dots_and_question_marks_belong_to_a_name(self) -> None:
        self.assertEqual(end_of_variable(b"$rU.x]", 0), 5)
        self.assertEqual(end_of_variable(b"$?]", 0), 2)

    def test_parentheses_inside_a_name_are_counted(self) -> None:
        self.assertEqual(end_of_variable(b"$avp($var(x))y", 0), 13)

    def test_braces_behind_a_bare_variable_are_text(self) -> None:
        self.assertEqual(end_of_variable(b"$rU{s.len}", 0), 3)

    def test_two_dollars_are_a_dollar_sign(self) -> None:
        self.assertEqual(end_of_variable(b"$$rU", 0), 2)

    def test_an_open_parenthesis_is_an_error(self) -> None:
        why = self.assertRaises(ConfigError, end_of_variable, b"$var(a]", 0)
        self.assertEqual(str(why), "the ( is never closed in the variable '$var(a]'")


class ParseTests(SynchronousTestCase):
    def test_each_part_is_found(self) -> None:
        self.assertEqual(
            parse_variable(b"$(hdr(X-A)[-1]{s.substr,0,$(var(b){s.len})} {s.ToLower})"),
            Written(
                "hdr",
                b"X-A",
                b"-1",
                (Applied("s.substr", b",0,$(var(b){s.len})"), Applied("s.tolower", b"")),
            ),
        )

    def test_parts_that_are_not_there_are_none(self) -> None:
        self.assertEqual(parse_variable(b"$rU"), Written("rU"))
        self.assertEqual(parse_variable(b"$(rU)"), Written("rU"))
        self.assertEqual(parse_variable(b"$(avp(x)[*])"), Written("avp", b"x", b"*"))

    def test_what_follows_is_left_alone(self) -> None:
        self.assertEqual(parse_variable(b"$var(a)b"), Written("var", b"a"))

    def test_the_dollar_sign_has_two_spellings(self) -> None:
        self.assertEqual(parse_variable(b"$$"), Written("$"))
        self.assertEqual(parse_variable(b"$($)"), Written("$"))

    def test_names_of_transformations_may_have_dots_and_blanks_around_them(self) -> None:
        written = parse_variable(b"$(rU{s.encode.hexa}{s. len })")
        self.assertEqual([applied.name for applied in written.transformations], ["s.encode.hexa", "s.len"])

    def test_blanks_around_a_class_stay_and_make_it_unknown(self) -> None:
        self.assertEqual(parse_variable(b"$(rU{ s.len })").transformations, (Applied(" s.len", b""),))

    def test_white_space_behind_the_last_transformation_is_allowed(self) -> None:
        self.assertEqual(parse_variable(b"$(rU{s.len} )").transformations, (Applied("s.len", b""),))

    def test_broken_variables_are_refused(self) -> None:
        for source, reason in (
            (b"rU", "not a variable: 'rU'"),
            (b"$", "a variable without a name: '$'"),
            (b"$ x", "a variable without a name: '$'"),
            (b"$hdr()", "empty () in the variable '$hdr()'"),
            (b"$(avp(x)[])", "empty [] in the variable '$(avp(x)[])'"),
            (b"$(rU{s.len}", "the ( is never closed in the variable '$(rU{s.len}'"),
            (b"$(rU{s.len)", "the { is never closed in the variable '$(rU{s.len)'"),
            (b"$(rU {s.len})", "unexpected ' ' in the variable '$(rU {s.len})'"),
            (b"$(rU{s})", "a transformation is written {class.name}, got '{s}'"),
            (b"$(rU{.len})", "a transformation is written {class.name}, got '{.len}'"),
        ):
            why = self.assertRaises(ConfigError, parse_variable, source)
            self.assertEqual(str(why), reason)
