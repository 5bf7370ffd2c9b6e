"""sipapp/script/run.py: runs that wait, end, fail, and are cancelled."""

from __future__ import annotations

import gc
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ScriptError, SuspendedTooLong, TooManySuspended
from sipapp.interfaces.route import RouteType
from sipapp.module import Context
from sipapp.script.run import execute
from sipapp.script.runtime import FAILED, Route, ScriptExit, ScriptJump
from tests.script.engine import Engine, Keeper


class WaitTests(SynchronousTestCase):
    def test_a_script_goes_on_at_the_next_statement_with_all_that_it_had(self) -> None:
        engine = Engine(
            '$var(x) = 1; route(A); say("back $rc $var(x)");',
            'route[A] { while ($var(i) < 2) { $var(i) = $var(i) + 1; wait(1); say("round $var(i)"); } return 7; }',
        )
        engine.start()
        self.assertEqual((engine.said, engine.ended), ([], []))
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["round 1"], []))
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["round 1", "round 2", "back 7 1"], [1]))

    def test_a_coroutine_is_waited_for_as_a_deferred_is(self) -> None:
        engine = Engine('$var(x) = slowly("answer"); say("$var(x) $rc");')
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["finally answer", "answer 1"])

    def test_a_wait_in_a_condition_decides_it(self) -> None:
        engine = Engine('if ($rU == "bob" && wait(1)) say("T"); else say("F");')
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["T"])

    def test_a_function_that_need_not_wait_goes_on_at_once(self) -> None:
        engine = Engine('at_once(5); say("$rc"); at_once(0); say("no");')
        engine.start()
        self.assertEqual((engine.said, engine.ended), (["5"], [0]))

    def test_results_that_are_there_already_do_not_grow_the_stack(self) -> None:
        engine = Engine("while ($var(i) < 5000) { $var(i) = $var(i) + 1; ready(); }", max_while_loops=10000)
        ctx = engine.start()
        self.assertEqual((ctx.vars[b"i"], engine.ended), (5000, [1]))

    def test_a_failed_deferred_with_a_script_error_is_false(self) -> None:
        engine = Engine('broken(); say("$rc");')
        engine.start()
        engine.trial.pending[0].errback(ScriptError("no answer", -3))
        self.assertEqual(engine.said, ["-3"])

    def test_a_failed_deferred_with_a_bug_ends_the_run(self) -> None:
        engine = Engine('broken(); say("no");')
        ctx = engine.start()
        engine.trial.pending[0].errback(KeyError("a bug"))
        self.assertEqual((engine.said, engine.ended), ([], [-1]))
        self.assertIsInstance(ctx.extra[FAILED], KeyError)
        (failure,) = self.flushLoggedErrors(KeyError)
        self.assertIn('File "app.cfg", line 3, in request_route', failure.getTraceback())

    def test_a_route_that_may_wait_ends_with_its_code(self) -> None:
        for body, code in (
            ("return 7;", 7),
            ("bad();", -1),
            ("exit;", 1),
            ("drop;", 0),
            ("return 0;", 0),
            ("exit(5);", 5),
        ):
            for first in ("at_once(1);", "wait(1);", "if ({ wait(1); return 3; }) good();"):
                engine = Engine(f"{first} {body}")
                engine.start()
                engine.advance(1)
                self.assertEqual(engine.ended, [code], (first, body))

    def test_a_route_that_may_wait_and_calls_itself_ends_with_its_code(self) -> None:
        engine = Engine("at_once(1); $var(n) = $var(n) + 1; if ($var(n) < 3) route(0); return 5;")
        engine.start()
        self.assertEqual(engine.ended, [5])

    def test_exit_after_a_wait_ends_the_run(self) -> None:
        engine = Engine('route(A); say("no");', "route[A] { wait(1); drop; }")
        ctx = engine.start()
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended, ctx.dropped), ([], [0], True))

    def test_many_runs_wait_at_a_time(self) -> None:
        engine = Engine('wait(1); say("$var(n)");')
        for number in range(3):
            ctx = engine.context()
            ctx.vars[b"n"] = number
            engine.start(ctx)
        engine.advance(1)
        self.assertEqual(engine.said, ["0", "1", "2"])

    def test_a_wait_for_no_deferred_is_a_bug(self) -> None:
        class Odd:
            def __await__(self) -> Any:
                yield "nothing"

        async def wait(ctx: Context) -> Any:
            return await Odd()

        engine = Engine("good();")
        execute(Route("route", "x", engine.checked.routes[0].at, wait, True), engine.context())
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)


