"""parameter_syntax: what may stand behind a parameter's `=`."""

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script.parameter_syntax import ALIASES, CHOICES, ONLY_EARLY, SYNTAX, UNRESERVED, Syntax


class ParameterSyntaxTests(SynchronousTestCase):
    def test_each_kind_of_value_has_its_parameters(self) -> None:
        found = [SYNTAX[name] for name in ("children", "debug", "log_name", "user", "tos", "listen", "alias")]
        self.assertEqual(
            found,
            [
                Syntax.NUMBER,
                Syntax.INTEGER,
                Syntax.TEXT,
                Syntax.TEXT_OR_NAME,
                Syntax.NUMBER_OR_NAME,
                Syntax.LISTEN,
                Syntax.ALIAS,
            ],
        )

    def test_every_other_name_leads_to_a_parameter(self) -> None:
        self.assertEqual(set(ALIASES.values()) - SYNTAX.keys(), set())
        self.assertEqual(ALIASES.keys() & SYNTAX.keys(), set())

    def test_whatever_is_said_about_a_parameter_is_about_one_that_exists(self) -> None:
        self.assertEqual((CHOICES.keys() | ONLY_EARLY) - SYNTAX.keys(), set())
        self.assertEqual(UNRESERVED - SYNTAX.keys() - ALIASES.keys(), frozenset())

    def test_there_are_more_than_200(self) -> None:
        self.assertGreater(len(SYNTAX), 200)
