"""append_hf_value() and its like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.textopsx import Textopsx
from sipapp.modules.textopsx.values import assigned, place, target, whole
from tests.modules.texts import added, made, running

V = b'X-V: a;p=1;q="two" , b;p=2, "c,d";p'
A = b'X-A: Digest username="al", realm=r, qop=auth'
MORE = V + b"\r\nX-V: e\r\n" + A + b"\r\n"
UNCHANGED = [V, b"X-V: e", A, b"Content-Length: 0"]


class ListedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Textopsx)

    def check(self, name: str, parse: object, text: bytes, value: bytes | None, code: bool, *changes: bytes) -> None:
        """Call a function: its answer, and the lines that replace the first ones of UNCHANGED (None: as it was)."""
        ctx = running(MORE)
        arguments = () if value is None else (value,)
        self.assertIs(getattr(self.module, name)(ctx, parse(text), *arguments), code)  # type: ignore[operator]
        wanted = list(changes) or UNCHANGED
        self.assertEqual(added(ctx), wanted, f"{name}({text!r}, {value!r})")


class AppendTests(ListedTests):
    def test_without_index_as_a_header_field_of_its_own(self) -> None:
        self.check("append_hf_value", place(-1), b"X-V", b"n", True, *UNCHANGED, b"X-V: n")

    def test_behind_the_last_value(self) -> None:
        for text in (b"X-V[]", b"X-V[-1]"):
            self.check("append_hf_value", place(-1), text, b"n", True, V, b"X-V: e,n", *UNCHANGED[2:])

    def test_behind_one_in_the_middle(self) -> None:
        changed = b'X-V: a;p=1;q="two" ,n, b;p=2, "c,d";p'
        self.check("append_hf_value", place(-1), b"X-V[1]", b"n", True, changed, *UNCHANGED[1:])

    def test_behind_the_last_of_a_header_field(self) -> None:
        for text in (b"X-V[3]", b"X-V[-2]"):
            self.check("append_hf_value", place(-1), text, b"n", True, V + b",n", *UNCHANGED[1:])

    def test_where_there_is_no_such_value_as_a_header_field(self) -> None:
        self.check("append_hf_value", place(-1), b"X-V[9]", b"n", True, *UNCHANGED, b"X-V: n")


class InsertTests(ListedTests):
    def test_without_index_before_the_first_header_field(self) -> None:
        self.check("insert_hf_value", place(1), b"X-V", b"n", True, b"X-V: n", *UNCHANGED)

    def test_before_the_first_value(self) -> None:
        changed = b'X-V: n,a;p=1;q="two" , b;p=2, "c,d";p'
        self.check("insert_hf_value", place(1), b"X-V[]", b"n", True, changed, *UNCHANGED[1:])

    def test_before_the_last_value(self) -> None:
        self.check("insert_hf_value", place(1), b"X-V[-1]", b"n", True, V, b"X-V: n,e", *UNCHANGED[2:])

    def test_a_name_that_is_not_there_gets_a_header_field(self) -> None:
        self.check("insert_hf_value", place(1), b"Nope", b"n", True, *UNCHANGED, b"Nope: n")

    def test_a_number_that_is_not_there_fails(self) -> None:
        self.check("insert_hf_value", place(1), b"X-V[9]", b"n", False)


class RemoveTests(ListedTests):
    def test_a_value_goes_with_its_comma(self) -> None:
        changed = b'X-V:  b;p=2, "c,d";p'
        self.check("remove_hf_value", target, b"X-V", None, True, changed, *UNCHANGED[1:])
        self.check("remove_hf_value", target, b"X-V[3]", None, True, b'X-V: a;p=1;q="two" , b;p=2', *UNCHANGED[1:])

    def test_the_only_value_goes_with_its_header_field(self) -> None:
        self.check("remove_hf_value", target, b"X-V[-1]", None, True, V, *UNCHANGED[2:])

    def test_an_asterisk_removes_every_header_field(self) -> None:
        self.check("remove_hf_value", target, b"X-V[*]", None, True, *UNCHANGED[2:])

    def test_a_parameter_goes(self) -> None:
        changed = b'X-V: a;p=1 , b;p=2, "c,d";p'
        self.check("remove_hf_value", target, b"X-V.q", None, True, changed, *UNCHANGED[1:])
        changed = b'X-V: a;q="two" , b, "c,d"'
        self.check("remove_hf_value", target, b"X-V[*].p", None, True, changed, *UNCHANGED[1:])

    def test_what_is_not_there_fails(self) -> None:
        for text in (b"X-V[9]", b"X-V.zz", b"X-V[*].zz", b"Nope", b"Nope[*]"):
            self.check("remove_hf_value", target, text, None, False)


class AssignTests(ListedTests):
    def test_a_value(self) -> None:
        self.check("assign_hf_value", assigned, b"X-V[4]", b"n", True, V, b"X-V: n", *UNCHANGED[2:])
        changed = b'X-V: a;p=1;q="two" , b;p=2, n'
        self.check("assign_hf_value", assigned, b"X-V[3]", b"n", True, changed, *UNCHANGED[1:])

    def test_a_parameter_that_is_there(self) -> None:
        changed = b'X-V: a;p=1;q=n , b;p=2, "c,d";p'
        self.check("assign_hf_value", assigned, b"X-V.q", b"n", True, changed, *UNCHANGED[1:])
        changed = b'X-V: a;p=1;q="two" , b;p, "c,d";p'
        self.check("assign_hf_value", assigned, b"X-V[2].p", b"", True, changed, *UNCHANGED[1:])

    def test_a_parameter_that_is_not_there_is_added(self) -> None:
        changed = b'X-V: a;p=1;q="two";zz , b;p=2;zz, "c,d";p;zz'
        self.check("assign_hf_value", assigned, b"X-V[*].zz", b"", True, changed, b"X-V: e;zz", *UNCHANGED[2:])

    def test_a_value_that_is_not_there_fails(self) -> None:
        self.check("assign_hf_value", assigned, b"Nope", b"n", False)
        self.check("assign_hf_value", assigned, b"Nope[*].p", b"n", False)


class ListTests(ListedTests):
    def test_an_entry_goes(self) -> None:
        changed = b'X-A: Digest username="al", qop=auth'
        self.check("remove_hf_value2", target, b"X-A.realm", None, True, *UNCHANGED[:2], changed, UNCHANGED[3])

    def test_the_whole_header_field_goes(self) -> None:
        self.check("remove_hf_value2", target, b"X-A", None, True, *UNCHANGED[:2], UNCHANGED[3])
        self.check("remove_hf_value2", target, b"X-V[*]", None, True, *UNCHANGED[2:])

    def test_an_entry_is_written_or_added(self) -> None:
        changed = b'X-A: Digest username="al", realm=n, qop=auth'
        self.check("assign_hf_value2", assigned, b"X-A.realm", b"n", True, *UNCHANGED[:2], changed, UNCHANGED[3])
        changed = A + b",zz=n"
        self.check("assign_hf_value2", assigned, b"X-A.zz", b"n", True, *UNCHANGED[:2], changed, UNCHANGED[3])

    def test_the_whole_value_is_written(self) -> None:
        self.check("assign_hf_value2", assigned, b"X-A", b"n", True, *UNCHANGED[:2], b"X-A: n", UNCHANGED[3])

    def test_what_is_not_there_fails(self) -> None:
        for text in (b"X-A.zz", b"Nope", b"X-V[3]"):
            self.check("remove_hf_value2", target, text, None, False)
        self.check("assign_hf_value2", assigned, b"Nope.p", b"n", False)


class SetTests(ListedTests):
    def test_a_value_is_included_once(self) -> None:
        self.check("include_hf_value", whole, b"X-V", b"B;P=2", True)
        self.check("include_hf_value", whole, b"X-V", b"b", True, V + b",b", *UNCHANGED[1:])
        self.check("include_hf_value", whole, b"Nope", b"n", True, *UNCHANGED, b"Nope: n")
        self.check("include_hf_value", whole, b"X-V", b"", False)

    def test_a_value_is_excluded_wherever_it_is(self) -> None:
        self.check("exclude_hf_value", whole, b"X-V", b"E", True, V, *UNCHANGED[2:])
        changed = b'X-V: a;p=1;q="two" , b;p=2'
        self.check("exclude_hf_value", whole, b"X-V", b'"c,d";p', True, changed, *UNCHANGED[1:])
        self.check("exclude_hf_value", whole, b"Nope", b"e", True)
        self.check("exclude_hf_value", whole, b"X-V", b"", False)

    def test_a_value_exists_without_case(self) -> None:
        self.check("hf_value_exists", whole, b"X-V", b"E", True)
        self.check("hf_value_exists", whole, b"X-V", b"b", False)
        self.check("hf_value_exists", whole, b"X-V", b"", False)

    def test_changes_of_one_header_field_add_up(self) -> None:
        ctx = running(MORE)
        self.module.append_hf_value(ctx, place(-1)(b"X-V[1]"), b"n")
        self.module.remove_hf_value(ctx, target(b"X-V[1]"))
        self.module.exclude_hf_value(ctx, whole(b"X-V"), b"e")
        self.assertEqual(added(ctx), [b'X-V: n, b;p=2, "c,d";p', *UNCHANGED[2:]])
