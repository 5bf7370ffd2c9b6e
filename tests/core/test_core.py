"""sipapp/core/__init__.py: the built-in module."""

from __future__ import annotations

from typing import Any, cast

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core import Core
from sipapp.interfaces.module import IModule
from sipapp.script.grammar.core_calls import CORE_FUNCTIONS
from tests.core.script import Script

FUNCTIONS: list[Any] = list(cast(IModule, Core()).script_functions())


class CoreTests(SynchronousTestCase):
    def test_every_function_that_the_grammar_knows_is_there(self) -> None:
        names = {function.name for function in FUNCTIONS}
        self.assertEqual(CORE_FUNCTIONS - names, set())

    def test_every_function_has_a_manual(self) -> None:
        for function in FUNCTIONS:
            self.assertTrue(function.doc, function.name)

    def test_its_functions_leave_rc_alone(self) -> None:
        script = Script("route(R); setflag(1); $var(x) = $rc; isflagset(2); $var(y) = $rc;}\nroute[R] { return 7;")
        self.assertEqual((script.var("x"), script.var("y")), (7, 7))
