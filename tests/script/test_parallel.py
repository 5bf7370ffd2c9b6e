"""sipapp/script/parallel.py: statements at once, on one context."""

from __future__ import annotations

import gc
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import SuspendedTooLong, TooManySuspended
from sipapp.script.parallel import RESULTS, Group, Member
from sipapp.script.runtime import FAILED, UNDO, Context
from tests.script.engine import Engine, warnings


def codes(ctx: Context) -> list[int | None]:
    """What $rc(1), $rc(2), ... are."""
    found: list[int | None] = ctx.extra[RESULTS]
    return found


class AllTests(SynchronousTestCase):
    def test_it_goes_on_when_the_slowest_is_done(self) -> None:
        engine = Engine('parallel { wait(1); wait(3); wait(2); } say("on $rc");')
        ctx = engine.start()
        engine.advance(2.9)
        self.assertEqual((engine.said, engine.ended), ([], []))
        engine.advance(0.1)
        self.assertEqual((engine.said, engine.ended), (["on 1"], [1]))
        self.assertEqual(codes(ctx), [1, 1, 1])

    def test_each_statement_keeps_its_own_return_code(self) -> None:
        engine = Engine('parallel { code(7); wait(1); bad(); at_once(-4); stumble(); } say("$rc");')
        ctx = engine.start()
        engine.advance(1)
        self.assertEqual(codes(ctx), [7, 1, -1, -4, -3])
        self.assertEqual(engine.said, ["-1"])

    def test_nothing_that_waits_is_no_wait(self) -> None:
        engine = Engine('parallel { code(1); { say("a"); code(2); } } say("on");')
        ctx = engine.start()
        self.assertEqual((engine.said, codes(ctx)), (["a", "on"], [1, 2]))
        self.assertEqual(engine.server.suspended.functions, {})

    def test_a_member_may_be_any_statement(self) -> None:
        engine = Engine(
            """parallel {
                if ($rU == "bob") { wait(1); say("if"); }
                while ($var(i) < 2) { wait(1); $var(i) = $var(i) + 1; }
                $var(x) = slowly("text");
                route(A);
                switch (1) { case 1: wait(2); say("case"); break; }
            }
            say("$var(i) $var(x)");""",
            "route[A] { wait(3); return 5; }",
        )
        ctx = engine.start()
        for _ in range(3):
            engine.advance(1)
        self.assertEqual(engine.said, ["if", "finally text", "case", "2 text"])
        self.assertEqual(codes(ctx)[3], 5)

    def test_the_variables_are_those_of_the_script(self) -> None:
        engine = Engine('parallel { { wait(1); $var(x) = "late"; } $var(x) = "early"; } say("$var(x)");')
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["late"])

    def test_each_member_has_its_own_rc(self) -> None:
        engine = Engine('parallel { { code(5); wait(1); say("a $rc"); } { code(7); wait(2); code(8); wait(1); } }')
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["a 1"])
        engine = Engine('parallel { { code(5); broken(); } { code(7); say("b $rc"); broken(); say("c $rc"); } }')
        engine.start()
        engine.trial.pending[1].callback(3)
        self.assertEqual(engine.said, ["b 7", "c 3"])

    def test_return_ends_one_member(self) -> None:
        engine = Engine('parallel { { wait(1); return 5; say("no"); } { wait(2); say("yes"); } } say("on");')
        ctx = engine.start()
        engine.advance(1)
        engine.advance(1)
        self.assertEqual(engine.said, ["yes", "on"])
        self.assertEqual(codes(ctx), [5, 1])

    def test_blocks_may_be_nested(self) -> None:
        engine = Engine('parallel { parallel { wait(1); { wait(2); say("in"); } } wait(1); } say("out $rc");')
        ctx = engine.start()
        engine.advance(1)
        engine.advance(1)
        self.assertEqual((engine.said, codes(ctx)), (["in", "out 1"], [1, 1]))

    def test_a_route_that_has_one_waits_and_so_do_its_callers(self) -> None:
        engine = Engine('route(A); say("back $rc");', "route[A] { parallel { wait(1); code(2); } return 9; }")
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["back 9"])

    def test_its_return_code_is_that_of_a_route_which_ends_with_it(self) -> None:
        engine = Engine('route(A); say("$rc");', "route[A] { parallel { wait(1); bad(); } }")
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["-1"])


