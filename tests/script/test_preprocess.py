"""preprocess: defines, conditions, substitutions, included files."""

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.preprocess import MOST_INCLUDES, Preprocessor
from sipapp.script.source import Source


def read(text: str, defines: dict[str, str | None] | None = None, name: str = "app.cfg") -> Preprocessor:
    preprocessor = Preprocessor(defines)
    preprocessor.read(Source(name, text.encode()))
    return preprocessor


def words(text: str, defines: dict[str, str | None] | None = None) -> str:
    """What is left of a text: the tokens, with a space between them."""
    return " ".join(token[1] for token in read(text, defines).tokens[:-1])


def errors(text: str) -> list[str]:
    return [str(error) for error in read(text).errors]


class DefineTests(SynchronousTestCase):
    def test_a_name_is_replaced_by_the_tokens_of_its_value(self) -> None:
        self.assertEqual(words("#!define A 1 + 2\nx = A * 3"), "x = 1 + 2 * 3")

    def test_a_define_without_a_value_vanishes(self) -> None:
        self.assertEqual(words("#!define A\nx A y"), "x y")

    def test_names_inside_of_strings_and_keywords_are_not_replaced(self) -> None:
        self.assertEqual(words('#!define A 1\n#!define exit 2\n"A" exit AB'), "A exit AB")

    def test_a_value_goes_on_behind_a_backslash(self) -> None:
        self.assertEqual(words("#!define A 4 + \\\n 5\nA"), "4 + 5")

    def test_values_may_use_other_defines(self) -> None:
        self.assertEqual(words("#!define A B + B\n#!define B 5\nA"), "5 + 5")

    def test_a_value_is_read_together_with_what_follows_it(self) -> None:
        self.assertEqual(words("#!define A 5 # five\nx A y\nz"), "x 5 z")
        self.assertEqual(words('#!define A "a\nx A b" y'), "x a b y")

    def test_a_comment_at_the_end_of_a_value_belongs_to_it(self) -> None:
        self.assertEqual(read("#!define A 5 # five\n").defines["A"], "5 # five")

    def test_exclamation_marks_and_leading_blanks_do_as_well(self) -> None:
        self.assertEqual(words("!!define A 6\n    #!define B 7\nA B"), "6 7")

    def test_tokens_of_a_value_stand_where_it_is_used(self) -> None:
        places = [s.position(o)[1:3] for _, _, s, o in read("#!define A B 2\n#!define B 1\nx\n  A y\nA").tokens[:-1]]
        self.assertEqual(places, [(3, 1), (4, 3), (4, 3), (4, 5), (5, 1), (5, 1)])

    def test_a_value_that_leads_back_to_itself_is_a_mistake(self) -> None:
        self.assertEqual(
            errors("#!define A B\n#!define B A x\n\nA"),
            ['app.cfg:4:1: the value of the define "A" leads back to itself'],
        )

    def test_a_second_define_is_a_mistake(self) -> None:
        self.assertEqual(
            errors("#!define A 1\n#!def A 2\n"),
            ['app.cfg:2:1: "A" is already defined; #!redefine replaces, #!trydef keeps the value'],
        )

    def test_trydef_keeps_and_redef_replaces(self) -> None:
        self.assertEqual(
            words("#!trydef A 1\n#!trydefine A 2\n#!define B 3\n#!redef B 4\n#!redefine C 5\nA B C"), "1 4 5"
        )

    def test_undef_forgets(self) -> None:
        self.assertEqual(words("#!define A 1\n#!undef A\nA #!tryundef NOPE\n"), "A")
        self.assertEqual(errors("#!undefine NOPE\n"), ['app.cfg:1:1: "NOPE" is not defined'])
        self.assertEqual(errors("#!define A\n#!undef A x\n"), ["app.cfg:2:1: #!undef takes nothing behind the name"])

    def test_defexp_works_a_value_out_and_defexps_quotes_it(self) -> None:
        preprocessor = read('#!define A 4\n#!defexp B A + 5\n#!defexps C "x" + A\n')
        self.assertEqual((preprocessor.defines["B"], preprocessor.defines["C"]), ("9", '"x4"'))

    def test_a_defexp_without_a_value_is_warned_about(self) -> None:
        preprocessor = read("#!defexp A 1 / 0\n")
        self.assertIsNone(preprocessor.defines["A"])
        self.assertEqual(
            str(preprocessor.warnings[0]), "app.cfg:1:1: #!defexp: 1 / 0 has no value; the name gets no value"
        )

    def test_a_dash_in_a_name_is_a_mistake_and_a_digit_before_it_left_out(self) -> None:
        self.assertEqual(errors("#!define A-B 1\n"), ['app.cfg:1:10: "-" cannot be part of a name, as in "A-"'])
        preprocessor = read("#!define 1A 5\nA")
        self.assertEqual((preprocessor.tokens[0][1], len(preprocessor.warnings), preprocessor.errors), ("5", 1, []))

    def test_defines_may_come_from_outside(self) -> None:
        self.assertEqual(words("#!ifdef B\nA\n#!endif", {"A": "5", "B": None}), "5")

    def test_kamailios_version_is_predefined(self) -> None:
        text = "#!ifdef {}\nyes\n#!endif\n"
        for name in ("KAMAILIO_5", "KAMAILIO_5_6", "KAMAILIO_5_6_3", "SIPAPP"):
            self.assertEqual(words(text.format(name)), "yes")
        for name in ("KAMAILIO", "KAMAILIO_6", "OS_NAME", "KAMAILIO_VERSION"):
            self.assertEqual(words(text.format(name)), "")

    def test_names_that_kamailio_6_predefines_have_their_value(self) -> None:
        self.assertEqual(words("KAMAILIO_VERSION OS_NAME"), "5006003 linux")

    def test_a_loaded_module_is_a_define(self) -> None:
        self.assertEqual(words('loadmodule "/x/tm.so"\n#!ifdef MOD_tm\nyes\n#!endif\n'), "loadmodule /x/tm.so yes")
        self.assertEqual(words('loadmodule("xlog")\n#!ifdef MOD_xlog\nyes\n#!endif\n'), "loadmodule ( xlog ) yes")

    def test_the_environment(self) -> None:
        self.patch(os, "environ", {"WHO": "bob"})
        self.assertEqual(words("#!defenv WHO\n#!defenvs X=WHO\nWHO X"), "bob bob")
        self.assertEqual(words("#!trydefenv NOPE\n#!trydefenvs Y=WHO\nNOPE Y"), "NOPE bob")
        self.assertEqual(errors("#!defenv NOPE\n"), ["app.cfg:1:1: the environment has no NOPE"])
        self.assertEqual(errors("#!defenv X=\n"), ["app.cfg:1:1: #!defenv takes NAME or NAME=VARIABLE"])

    def test_dialects(self) -> None:
        self.assertEqual(read("exit").dialect, "maxcompat")
        found = [read(f"{line}\n").dialect for line in ("#!KAMAILIO", "//!OPENSER", "#!SER", "#!ALL")]
        self.assertEqual(found, ["kamailio", "kamailio", "ser", "maxcompat"])


