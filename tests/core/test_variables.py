"""variables: the variables of the language itself."""

import os
from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core.parameters import CoreConfig
from sipapp.core.variables import CoreVariables
from sipapp.errors import ConfigError, ConfigErrors, Position
from sipapp.interfaces.script import Value
from sipapp.module import module
from sipapp.module.registry import Registry
from sipapp.script.pv import Binder
from tests.core.script import Script


@module("core")
class _Core(CoreVariables):
    """Nothing but the variables."""


class CoreVariablesTests(SynchronousTestCase):
    def setUp(self) -> None:
        core: Any = _Core()
        defines = {"A": None, "N": b"17", "Q": b'"a text"', "S": b"'b'", "T": b"plain"}
        core.assembly = SimpleNamespace(script=SimpleNamespace(defines=defines))
        registry = Registry()
        registry.add(core)
        self.binder = Binder(registry, Position("app.cfg", 1, 1))
        self.ctx: Any = SimpleNamespace(rc=-3, server=SimpleNamespace(config=CoreConfig()))

    def read(self, source: bytes) -> Value:
        return self.binder.variable(source).get(self.ctx)

    def test_the_return_code_has_three_names(self) -> None:
        self.assertEqual([self.read(b"$rc"), self.read(b"$?"), self.read(b"$retcode")], [-3, -3, -3])

    def test_null_is_nothing(self) -> None:
        self.assertIsNone(self.read(b"$null"))
        self.assertTrue(self.binder.variable(b"$null").constant)

    def test_two_dollars_are_one_in_a_text(self) -> None:
        self.assertEqual(self.binder.text(b"5$$ each")(self.ctx), b"5$ each")

    def test_a_define_is_read_with_its_quotes(self) -> None:
        self.assertEqual([self.read(b"$def(N)"), self.read(b"$def(Q)")], [b"17", b'"a text"'])

    def test_a_define_without_a_value_is_empty_and_one_that_is_not_there_null(self) -> None:
        self.assertEqual([self.read(b"$def(A)"), self.read(b"$def(B)")], [b"", None])

    def test_defn_is_a_number_whatever_the_define_is(self) -> None:
        self.assertEqual([self.read(b"$defn(%b)" % name) for name in (b"N", b"T", b"A", b"B")], [17, 0, 0, 0])

    def test_defv_takes_quotes_away_and_defs_adds_them(self) -> None:
        self.assertEqual(
            [self.read(b"$defv(Q)"), self.read(b"$defv(S)"), self.read(b"$defv(T)")], [b"a text", b"b", b"plain"]
        )
        self.assertEqual([self.read(b"$defs(Q)"), self.read(b"$defs(T)")], [b'"a text"', b'"plain"'])
        self.assertEqual([self.read(b"$defv(B)"), self.read(b"$defs(B)")], [None, None])

    def test_the_environment_is_read_when_the_script_runs(self) -> None:
        read = self.binder.variable(b"$env(SIPAPP_TEST_VARIABLE)").get
        self.assertIsNone(read(self.ctx))
        self.patch(os, "environ", {"SIPAPP_TEST_VARIABLE": "here"})
        self.assertEqual(read(self.ctx), b"here")

    def test_envn_is_the_number_at_the_start(self) -> None:
        self.patch(os, "environ", {"A": "-5", "B": "12x", "C": "x"})
        self.assertEqual([self.read(b"$envn(%b)" % name) for name in (b"A", b"B", b"C", b"D")], [-5, 12, 0, None])

    def test_iuid_is_null_until_the_script_gives_one(self) -> None:
        self.assertIsNone(self.read(b"$iuid"))
        self.ctx.server.config.iuid = "one"
        self.assertEqual(self.read(b"$iuid"), b"one")

    def test_a_define_must_be_named(self) -> None:
        for wrong in (b"$def", b"$(def(N)[1])", b"$env()"):
            self.assertRaises(ConfigError, self.binder.variable, wrong)

    def test_none_can_be_written(self) -> None:
        for variable in (b"$rc", b"$null", b"$def(N)", b"$env(HOME)", b"$iuid"):
            self.assertIsNone(self.binder.variable(variable).set)


class ParallelCodesTests(SynchronousTestCase):
    def test_rc_with_a_number_is_the_code_of_one_statement_of_the_last_parallel_block(self) -> None:
        script = Script(
            "$var(before) = $rc(1);\n"
            "parallel { { $var(x) = 1; } { route(A); } { route(B); } }\n"
            '$var(codes) = "" + $rc + " " + $rc(1) + " " + $retcode(2) + " " + $(rc(3)) + " " + $?(4);\n'
            "$var(none) = $rc(4);",
            "route[A] { return 5; }\nroute[B] { return -3; }",
        )
        self.assertEqual(script.var("codes"), b"-1 1 5 -3 ")
        self.assertEqual((script.var("before"), script.var("none")), (0, 0))

    def test_its_number_counts_from_1(self) -> None:
        for wrong in ("$rc(0)", "$(rc(x))", "$(rc[1])"):
            why = self.assertRaises(ConfigErrors, Script, f"$var(x) = {wrong};")
            self.assertIn("$rc", str(why))
