"""strings: the transformations {s.*} that need no code."""

from sipapp.script.values import TextWithNumber
from tests.modules.pv.script import TransformationCase


class StringsTests(TransformationCase):
    def test_len_counts_bytes(self) -> None:
        self.check("größe".encode(), {"{s.len}": 7})
        self.check(12345, {"{s.len}": 5})
        self.check(b"", {"{s.len}": 0})

    def test_null_fails_every_transformation_of_texts(self) -> None:
        self.check(None, {"{s.len}": None, "{s.tolower}": None, "{s.rm,a}": None, "{s.substr,0,1}": None})

    def test_int_takes_digits_with_one_sign(self) -> None:
        for text, number in (
            (b"17", 17),
            (b"-5", -5),
            (b"+5", 5),
            (b"2147483648", None),
            (b"", 0),
            (b"-", 0),
            (b"1x", None),
            (b"--1", None),
        ):
            self.check(text, {"{s.int}": number})

    def test_int_of_a_text_with_a_number_is_that_number(self) -> None:
        self.check(TextWithNumber(b"udp", 1), {"{s.int}": 1})

    def test_case_changes_ascii_only(self) -> None:
        self.check("MiXé Ü".encode(), {"{s.tolower}": "mixé Ü".encode(), "{s.toupper}": "MIXé Ü".encode()})

    def test_numeric_keeps_digits_alone(self) -> None:
        self.check(b"+49 (30) 12-3", {"{s.numeric}": b"4930123"})

    def test_white_space_goes_at_either_end_or_everywhere(self) -> None:
        self.check(
            b" a\tb \r\n", {"{s.trim}": b"a\tb", "{s.ltrim}": b"a\tb \r\n", "{s.rtrim}": b" a\tb", "{s.rmws}": b"ab"}
        )

    def test_folds_become_a_blank_or_nothing(self) -> None:
        self.check(b"a;\r\n  b=1\r\n\tc", {"{s.rmhdws}": b"a; b=1 c", "{s.rmhlws}": b"a;b=1c"})

    def test_quotes_go_when_both_are_there(self) -> None:
        for text, bare in ((b'"a b"', b"a b"), (b"'a'", b"a"), (b'"a', b'"a'), (b'"', b'"'), (b"\"a'", b"\"a'")):
            self.check(text, {"{s.unquote}": bare})

    def test_brackets_go_when_they_match(self) -> None:
        for text, bare in (
            (b"<sip:a@b>", b"sip:a@b"),
            (b"[::1]", b"::1"),
            (b"(x)", b"x"),
            (b"{x}", b"x"),
            (b"<x)", b"<x)"),
        ):
            self.check(text, {"{s.unbracket}": bare})

    def test_substr_counts_from_either_end(self) -> None:
        self.check(
            b"abcdef",
            {
                "{s.substr,0,2}": b"ab",
                "{s.substr,2,0}": b"cdef",
                "{s.substr,-2,1}": b"e",
                "{s.substr,-2,0}": b"ef",
                "{s.substr,1,99}": b"bcdef",
                "{s.substr,6,1}": None,
                "{s.substr,-7,1}": None,
            },
        )

    def test_substr_has_no_negative_length(self) -> None:
        self.refused("{s.substr,0,-1}")
        self.script.ctx.vars[b"length"] = -1
        self.check(b"abc", {"{s.substr,0,$var(length)}": None})

    def test_arguments_may_be_variables(self) -> None:
        self.script.ctx.vars.update({b"n": 2, b"m": 3})
        self.check(b"abcdef", {"{s.substr,$var(n),$var(m)}": b"cde", "{s.strip,$var(n)}": b"cdef"})

    def test_a_text_of_digits_is_no_number_for_an_argument(self) -> None:
        self.script.ctx.vars[b"t"] = b"3"
        self.check(b"abcdef", {"{s.substr,1,$var(t)}": None, "{s.strip,$var(t)}": None})

    def test_select_takes_one_field(self) -> None:
        self.check(
            b"a,b,,d",
            {
                "{s.select,0,,}": b"a",
                "{s.select,2,,}": b"",
                "{s.select,-1,,}": b"d",
                "{s.select,9,,}": b"",
                "{s.select,-9,,}": b"",
                "{s.select,0,;}": b"a,b,,d",
            },
        )
        self.check(b"a\nb", {"{s.select,1,\\n}": b"b"})

    def test_selectsw_takes_each_blank_for_a_separator(self) -> None:
        self.check(b"a b\t\nc", {"{s.selectsw,1}": b"b", "{s.selectsw,2}": b"", "{s.selectsw,-1}": b"c"})

    def test_strip_cuts_bytes_off(self) -> None:
        self.check(
            b"abc",
            {"{s.strip,1}": b"bc", "{s.strip,9}": b"", "{s.strip,-1}": b"abc", "{s.striptail,1}": b"ab"}
            | {"{s.striptail,9}": b"", "{s.striptail,0}": b"abc"},
        )

    def test_stripto_starts_at_the_mark(self) -> None:
        self.check(b"a@b", {"{s.stripto,@}": b"@b", "{s.stripto,x}": b""})

    def test_before_and_after_look_for_the_first(self) -> None:
        self.check(
            b"a@b@c", {"{s.before,@}": b"a", "{s.after,@}": b"b@c", "{s.before,x}": b"a@b@c", "{s.after,x}": b""}
        )

    def test_rbefore_and_rafter_look_for_the_last(self) -> None:
        self.check(
            b"a@b@c", {"{s.rbefore,@}": b"a@b", "{s.rafter,@}": b"c", "{s.rbefore,x}": b"a@b@c", "{s.rafter,x}": b""}
        )

    def test_charat_and_byteat_know_their_bounds(self) -> None:
        self.check(b"ab", {"{s.charat,1}": b"b", "{s.charat,2}": b"", "{s.charat,-1}": b""})
        self.check(b"ab", {"{s.byteat,1}": 98, "{s.byteat,2}": -1, "{s.byteat,-1}": -1})

    def test_count_counts_a_character(self) -> None:
        self.check(b"a,b,c", {"{s.count,,}": 2, "{s.count,x}": 0})

    def test_replace_replaces_every_match(self) -> None:
        self.check(b"aXbX", {"{s.replace,X,--}": b"a--b--", "{s.replace,nope,x}": b"aXbX", "{s.replace,X,}": b"ab"})

    def test_rm_removes_every_match(self) -> None:
        self.check(b"a;b;c", {"{s.rm,;}": b"abc", "{s.rm,x}": b"a;b;c"})
        self.check(b"a\r\nb", {"{s.rm,\\r\\n}": b"ab"})
        self.check(1221, {"{s.rm,2}": b"11"})
        self.script.ctx.vars[b"what"] = b";"
        self.check(b"a;b", {"{s.rm,$var(what)}": b"ab", "{s.rm,$vn(nothing)}": None})

    def test_rm_wants_one_argument(self) -> None:
        for wrong in ("{s.rm}", "{s.rm,,}", "{s.rm,a,}", "{s.rm,a,b}", "{s.rm,$var(what),}"):
            self.refused(wrong)

    def test_prefixes_grow(self) -> None:
        self.check(
            b"abc",
            {"{s.prefixes}": b"a,ab,abc", "{s.prefixes,2}": b"a,ab", "{s.prefixes.quoted,2}": b"'a','ab'"},
        )

    def test_prefixes_of_a_long_text_fail(self) -> None:
        self.check(b"x" * 5000, {"{s.prefixes}": None})

    def test_a_mark_that_is_missing_is_a_brace(self) -> None:
        self.check(b"aX}c}d", {"{s.stripto,}": b"}c}d", "{s.after,}": b"c}d", "{s.before,}": b"aX", "{s.count,}": 2})

    def test_lines_are_as_long_as_asked(self) -> None:
        self.check(b"abcdefg", {"{s.fmtlines,3,2}": b"abc\r\n  def\r\n  g", "{s.fmtlinet,4,1}": b"abcd\r\n\tefg"})
        self.check(b"ab", {"{s.fmtlines,0,2}": None, "{s.fmtlines,9,2}": b"ab"})

    def test_ftime_writes_a_date(self) -> None:
        self.check(1_000_000_000, {"{s.ftime,%Y-%m}": b"2001-09", "{s.ftime,plain}": b"plain"})
        self.check(b"1000000000", {"{s.ftime,%Y}": b"2001"})
        self.check(b"", {"{s.ftime,%Y}": b"1970"})
        self.check(b"x", {"{s.ftime,%Y}": None})

    def test_one_works_on_what_another_made(self) -> None:
        self.check(b" AbC ", {"{s.trim}{s.tolower}{s.substr,1,1}": b"b", "{s.trim}{s.len}": 3})

    def test_a_wrong_argument_is_found_at_load(self) -> None:
        for wrong in ("{s.len,1}", "{s.substr,a,1}", "{s.substr,1}", "{s.select,0,ab}", "{s.strip,}", "{s.before}"):
            self.refused(wrong)