class ConditionTests(SynchronousTestCase):
    def test_what_does_not_hold_is_passed_over(self) -> None:
        text = "#!ifdef A\na\n#!else\nb\n#!endif\n#!ifndef A\nc\n#!endif\nd"
        self.assertEqual((words(text), words(text, {"A": None})), ("b c d", "a d"))

    def test_conditions_nest(self) -> None:
        text = "#!ifdef A\na\n#!ifdef B\nb\n#!else\nc\n#!endif\n#!else\nd\n#!ifdef B\ne\n#!endif\n#!endif\n"
        self.assertEqual([words(text, dict.fromkeys(d)) for d in ("AB", "A", "B", "")], ["a b", "a c", "d e", "d"])

    def test_quotes_and_comments_do_not_count_in_what_is_passed_over(self) -> None:
        self.assertEqual(words('#!ifdef A\n"x /* y\n#!endif\nz'), "z")
        self.assertEqual(words("#!ifdef A\nx # #!else\ny\n#!endif\n"), "y")

    def test_defines_count_only_where_they_are_read(self) -> None:
        self.assertEqual(words("#!ifdef A\n#!define B 1\n#!endif\nB"), "B")

    def test_a_condition_may_stand_inside_of_a_statement(self) -> None:
        self.assertEqual(words("if (1)\n#!ifdef A\nexit;\n#!else\ndrop;\n#!endif\n"), "if ( 1 ) drop ;")

    def test_expressions(self) -> None:
        self.assertEqual(
            words("#!ifexp A == 5 && KAMAILIO_VERSION >= 5000000\nyes\n#!else\nno\n#!endif\n", {"A": "5"}), "yes"
        )
        self.assertEqual(words("#!ifexp NOPE\nyes\n#!endif\n"), "")

    def test_an_expression_that_cannot_be_read_is_false_with_a_warning(self) -> None:
        preprocessor = read("#!ifexp 1 +\nyes\n#!endif\n")
        self.assertEqual(len(preprocessor.tokens), 1)
        self.assertEqual(
            str(preprocessor.warnings[0]),
            'app.cfg:1:1: #!ifexp: the end is not expected in the expression "1 +"; taken as false',
        )

    def test_a_condition_without_an_end_is_a_mistake_where_it_begins(self) -> None:
        self.assertEqual(errors("x\n#!ifdef A\ny"), ["app.cfg:2:1: #!ifdef A is never closed by #!endif"])

    def test_endif_needs_the_line_for_itself(self) -> None:
        preprocessor = read("#!ifdef SIPAPP\nx\n#!endif # y\n")
        self.assertEqual(
            [str(e) for e in preprocessor.errors], ["app.cfg:1:1: #!ifdef SIPAPP is never closed by #!endif"]
        )
        self.assertEqual(
            [str(w) for w in preprocessor.warnings],
            ["app.cfg:3:1: #!endif takes nothing behind it: the line is a comment"],
        )

    def test_an_end_without_a_beginning_is_a_mistake(self) -> None:
        self.assertEqual(errors("#!endif\n"), ["app.cfg:1:1: #!endif without an #!ifdef"])

    def test_else_without_a_beginning_means_nothing(self) -> None:
        preprocessor = read("#!else\nx")
        self.assertEqual((len(preprocessor.tokens), preprocessor.errors), (2, []))
        self.assertEqual(str(preprocessor.warnings[0]), "app.cfg:1:1: #!else without an #!ifdef means nothing")

    def test_what_stands_behind_the_name_is_left_out(self) -> None:
        preprocessor = read("#!ifdef A x\n#!endif\n#!ifdef A # why\n#!endif\n")
        self.assertEqual([str(w) for w in preprocessor.warnings], ["app.cfg:1:1: 'x' behind #!ifdef A is left out"])

    def test_an_unknown_directive_is_a_comment(self) -> None:
        preprocessor = read("exit;\n#!nosuch x\n")
        self.assertEqual(len(preprocessor.tokens), 3)
        self.assertEqual(
            [str(w) for w in preprocessor.warnings], ["app.cfg:2:1: #!nosuch is no directive: the line is a comment"]
        )

    def test_a_shebang_is_none(self) -> None:
        self.assertEqual(read("#!/usr/bin/sipapp\nx").warnings, [])