class CancelTests(SynchronousTestCase):
    def test_what_it_waits_for_is_cancelled_and_its_clean_up_runs(self) -> None:
        engine = Engine('slowly("x"); say("no");')
        ctx = engine.start()
        assert ctx.run is not None
        ctx.run.cancel()
        self.assertEqual(engine.said, ["finally x"])
        self.assertEqual(engine.ended, [])
        self.assertEqual(engine.timers(), 0)
        self.assertEqual(len(engine.server.suspended), 0)
        self.assertIsNone(ctx.run)

    def test_a_result_that_comes_too_late_is_nothing(self) -> None:
        engine = Engine('broken(); say("no");')
        ctx = engine.start()
        late: Deferred[Any] = engine.trial.pending[0]
        late._canceller = lambda _: None  # it comes back in its own time
        assert ctx.run is not None
        ctx.run.cancel()
        if not late.called:
            late.callback(1)
        self.assertEqual((engine.said, engine.ended), ([], []))
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_cancelling_twice_is_cancelling_once(self) -> None:
        engine = Engine("wait(1);")
        ctx = engine.start()
        run = ctx.run
        assert run is not None
        run.cancel()
        run.cancel()
        self.assertEqual(engine.server.suspended.functions["wait"].cancelled, 1)

    def test_a_script_may_cancel_itself(self) -> None:
        engine = Engine('wait(1); suicide(); say("on"); wait(1); say("no");')
        engine.start()
        engine.advance(1)
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["on"], []))
        self.assertEqual(len(engine.server.suspended), 0)

    def test_before_its_first_wait_too(self) -> None:
        engine = Engine('suicide(); say("on"); wait(1); say("no");')
        ctx = engine.start()
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["on"], []))
        self.assertIsNone(ctx.run)
        self.assertEqual(len(engine.server.suspended), 0)

    def test_or_where_it_will_never_wait(self) -> None:
        engine = Engine('suicide(); say("on"); if (0) wait(1);')
        ctx = engine.start()
        self.assertEqual((engine.said, engine.ended), (["on"], []))
        self.assertIsNone(ctx.run)

    def test_an_aborted_run_tells_why(self) -> None:
        engine = Engine("wait(1);")
        ctx = engine.start()
        assert ctx.run is not None
        ctx.run.abort(TooManySuspended(1))
        self.assertEqual(engine.ended, [-1])
        self.assertEqual(ctx.extra[FAILED].status, 503)


class JumpTests(SynchronousTestCase):
    def test_the_run_goes_on_in_the_other_route_and_nowhere_else(self) -> None:
        routes = 'route[A] { wait(1); jump("B"); say("no"); } route[B] { say("B $var(x)"); return 5; }'
        engine = Engine('$var(x) = 1; route(A); say("never");', routes)
        engine.start()
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["B 1"], [5]))

    def test_a_plain_function_may_jump_into_a_route_that_waits(self) -> None:
        engine = Engine('jump("B"); say("no");', 'route[B] { wait(1); say("B"); }')
        engine.start()
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["B"], [1]))

    def test_it_may_do_so_before_it_has_waited(self) -> None:
        engine = Engine(
            'jump("B"); say("no"); wait(1);', 'route[B] { wait(1); say("B"); jump("C"); } route[C] { return 3; }'
        )
        ctx = engine.start()
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["B"], [3]))
        self.assertIsNone(ctx.run)

    def test_a_route_may_resume_in_itself_for_ever(self) -> None:
        routes = (
            'route[LOOP] { $var(n) = $var(n) + 1; if ($var(n) < 3000) { async(at_once(1), LOOP); } say("$var(n)"); }'
        )
        engine = Engine("route(LOOP);", routes)
        engine.start()
        self.assertEqual(engine.said, ["3000"])


