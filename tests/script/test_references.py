"""sipapp/script/references.py: blocks that nothing names."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.script.engine import warnings


class UnusedTests(SynchronousTestCase):
    def test_a_route_that_nothing_calls_gets_a_warning(self) -> None:
        self.assertEqual(
            warnings("good();", "route[A] { bad(); }\nfailure_route[F] { bad(); }"),
            ["app.cfg:5:1: route[A] is never called", "app.cfg:6:1: failure_route[F] is never armed"],
        )

    def test_what_is_called_armed_or_named_in_a_text_is_used(self) -> None:
        routes = "route[A] { bad(); } failure_route[F] { bad(); } route[B] { bad(); } route[C] { bad(); }"
        self.assertEqual(warnings('route(A); arm("F"); say("B"); launch(wait(1), C);', routes), [])

    def test_a_computed_name_may_be_any(self) -> None:
        self.assertEqual(warnings("route($var(x));", "route[A] { bad(); }"), [])

    def test_unnamed_blocks_and_events_are_run_by_the_server(self) -> None:
        self.assertEqual(warnings("good();", "reply_route { bad(); } event_route[x:y] { bad(); }"), [])
