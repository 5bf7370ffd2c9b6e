from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core import Core
from sipapp.core.language import LANGUAGE
from sipapp.core.parameters import PARAMETERS
from sipapp.errors import SyntaxErrors
from sipapp.script.parser import parse_text


class LanguageTests(SynchronousTestCase):
    def test_the_route_types_are_kamailios(self) -> None:
        self.assertEqual(
            sorted(LANGUAGE["route_types"]),
            [
                "branch_route",
                "event_route",
                "failure_route",
                "onreply_route",
                "onsend_route",
                "reply_route",
                "request_route",
                "route",
            ],
        )

    def test_operators_have_all_their_spellings(self) -> None:
        between = "= || or && and | & ^ << >> == != =~ eq ne ieq ine > < >= <= + - * / mod ."
        before = "! not ~ defined (int) (str)"
        shaped = {"unary -", "strlen(x)", "strempty(x)", "selval(c, a, b)"}
        self.assertEqual(LANGUAGE["operators"], {*between.split(), *before.split(), *shaped})

    def test_each_function_of_the_core_is_known_to_the_parser(self) -> None:
        core: Any = Core()
        self.assertEqual({f.name for f in core.script_functions()} - LANGUAGE["functions"], set())

    def test_functions_have_their_short_names_as_well(self) -> None:
        self.assertLessEqual({"rewritehost", "sethost", "seth", "forward_tcp", "route"}, LANGUAGE["functions"])

    def test_each_parameter_that_the_server_reads_can_be_written(self) -> None:
        self.assertEqual(PARAMETERS.keys() - LANGUAGE["parameters"], set())

    def test_directives_have_their_mark_and_short_ones_none(self) -> None:
        self.assertLessEqual({"#!define", "#!trydefine", "def", "trydef", "!!"}, LANGUAGE["pre_processor"])
        self.assertNotIn("#!def", LANGUAGE["pre_processor"])

    def test_statements_of_one_word_are_no_names_for_routes_or_flags(self) -> None:
        told_by_their_place = {"coreparam", "include_file", "import_file"}
        phrases = {"assignment", "block"}
        for word in LANGUAGE["statements"] - told_by_their_place - phrases:
            if word.isidentifier():
                with self.subTest(word):
                    self.assertRaises(SyntaxErrors, parse_text, f"flags {word}; request_route {{ ; }}")

    def test_the_manuals_names_of_statements_are_used(self) -> None:
        self.assertLessEqual(
            {"if", "else", "while", "case/", "assignment", "route call", "global parameter", "loadpath", "flags"},
            LANGUAGE["statements"],
        )
