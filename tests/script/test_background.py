"""sipapp/script/background.py: launch()."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.script import run
from sipapp.script.background import PARAMETERS
from tests.script.engine import Engine

REPORT = 'route[REP] { say("rc $rc"); } '


class LaunchTests(SynchronousTestCase):
    def test_the_script_goes_on_and_the_report_comes_later(self) -> None:
        engine = Engine('launch(wait(1), REP); say("on $rc");', REPORT)
        engine.start()
        self.assertEqual((engine.said, engine.ended), (["on 1"], [1]))
        engine.advance(1)
        self.assertEqual(engine.said, ["on 1", "rc 1"])

    def test_two_of_them_run_at_a_time(self) -> None:
        engine = Engine("launch(wait(1), REP); launch(wait(1), REP);", REPORT)
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["rc 1", "rc 1"])

    def test_it_answers_1_where_a_value_is_wanted(self) -> None:
        engine = Engine('if (launch(wait(1))) say("T"); $var(x) = launch(wait(1)); say("$var(x)");')
        engine.start()
        self.assertEqual(engine.said, ["T", "1"])

    def test_whatever_becomes_of_the_call_is_reported(self) -> None:
        for call, code in (("at_once(-7)", -7), ("at_once(0)", 0), ("stumble()", -3), ("crash()", -1)):
            engine = Engine(f'launch({call}, REP); say("on");', REPORT)
            engine.start()
            self.assertEqual(sorted(engine.said), ["on", f"rc {code}"], call)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_call_that_suspend_timeout_ends_has_its_own_code_for_that(self) -> None:
        for call, code in (("wait(60)", 28), ("broken()", -1)):
            engine = Engine(f"launch({call}, REP);", REPORT, suspend_timeout=10)
            engine.start()
            engine.advance(10)
            self.assertEqual(engine.said, [f"rc {code}"], call)

    def test_the_report_has_a_context_of_its_own(self) -> None:
        engine = Engine('$var(x) = 1; launch(wait(1), REP, "user $rU");', 'route[REP] { say("$var(x)"); suicide(); }')
        seen = []
        engine.trial.suicide = lambda ctx: seen.append(ctx.extra[PARAMETERS]) or 1  # type: ignore[method-assign, func-returns-value]
        engine.checked.routes[1].body[1].expression.function.call = engine.trial.suicide  # type: ignore[union-attr]
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["0"])

    def test_a_report_that_fails_is_named_whether_its_call_has_waited_or_not(self) -> None:
        failed: list[str] = []
        self.patch(run, "_failed", lambda route, ctx, error: failed.append(str(route)))
        for call in ("at_once(1)", "wait(1)"):
            engine = Engine(f"launch({call}, REP);", "route[REP] { bug(); }")
            engine.start()
            engine.advance(1)
        self.assertEqual(failed, ["route[REP]"] * 2)

    def test_a_report_may_wait_itself(self) -> None:
        engine = Engine("launch(wait(1), REP);", 'route[REP] { wait(1); say("end"); }')
        engine.start()
        engine.advance(1)
        engine.advance(1)
        self.assertEqual(engine.said, ["end"])

    def test_without_a_report_route_the_result_is_dropped(self) -> None:
        engine = Engine("launch(wait(1));")
        engine.start()
        engine.advance(1)
        self.assertEqual(len(engine.server.suspended), 0)

    def test_the_server_can_cancel_it(self) -> None:
        engine = Engine('launch(slowly("x"), REP);', REPORT)
        engine.start()
        engine.server.suspended.shut_down()
        self.assertEqual(engine.said, ["finally x"])

    def test_too_many_waiting_is_reported_as_minus_1(self) -> None:
        engine = Engine('launch(wait(1), REP); say("on $rc");', REPORT, suspend_max=0)
        engine.start()
        self.assertEqual(engine.said, ["rc -1", "on 1"])
