"""lists: the transformations of parameters, lines and plain values."""

from sipapp.script.values import TextWithNumber
from tests.modules.pv.script import TransformationCase


class ParamTests(TransformationCase):
    def test_a_value_is_found_by_its_name_in_any_case(self) -> None:
        self.check(
            b"a=1;B=2;a=3;c",
            {"{param.value,b}": b"2", "{param.value,a}": b"3", "{param.value,c}": b"", "{param.value,x}": b""},
        )

    def test_a_parameter_is_there_or_not(self) -> None:
        self.check(b"a=1;b", {"{param.in,B}": 1, "{param.in,x}": 0})

    def test_parameters_are_counted_from_either_end(self) -> None:
        self.check(
            b"a=1;b=2;c",
            {
                "{param.name,0}": b"a",
                "{param.name,-1}": b"c",
                "{param.name,3}": b"",
                "{param.valueat,1}": b"2",
                "{param.valueat,-3}": b"1",
                "{param.valueat,-4}": b"",
                "{param.count}": 3,
            },
        )

    def test_another_separator_may_be_given(self) -> None:
        self.check(
            b"a=1&b=2",
            {"{param.value,b,&}": b"2", "{param.name,1,&}": b"b", "{param.count,&}": 2, "{param.in,b,&}": 1},
        )

    def test_one_separator_at_the_end_is_forgiven(self) -> None:
        self.check(b"a=1;b=2;", {"{param.count}": 2, "{param.value,b}": b"2"})

    def test_malformed_lists_and_nothing_fail(self) -> None:
        self.check(b'a="1', {"{param.value,a}": None, "{param.count}": None, "{param.name,0}": None})
        self.check(b"", {"{param.value,a}": None, "{param.count}": None})
        self.check(None, {"{param.value,a}": None, "{param.in,a}": None})

    def test_names_and_indexes_may_be_variables(self) -> None:
        self.script.ctx.vars.update({b"n": b"b", b"i": 1})
        self.check(b"a=1;b=2", {"{param.value,$var(n)}": b"2", "{param.valueat,$var(i)}": b"2"})
        self.check(b"a=1", {"{param.value,$vn(x)}": None, "{param.name,$vn(x)}": None})

    def test_wrong_arguments_are_found_at_load(self) -> None:
        for wrong in (
            "{param.value}",
            "{param.value,a,;;}",
            "{param.name,x}",
            "{param.count,;,;}",
            "{param.value,a,$var(x)}",
        ):
            self.refused(wrong)


class LineTests(TransformationCase):
    text = b"v=0\r\na=x\na=y\r\n"

    def test_lines_are_counted(self) -> None:
        for text, count in ((b"a", b"1"), (b"a\n", b"1"), (b"a\nb", b"2"), (self.text, b"3"), (b"", None)):
            self.check(text, {"{line.count}": count})

    def test_lines_are_found_from_either_end(self) -> None:
        self.check(
            self.text, {"{line.at,0}": b"v=0", "{line.at,1}": b"a=x", "{line.at,-1}": b"a=y", "{line.at,9}": b""}
        )

    def test_lines_are_found_by_their_start(self) -> None:
        self.check(self.text, {"{line.sw,a=}": b"a=x", "{line.sw,s=}": b"", "{line.sw,v}": b"v=0"})
        self.check(b"", {"{line.sw,a}": None, "{line.at,0}": None})


class ValTests(TransformationCase):
    def test_null_becomes_something(self) -> None:
        self.check(None, {"{val.n0}": 0, "{val.ne}": b"", "{val.json}": b"", "{val.jsonqe}": b'""'})

    def test_other_values_stay(self) -> None:
        self.check(5, {"{val.n0}": 5, "{val.ne}": 5, "{val.json}": 5, "{val.jsonqe}": 5})
        self.check(b"x", {"{val.n0}": b"x", "{val.ne}": b"x", "{val.json}": b"x", "{val.jsonqe}": b'"x"'})

    def test_texts_are_escaped_for_json(self) -> None:
        self.check(b'a"b\\c\n\x01', {"{val.json}": b'a\\"b\\\\c\\n\\u0001'})


class NumTests(TransformationCase):
    def test_first_and_last_digit_of_a_number(self) -> None:
        self.check(4711, {"{num.fdigit}": 4, "{num.ldigit}": 1})
        self.check(-52, {"{num.fdigit}": 5, "{num.ldigit}": 2})
        self.check(TextWithNumber(b"udp", 38), {"{num.fdigit}": 3, "{num.ldigit}": 8})

    def test_a_text_of_digits_is_no_number(self) -> None:
        self.check(b"47", {"{num.fdigit}": 0, "{num.ldigit}": 0})