class SubstitutionTests(SynchronousTestCase):
    def last(self, text: str) -> str:
        return read(text).tokens[-2][1]

    def test_strings_and_variables_are_substituted_words_are_not(self) -> None:
        found = words('#!subst "/TO/xx/"\nTO "aTOb" \'TO\' $var(TO)').split()[2:]
        self.assertEqual(found, ["TO", "axxb", "xx", "$var(xx)"])

    def test_only_the_first_match_unless_told_otherwise(self) -> None:
        self.assertEqual(self.last('#!subst "/a/b/"\n#!subst "/c/d/g"\n; "aacc"'), "badd")

    def test_groups(self) -> None:
        self.assertEqual(self.last(r'''#!subst '/([0-9]+)b([0-9]+)/\2b\1/' ; "a1b22"'''), "a22b1")

    def test_each_rule_works_on_what_the_one_before_left(self) -> None:
        self.assertEqual(self.last('#!subst "/uno/dos/"\n#!subst "/dos/tres/"\n; "uno"'), "tres")

    def test_a_rule_and_a_text_behind_it_are_one_string(self) -> None:
        self.assertEqual(self.last('#!subst "/a/b/"\n"g"\n; "aa"'), "bb")

    def test_substdef_also_defines(self) -> None:
        preprocessor = read('#!substdef "!HOST!example.com!g"\n#!substdefs "!WHO!bob!"\n; "x@HOST"')
        self.assertEqual((preprocessor.defines["HOST"], preprocessor.defines["WHO"]), ("example.com", '"bob"'))
        self.assertEqual(preprocessor.tokens[-2][1], "x@example.com")

    def test_substdef_evaluates_what_is_known_already(self) -> None:
        self.patch(os, "environ", {"HOME": "/home/sip"})
        self.assertEqual(read('#!substdef "!DIR!$env(HOME)/x!"\n').defines["DIR"], "/home/sip/x")

    def test_a_bad_rule_is_a_mistake_at_its_string(self) -> None:
        self.assertEqual(errors('#!subst "/a/b"\n'), ["app.cfg:1:9: the substitution '/a/b' has no third '/'"])
        self.assertEqual(errors('#!subst "/(/b/"\n'), ["app.cfg:1:9: bad regular expression '(': unmatched ("])
        self.assertEqual(errors('#!substdef "!SIPAPP!1!"\n'), ['app.cfg:1:12: "SIPAPP" is already defined'])


class IncludeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        (self.folder / "sub").mkdir(parents=True)
        self.main = str(self.folder / "app.cfg")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, text: str) -> Preprocessor:
        return read(text, name=self.main)

    def words(self, text: str) -> str:
        return " ".join(token[1] for token in self.read(text).tokens[:-1])

    def test_a_file_is_read_where_it_is_included(self) -> None:
        self.write("a.inc", "b c")
        for directive in ("include_file", "#!include_file", "!!include_file", "import_file", "#!import_file"):
            self.assertEqual(self.words(f'a {directive} "a.inc" d\n'), "a b c d")

    def test_a_file_is_looked_for_beside_the_one_that_includes_it(self) -> None:
        self.write("sub/one.inc", 'include_file "two.inc"')
        self.write("sub/two.inc", "inner")
        self.write("two.inc", "outer")
        self.assertEqual(self.words('include_file "sub/one.inc"'), "inner")

    def test_tokens_know_their_file_and_who_included_it(self) -> None:
        self.write("a.inc", "\n x")
        _, _, source, offset = self.read('\n  include_file "a.inc"').tokens[0]
        self.assertEqual(source.position(offset)[:3], (str(self.folder / "a.inc"), 2, 2))
        self.assertEqual([(at.line, at.column) for at in source.chain], [(2, 3)])

    def test_a_missing_file_is_a_mistake_unless_imported(self) -> None:
        self.assertEqual(self.read('import_file "nosuch"\nx').errors, [])
        self.assertEqual(
            [e.reason for e in self.read('include_file "nosuch"\nx').errors],
            ['cannot read "nosuch": No such file or directory'],
        )

    def test_the_name_stands_in_double_quotes_without_spaces(self) -> None:
        for name in ("a.inc", "'a.inc'", '"a b.inc"', '("a.inc")', '"a.inc";', '""'):
            with self.subTest(name):
                found = self.read(f"include_file {name}\n").errors
                self.assertEqual(found[0].reason, "include_file takes a file's name in double quotes, without spaces")

    def test_defines_and_conditions_go_on_over_files(self) -> None:
        self.write("a.inc", "#!define A 5\n#!ifdef NOPE\n")
        self.assertEqual(self.words('include_file "a.inc"\nx\n#!else\nA\n#!endif\n'), "5")

    def test_the_last_line_of_a_file_may_be_a_comment_without_an_end(self) -> None:
        self.write("a.inc", "x # y")
        self.assertEqual(self.words('include_file "a.inc"\nz'), "x z")

    def test_files_that_include_each_other_without_end_are_a_mistake(self) -> None:
        self.write("app.cfg", 'include_file "app.cfg"\n')
        found = self.read('include_file "app.cfg"\n').errors
        self.assertEqual([e.reason for e in found], ['more than 10 files include each other, the last "app.cfg"'])
        at = found[0].at
        assert at is not None
        self.assertEqual(len(at.chain), MOST_INCLUDES)

    def test_substitutions_work_on_the_name(self) -> None:
        self.write("a.inc", "x")
        self.assertEqual(self.words('#!subst "/NAME/a.inc/"\ninclude_file "NAME"').split()[-1], "x")