class FirstTests(SynchronousTestCase):
    def test_the_first_success_cancels_the_others(self) -> None:
        engine = Engine('parallel(first) { slowly("slow"); { wait("0.5"); code(4); } broken(); } say("on $rc");')
        ctx = engine.start()
        engine.advance(0.5)
        self.assertEqual(engine.said, ["finally slow", "on 1"])
        self.assertEqual(codes(ctx), [None, 4, None])
        self.assertTrue(engine.trial.pending[-1].called)
        self.assertEqual(engine.timers(), 0)
        self.assertEqual(len(engine.server.suspended), 0)

    def test_failures_do_not_count(self) -> None:
        engine = Engine('parallel(first) { bad(); { wait(1); code(-2); } { wait(2); code(3); } } say("$rc");')
        ctx = engine.start()
        engine.advance(2)
        self.assertEqual((engine.said, codes(ctx)), (["1"], [-1, -2, 3]))

    def test_none_is_false(self) -> None:
        engine = Engine('parallel(first) { bad(); { wait(1); code(-2); } } say("$rc");')
        engine.start()
        engine.advance(1)
        self.assertEqual(engine.said, ["-1"])

    def test_after_a_success_at_once_the_rest_is_not_begun(self) -> None:
        engine = Engine('parallel(first) { { say("a"); code(1); } { say("b"); wait(1); } } say("on");')
        ctx = engine.start()
        self.assertEqual((engine.said, codes(ctx)), (["a", "on"], [1, None]))


class TimeoutTests(SynchronousTestCase):
    def test_what_is_open_when_the_time_is_over_is_cancelled(self) -> None:
        engine = Engine('parallel(timeout=0.5) { { wait("0.2"); code(3); } slowly("x"); } say("on $rc");')
        ctx = engine.start()
        engine.advance(0.2)
        engine.advance(0.3)
        self.assertEqual(engine.said, ["finally x", "on -2"])
        self.assertEqual(codes(ctx), [3, None])
        self.assertEqual(engine.timers(), 0)

    def test_in_time_there_is_no_limit_left(self) -> None:
        engine = Engine('parallel(timeout=5) { wait(1); wait(2); } wait(10); say("on");')
        engine.start()
        engine.advance(2)
        self.assertEqual(engine.timers(), 1)
        engine.advance(10)
        self.assertEqual(engine.said, ["on"])

    def test_a_success_in_time_wins_and_none_is_a_time_out(self) -> None:
        for seconds, code in (("0.5", "-2"), ("2", "1")):
            engine = Engine(f'parallel(first, timeout={seconds}) {{ wait(1); broken(); }} say("$rc");')
            engine.start()
            engine.advance(2)
            self.assertEqual(engine.said, [code])

    def test_the_limit_is_the_deadline_that_operators_see(self) -> None:
        engine = Engine("parallel(timeout=5) { wait(60); wait(60); }")
        engine.start()
        rows = list(engine.server.suspended.rows())
        self.assertEqual([row.function for row in rows], ["wait", "wait", "parallel"])
        self.assertEqual(len({row.id for row in rows}), 3)


class EndTests(SynchronousTestCase):
    def test_exit_in_a_member_ends_the_script_and_cancels_the_others(self) -> None:
        engine = Engine('parallel { slowly("x"); { wait("0.5"); exit; } } say("no");')
        engine.start()
        engine.advance(0.5)
        self.assertEqual((engine.said, engine.ended), (["finally x"], [1]))
        self.assertEqual(engine.timers(), 0)

    def test_drop_and_a_functions_zero_do_so_too(self) -> None:
        engine = Engine('parallel { broken(); drop; } say("no");')
        ctx = engine.start()
        self.assertEqual((engine.ended, ctx.dropped), ([0], True))
        engine = Engine('parallel { broken(); code(0); } say("no");')
        engine.start()
        self.assertEqual((engine.said, engine.ended), ([], [0]))

    def test_a_jump_leaves_the_block(self) -> None:
        engine = Engine('parallel { slowly("x"); jump("R"); } say("no");', 'route[R] { say("there"); }')
        engine.start()
        self.assertEqual((engine.said, engine.ended), (["finally x", "there"], [1]))

    def test_a_bug_ends_the_script_with_its_place(self) -> None:
        engine = Engine('parallel {\n  slowly("x");\n  { wait("0.5");\n    bug(); }\n}\nsay("no");')
        ctx = engine.start()
        engine.advance(0.5)
        self.assertEqual((engine.said, engine.ended), (["finally x"], [-1]))
        self.assertIsInstance(ctx.extra[FAILED], ZeroDivisionError)
        (failure,) = self.flushLoggedErrors(ZeroDivisionError)
        self.assertIn('File "app.cfg", line 6', failure.getTraceback())

    def test_one_wait_too_many_ends_the_script_with_503(self) -> None:
        for most in (1, 2):
            engine = Engine("parallel { wait(1); wait(1); }", suspend_max=most)
            ctx = engine.start()
            self.assertIsInstance(ctx.extra[FAILED], TooManySuspended)
            self.assertEqual((engine.timers(), len(engine.server.suspended)), (0, 0))


