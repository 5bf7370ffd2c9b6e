"""nodes: what the parser may leave out."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import Position
from sipapp.script import nodes

AT = Position("app.cfg", 1, 1)


class NodesTests(SynchronousTestCase):
    def test_a_call_may_have_no_arguments(self) -> None:
        self.assertEqual(nodes.Call(AT, "t_relay").arguments, [])

    def test_a_variable_is_one_unless_said_otherwise(self) -> None:
        self.assertFalse(nodes.Variable(AT, b"$rU").or_avp)

    def test_a_script_begins_without_mistakes(self) -> None:
        script = nodes.Script("app.cfg", [], [], {})
        self.assertEqual((script.errors, script.warnings, script.dialect), ([], [], "maxcompat"))

    def test_scripts_do_not_share_their_warnings(self) -> None:
        one, other = nodes.Script("a", [], [], {}), nodes.Script("b", [], [], {})
        self.assertIsNot(one.warnings, other.warnings)