class AsyncTests(SynchronousTestCase):
    def test_the_named_route_gets_the_result_as_rc_and_nothing_else_runs(self) -> None:
        engine = Engine('$var(x) = 1; route(A); say("never");', 'route[A] { async(wait(1), R); say("never"); } '
                        'route[R] { say("$rc $var(x)"); }')  # fmt: skip
        engine.start()
        engine.advance(1)
        self.assertEqual((engine.said, engine.ended), (["1 1"], [1]))

    def test_a_result_at_once_makes_no_difference(self) -> None:
        engine = Engine('async(at_once(-7), R); say("never");', 'route[R] { say("$rc"); }')
        engine.start()
        self.assertEqual(engine.said, ["-7"])

    def test_zero_is_a_result_like_any_other(self) -> None:
        engine = Engine("async(at_once(0), R);", 'route[R] { say("$rc"); }')
        engine.start()
        self.assertEqual(engine.said, ["0"])

    def test_a_time_limit_cancels_and_leaves_the_functions_own_code(self) -> None:
        engine = Engine("async(wait(5), R, 2);", 'route[R] { say("$rc"); }')
        engine.start()
        engine.advance(1.9)
        self.assertEqual(engine.said, [])
        engine.advance(0.1)
        self.assertEqual(engine.said, ["28"])
        self.assertEqual(engine.timers(), 0)
        self.assertEqual(engine.server.suspended.functions["wait"].timeouts, 1)

    def test_a_time_limit_is_over_with_the_call(self) -> None:
        engine = Engine("async(wait(1), R, 2);", 'route[R] { say("$rc"); wait(5); say("on $rc"); }')
        engine.start()
        for _ in range(6):
            engine.advance(1)
        self.assertEqual(engine.said, ["1", "on 1"])

    def test_async_in_a_condition_abandons_it(self) -> None:
        engine = Engine('if (async(wait(1), R)) say("T"); else say("F");', 'route[R] { say("R"); }')
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["R"])


class KeeperTests(SynchronousTestCase):
    def engine(self, body: str, keeper: Keeper, **config: Any) -> Engine:
        engine = Engine(body, **config)
        engine.server.keeper = keeper
        return engine

    def test_it_is_asked_once_at_the_first_wait(self) -> None:
        keeper = Keeper()
        engine = self.engine("at_once(1); wait(1); wait(1);", keeper)
        ctx = engine.start()
        engine.advance(1)
        engine.advance(1)
        self.assertEqual(keeper.kept, [ctx])
        self.assertEqual(engine.ended, [1])

    def test_it_is_asked_where_the_message_is_not_another_run_s(self) -> None:
        for kind in RouteType:
            keeper = Keeper()
            engine = self.engine("wait(1);", keeper)
            engine.start(engine.context(kind))
            others = (RouteType.BRANCH, RouteType.ONSEND, RouteType.LOCAL, RouteType.EVENT)
            self.assertEqual(bool(keeper.kept), kind not in others, kind)

    def test_where_it_cannot_the_call_fails_and_is_cancelled(self) -> None:
        engine = self.engine('wait(1); say("$rc");', Keeper(ScriptError("no transaction")))
        engine.start()
        self.assertEqual(engine.said, ["-1"])
        self.assertEqual(engine.timers(), 0)

    def test_it_answers_when_the_wait_was_too_long(self) -> None:
        keeper = Keeper()
        engine = self.engine('slowly("x"); broken(); say("no");', keeper, suspend_timeout=10)
        ctx = engine.start()
        engine.advance(1)
        engine.advance(9.9)
        self.assertEqual(keeper.gone, [])
        engine.advance(0.1)
        self.assertEqual(keeper.gone, [ctx])
        self.assertEqual((engine.said, engine.ended), (["finally x"], []))

    def test_without_one_the_run_ends_as_failed(self) -> None:
        engine = Engine("broken();", suspend_timeout=10)
        ctx = engine.start()
        engine.advance(10)
        self.assertEqual(engine.ended, [-1])
        self.assertIsInstance(ctx.extra[FAILED], SuspendedTooLong)


class GarbageTests(SynchronousTestCase):
    def test_a_run_leaves_no_cycles_behind(self) -> None:
        engine = Engine('wait(1); slowly("x"); say("end");')
        gc.collect()
        others = {id(thing) for thing in gc.get_objects() if isinstance(thing, Context)}
        gc.disable()
        self.addCleanup(gc.enable)
        engine.start()
        engine.advance(1)
        engine.advance(1)
        engine.trial.pending.clear()
        del engine.ended[:]
        self.assertEqual([o for o in gc.get_objects() if isinstance(o, Context) and id(o) not in others], [])

    def test_a_cancelled_wait_is_not_reported_as_unhandled(self) -> None:
        engine = Engine("broken();")
        ctx = engine.start()
        assert ctx.run is not None
        ctx.run.cancel()
        engine.trial.pending.clear()
        gc.collect()
        self.assertEqual(self.flushLoggedErrors(CancelledError), [])


class ExecuteTests(SynchronousTestCase):
    def test_a_jump_is_no_error_of_a_module(self) -> None:
        self.assertNotIsInstance(ScriptJump(None), Exception)  # type: ignore[arg-type]
        self.assertNotIsInstance(ScriptExit(), Exception)
