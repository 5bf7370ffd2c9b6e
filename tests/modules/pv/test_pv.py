"""pv: the module as a whole."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import ConfigError
from sipapp.interfaces.module import IModule
from sipapp.modules.pv import Pv
from tests.modules.pv.script import Script


class PvTests(SynchronousTestCase):
    def test_it_is_a_module(self) -> None:
        verifyObject(IModule, Pv())

    def test_each_variable_function_and_transformation_is_documented(self) -> None:
        pv: Any = Pv()
        for members in (pv.pseudo_variables(), pv.script_functions(), pv.transformations(), pv.rpc_commands()):
            self.assertEqual([found.name for found in members if len(found.doc) < 9], [])

    def test_the_manual_of_a_variable_names_it(self) -> None:
        pv: Any = Pv()
        for variable in pv.pseudo_variables():
            self.assertIn("$", variable.doc, variable.name)

    def test_the_manual_of_a_transformation_names_it(self) -> None:
        pv: Any = Pv()
        for transformation in pv.transformations():
            self.assertIn("{" + transformation.name.partition(".")[0] + ".", transformation.doc)

    def test_an_unknown_variable_has_a_nearest_one(self) -> None:
        refused = self.assertRaises(ConfigError, Script().variable, "$avpp(x)")
        self.assertIn('did you mean "avp"?', refused.reason)

    def test_a_text_joins_values_of_every_kind(self) -> None:
        script = Script()
        script.write("$var(n)", -5)
        self.assertEqual(script.text("call $rU at $(rd{s.len}), $var(n) $vn(x)."), b"call bob at 11, -5 <null>.")
