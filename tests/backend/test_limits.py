"""sipapp.backend.limits."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.backend.limits import Limits
from sipapp.errors import ConfigError


class LimitsTests(SynchronousTestCase):
    def test_a_definition_is_a_name_and_what_differs_from_the_defaults(self) -> None:
        self.assertEqual(
            Limits.parse("ca=>in_flight=10;queue=100;failure_rate=50;window=2.5"),
            ("ca", Limits(in_flight=10, queue=100, failure_rate=50, window=2.5)),
        )

    def test_a_star_stands_for_all_others(self) -> None:
        self.assertEqual(Limits.parse("* => queue=0"), ("*", Limits(queue=0)))

    def test_an_unknown_limit_is_refused_with_those_that_there_are(self) -> None:
        why = self.assertRaises(ConfigError, Limits.parse, "ca=>inflight=1")
        self.assertIn("no such limit: 'inflight'", str(why))
        self.assertIn("in_flight", str(why))

    def test_what_is_no_definition_is_refused(self) -> None:
        for text in (
            "ca",
            "=>queue=1",
            "ca=>queue",
            "ca=>queue=many",
            "ca=>queue=-1",
            "ca=>failure_rate=101",
            "ca=>probes=0",
            "ca=>window=nan",
        ):
            self.assertRaises(ConfigError, Limits.parse, text)
