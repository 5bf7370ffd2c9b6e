"""sipapp/script/switches.py: which bodies of a switch run."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import said


class SwitchTests(SynchronousTestCase):
    def chosen(self, subject: str, cases: str) -> list[str]:
        return said(f'$var(i) = {subject}; switch ($var(i)) {{ {cases} }} say("end");')[:-1]

    def test_the_case_that_is_equal_is_taken(self) -> None:
        cases = 'case 1: say("1"); break; case 1+1: say("2"); break; case -3: say("-3"); break; default: say("d");'
        for subject, result in (("1", ["1"]), ("2", ["2"]), ("-3", ["-3"]), ("9", ["d"]), ('"2"', ["2"])):
            self.assertEqual(self.chosen(subject, cases), result, subject)

    def test_a_case_without_break_goes_on_into_the_next(self) -> None:
        cases = 'case 1: say("1"); case 2: say("2"); break; case 3: default: say("d"); case 4: say("4");'
        for subject, result in (("1", ["1", "2"]), ("2", ["2"]), ("3", ["d", "4"]), ("4", ["4"]), ("7", ["d", "4"])):
            self.assertEqual(self.chosen(subject, cases), result, subject)

    def test_a_default_may_stand_anywhere(self) -> None:
        cases = 'default: say("d"); break; case 1: say("1"); break;'
        self.assertEqual(self.chosen("5", cases), ["d"])
        self.assertEqual(self.chosen("1", cases), ["1"])

    def test_labels_may_share_a_body(self) -> None:
        cases = 'case 1: case 2: say("1or2"); break; default: say("d");'
        self.assertEqual(self.chosen("1", cases), ["1or2"])
        self.assertEqual(self.chosen("2", cases), ["1or2"])

    def test_many_labels_are_found_as_well(self) -> None:
        cases = "".join(f'case {n}: say("{n}"); break; ' for n in range(20)) + 'default: say("d");'
        for subject, result in (("0", ["0"]), ("19", ["19"]), ("20", ["d"])):
            self.assertEqual(self.chosen(subject, cases), result)

    def test_texts_are_compared_with_case_and_so_are_expressions(self) -> None:
        cases = 'case "Bob": say("B"); break; case /"^BO": say("re"); break; case /"o": say("o"); break;'
        self.assertEqual(self.chosen("$rU", cases), ["o"])

    def test_the_first_that_fits_is_taken(self) -> None:
        self.assertEqual(self.chosen("$rU", 'case /"^b": say("re"); break; case "bob": say("text"); break;'), ["re"])
        self.assertEqual(
            self.chosen("$rU", 'case "bob": default: say("d"); break; case /"b": say("re"); break;'), ["d"]
        )

    def test_a_number_is_a_text_where_the_cases_are(self) -> None:
        self.assertEqual(self.chosen("5", 'case "5": say("5"); break;'), ["5"])
        self.assertEqual(said('switch ($avp(no)) { case "": say("empty"); break; }'), ["empty"])

    def test_break_inside_an_if_leaves_the_switch_only(self) -> None:
        script = """while ($var(i) < 2) { $var(i) = $var(i) + 1;
            switch ($var(i)) { case 1: if (good()) break; say("no"); break; default: say("d"); } say("$var(i)"); }"""
        self.assertEqual(said(script), ["1", "d", "2"])

    def test_a_loop_inside_a_case_has_its_own_break(self) -> None:
        cases = 'case 1: while (1) { break; } say("on"); break; case 2: say("no");'
        self.assertEqual(self.chosen("1", cases), ["on"])

    def test_an_empty_switch_evaluates_its_subject(self) -> None:
        self.assertEqual(said('switch (say("x")) { }'), ["x"])

    def test_a_subject_without_a_value_takes_the_default(self) -> None:
        self.assertEqual(said('switch (1 / $var(z)) { case 0: say("0"); break; default: say("d"); }'), ["d"])
