"""AVPs removed, copied, computed and substituted."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.talk import TalkCase


class ChangesCase(TalkCase):
    modules = "avpops"

    def after(self, script: str, *names: str) -> list[str]:
        """All values of these AVPs after a script."""
        return self.run_script(script + "".join(f'say("$(avp({name})[*])");' for name in names))

    def refused(self, *calls: str) -> None:
        for call in calls:
            self.assertRaises(ConfigError, self.serve, call)


class DeleteTests(ChangesCase):
    def test_the_newest_value_or_all(self) -> None:
        values = '$avp(x) = "a"; $avp(x) = "b";'
        self.assertEqual(self.after(values + 'avp_delete("$avp(x)");', "x"), ["a"])
        self.assertEqual(self.after(values + 'avp_delete("$avp(x)/g");', "x"), ["<null>"])

    def test_all_avps_or_those_of_one_kind_of_name(self) -> None:
        values = "$avp(x) = 1; $avp(i:5) = 2; $avp(tu.z) = 3;"
        for what, wanted in (("*", "<null> <null> 3"), ("s", "<null> 2 3"), ("i", "1 <null> 3")):
            said = self.run_script(values + f'avp_delete("{what}"); say("$avp(x) $avp(i:5) $avp(tu.z)");')
            self.assertEqual(said, [wanted])

    def test_nothing_to_delete_is_false(self) -> None:
        self.assertEqual(self.run_script('avp_delete("$avp(x)"); say("$rc"); avp_delete("*"); say("$rc");'), ["-1"] * 2)

    def test_what_is_no_avp_is_refused(self) -> None:
        self.refused('avp_delete("b");', 'avp_delete("$avp(x)/k");', 'avp_delete("$ru");', 'avp_delete("");')


class CopyTests(ChangesCase):
    def test_the_newest_value_or_all(self) -> None:
        values = "$avp(x) = 1; $avp(x) = 2;"
        self.assertEqual(self.after(values + 'avp_copy("$avp(x)", "$avp(y)");', "x", "y"), ["2, 1", "2"])
        self.assertEqual(self.after(values + 'avp_copy("$avp(x)", "$avp(y)/g");', "x", "y"), ["2, 1", "1, 2"])
        self.assertEqual(self.after(values + 'avp_copy("$avp(x)", "$avp(x)/g");', "x"), ["1, 2, 2, 1"])

    def test_what_was_copied_may_go(self) -> None:
        values = "$avp(x) = 1; $avp(x) = 2;"
        self.assertEqual(self.after(values + 'avp_copy("$avp(x)", "$avp(y)/d");', "x", "y"), ["1", "2"])
        self.assertEqual(self.after(values + 'avp_copy("$avp(x)", "$avp(y)/gd");', "x", "y"), ["<null>", "1, 2"])

    def test_numbers_become_texts_and_texts_numbers(self) -> None:
        copied = 'avp_copy("$avp(x)", "$avp(n)/n"); avp_copy("$avp(n)", "$avp(s)/s");'
        said = self.run_script(f'$avp(x) = "07"; {copied} say("$avp(n) $(avp(s){{s.len}})");')
        self.assertEqual(said, ["7 1"])

    def test_what_cannot_be_copied_is_false(self) -> None:
        copies = 'avp_copy("$avp(no)", "$avp(y)"); say("$rc"); avp_copy("$avp(x)", "$avp(y)/n"); say("$rc");'
        self.assertEqual(self.run_script('$avp(x) = "z";' + copies), ["-1", "-1"])

    def test_what_is_no_avp_is_refused(self) -> None:
        self.refused('avp_copy("$avp(x)", "$avp(y)/z");', 'avp_copy("$var(x)", "$avp(y)");')


class OpTests(ChangesCase):
    def test_results_are_added_or_take_the_place(self) -> None:
        self.assertEqual(self.after('$avp(n) = 5; avp_op("$avp(n)", "sub/i:7");', "n"), ["-2, 5"])
        self.assertEqual(self.after('$avp(n) = 5; avp_op("$avp(n)", "sub/i:7/d");', "n"), ["-2"])

    def test_every_number_is_computed_with_newest_first(self) -> None:
        values = '$avp(n) = 5; $avp(n) = "t"; $avp(n) = 9;'
        self.assertEqual(self.after(values + 'avp_op("$avp(n)/$avp(r)", "div/i:2");', "r", "n"), ["2, 4", "9, t, 5"])
        self.assertEqual(self.after(values + 'avp_op("$avp(n)/$avp(r)", "mod/i:4/d");', "r", "n"), ["1, 1", "t"])

    def test_every_operation(self) -> None:
        calls = "".join(
            f'avp_op("$avp(n)/$avp(r)", "{o}");'
            for o in ("add/i:1", "mul/i:2", "and/i:10", "or/i:3", "xor/i:0xF", "not/i:12", "div/i:0", "mod/i:0")
        )
        self.assertEqual(self.after("$avp(n) = 12;" + calls, "r"), ["0, 0, -13, 3, 15, 8, 24, 13"])
        self.assertTrue(self.logged("division by 0"))

    def test_several_right_sides_work_on_one_another(self) -> None:
        values = '$avp(n) = 2; $avp(m) = 3; $avp(m) = "k"; $avp(m) = 4;'
        self.assertEqual(self.after(values + 'avp_op("$avp(n)/$avp(r)", "mul/$avp(m)");', "r"), ["24, 8"])

    def test_the_right_side_is_a_number(self) -> None:
        script = '$avp(n) = 2; $var(v) = 6; avp_op("$avp(n)/$avp(r)", "add/$var(v)"); $var(v) = "6";'
        script += 'avp_op("$avp(n)/$avp(r)", "add/$var(v)"); say("$rc"); avp_op("$avp(n)", "add/$avp(no)"); say("$rc");'
        self.assertEqual(self.after(script, "r"), ["-1", "-1", "8"])

    def test_no_number_is_false_but_for_not(self) -> None:
        script = '$avp(n) = "x"; avp_op("$avp(n)", "add/i:1"); say("$rc"); avp_op("$avp(n)/$avp(r)", "not/i:1");'
        self.assertEqual(self.after(script, "r"), ["-1", "-2"])

    def test_what_cannot_be_computed_is_refused(self) -> None:
        self.refused('avp_op("$avp(x)", "add/4");', 'avp_op("$avp(x)/g", "add/i:4");', 'avp_op("$avp(x)", "pow/i:4");')


class SubstTests(ChangesCase):
    def test_the_result_replaces_the_text(self) -> None:
        self.assertEqual(self.after('$avp(s) = "aXbXc"; avp_subst("$avp(s)", "/X/-/");', "s"), ["a-bXc"])
        self.assertEqual(self.after('$avp(s) = "aXbXc"; avp_subst("$avp(s)", "/x/-/gi");', "s"), ["a-b-c"])

    def test_or_goes_elsewhere(self) -> None:
        values = '$avp(s) = "X1"; $avp(s) = 5; $avp(s) = "X2"; $avp(s) = "k";'
        call = 'avp_subst("$avp(s)/$avp(d)%s", "/X/$fU-/");'
        self.assertEqual(self.after(values + call % "", "d", "s"), ["alice-2", "k, X2, 5, X1"])
        self.assertEqual(self.after(values + call % "/gd", "d", "s"), ["alice-1, alice-2", "k, 5"])

    def test_nothing_changed_is_false(self) -> None:
        script = '$avp(s) = "k"; avp_subst("$avp(s)", "/X/-/"); say("$rc"); avp_subst("$avp(no)", "/X/-/"); say("$rc");'
        self.assertEqual(self.run_script(script), ["-1", "-1"])

    def test_variables_in_the_expression(self) -> None:
        script = '$avp(s) = "alice"; $var(a) = "ali"; avp_subst_pv("$avp(s)", "/$var(a)/bob-/");'
        self.assertEqual(self.after(script, "s"), ["bob-ce"])
        script = '$avp(s) = "alice"; $var(e) = "/ali/$fU-/"; avp_subst_pv("$avp(s)", "$var(e)");'
        self.assertEqual(self.after(script, "s"), ["alice-ce"])

    def test_a_dollar_that_begins_no_variable_is_the_end_of_the_line(self) -> None:
        self.assertEqual(self.after('$avp(s) = "alice"; avp_subst_pv("$avp(s)", "/e$/E/");', "s"), ["alicE"])

    def test_an_expression_that_is_none_is_minus_three(self) -> None:
        self.assertEqual(self.run_script('$avp(s) = "alice"; avp_subst_pv("$avp(s)", "/e"); say("$rc");'), ["-3"])

    def test_what_is_no_avp_is_refused(self) -> None:
        calls = ("$avp(x)/q", "$var(x)", "$avp(x)/$var(y)")
        self.refused(*(f'avp_subst("{name}", "/a/b/");' for name in calls), 'avp_subst("$avp(x)", "/a/b");')