class CancelTests(SynchronousTestCase):
    def test_cancelling_the_run_cancels_every_member(self) -> None:
        engine = Engine('parallel { slowly("a"); parallel { slowly("b"); broken(); } } say("no");')
        ctx = engine.start()
        assert ctx.run is not None
        ctx.run.cancel()
        self.assertEqual(sorted(engine.said), ["finally a", "finally b"])
        self.assertEqual((engine.ended, engine.timers(), len(engine.server.suspended)), ([], 0, 0))
        self.assertIsNone(ctx.run)
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_a_member_that_cancels_its_own_script_is_the_last_thing_to_run(self) -> None:
        engine = Engine('parallel { slowly("a"); { suicide(); wait(1); say("no"); } } say("no");')
        engine.start()
        engine.advance(2)
        self.assertEqual(engine.ended, [])
        self.assertNotIn("no", engine.said)
        self.assertEqual(len(engine.server.suspended), 0)

    def test_results_that_come_too_late_are_nothing(self) -> None:
        engine = Engine('parallel(first) { broken(); wait(1); } say("on");')
        engine.start()
        engine.trial.pending[0]._canceller = lambda late: None
        engine.advance(1)
        self.assertEqual(engine.said, ["on"])
        self.assertEqual(engine.ended, [1])

    def test_suspend_timeout_ends_the_whole_script_once(self) -> None:
        engine = Engine('parallel { broken(); broken(); } say("no");', suspend_timeout=10)
        ctx = engine.start()
        engine.advance(10)
        self.assertEqual((engine.said, engine.ended), ([], [-1]))
        self.assertIsInstance(ctx.extra[FAILED], SuspendedTooLong)
        self.assertEqual(len(engine.server.suspended), 0)

    def test_an_operator_ends_the_script_by_any_of_its_ids(self) -> None:
        engine = Engine("parallel { broken(); broken(); }")
        engine.start()
        self.assertTrue(engine.server.suspended.end(2))
        self.assertEqual(engine.ended, [-1])
        self.assertEqual(len(engine.server.suspended), 0)

    def test_only_the_cancelled_members_clean_up(self) -> None:
        engine = Engine("parallel(first) { broken(); broken(); }")
        undone: list[str] = []
        ctx = engine.context()
        ctx.extra[UNDO] = [lambda: undone.append("before")]
        engine.start(ctx)
        for member, name in zip(_members(engine), ("one", "two"), strict=True):
            member.undo = [lambda name=name: undone.append(name)]
        engine.trial.pending[0].callback(1)
        self.assertEqual(undone, ["two"])
        self.assertEqual(len(ctx.extra[UNDO]), 2)

    def test_the_keeper_of_the_request_is_asked_once(self) -> None:
        asked: list[Any] = []

        class Keeper:
            def suspending(self, ctx: Context) -> bool:
                asked.append(ctx)
                return True

            def waits_long(self, ctx: Context) -> None:
                """Nothing is kept that could be made again."""

            def suspended_too_long(self, ctx: Context) -> None:
                asked.append("too long")

        engine = Engine("parallel { broken(); broken(); } broken();", suspend_timeout=10)
        engine.server.keeper = Keeper()
        ctx = engine.start()
        self.assertEqual(asked, [ctx])
        engine.trial.pending[0].callback(1)
        engine.trial.pending[1].callback(1)
        self.assertEqual(asked, [ctx])
        engine.start()
        engine.advance(10)
        self.assertEqual(asked.count("too long"), 2)  # once for each script


def _members(engine: Engine) -> list[Any]:
    """The drivers of the members that wait, in order."""
    return [run for run in engine.server.suspended if hasattr(run, "undo")]


class MeasureTests(SynchronousTestCase):
    def test_every_member_is_counted_for_itself_and_the_block_as_a_whole(self) -> None:
        engine = Engine("parallel(first) { wait(1); broken(); }")
        engine.start()
        engine.advance(1)
        functions = engine.server.suspended.functions
        self.assertEqual((functions["wait"].finished, functions["broken"].cancelled), (1, 1))
        self.assertEqual(functions["parallel"].finished, 1)

    def test_no_cycles_are_left_to_the_collector(self) -> None:
        for body in ("parallel(timeout=5) { wait(1); wait(2); }", "parallel { broken(); wait(1); }"):
            engine = Engine(body)
            gc.collect()
            others = {id(thing) for thing in gc.get_objects() if isinstance(thing, (Context, Group, Member))}
            gc.disable()
            self.addCleanup(gc.enable)
            engine.start()
            engine.advance(1)
            engine.advance(1)
            if engine.server.suspended:
                engine.server.suspended.end(1)
            engine.trial.pending.clear()
            left = [t for t in gc.get_objects() if isinstance(t, (Context, Group, Member)) and id(t) not in others]
            self.assertEqual(left, [])
            gc.enable()


class DoubtTests(SynchronousTestCase):
    def test_one_statement_alone_is_a_warning(self) -> None:
        found = [w for w in warnings("parallel { wait(1); }") if "beside" in w]
        self.assertEqual(found, ["app.cfg:3:1: nothing runs beside the one statement of this parallel block"])
