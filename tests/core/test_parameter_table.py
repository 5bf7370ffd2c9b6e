"""parameter_table: every parameter has a meaning or a reason to have none."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.core.parameter_table import OTHER_NAMES, PARAMETERS
from sipapp.script.parameter_syntax import COREPARAMS, KEMI_CALLBACKS, SYNTAX


class ParameterTableTests(SynchronousTestCase):
    def test_every_parameter_of_the_language_is_in_it(self) -> None:
        known = PARAMETERS.keys() | OTHER_NAMES.keys() | {"listen", "alias"}
        written = SYNTAX.keys() | COREPARAMS | {f"kemi.{name}" for name in KEMI_CALLBACKS}
        self.assertEqual(written ^ known, set())

    def test_each_either_says_what_it_does_or_why_it_does_nothing(self) -> None:
        self.assertEqual([p.name for p in PARAMETERS.values() if bool(p.doc) is bool(p.notice)], [])

    def test_units_are_known_ones(self) -> None:
        self.assertEqual({p.unit for p in PARAMETERS.values()}, {"", "s", "ms", "bytes"})
