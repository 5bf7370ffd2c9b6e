"""async_sleep() and its kin: the script goes on at the next statement, wherever it stood."""

from __future__ import annotations

from tests.flows.waiting import SORRY, TRYING, WaitingTestCase


class ContinuationTests(WaitingTestCase):
    def test_statements_go_on_one_after_the_other(self) -> None:
        """G-15."""
        self.play(
            """request_route {
                async_ms_sleep("200"); xlog("one\\n"); async_ms_sleep("200"); xlog("two\\n"); t_reply("486","seq");
            }"""
        )
        self.invite(5)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (0.4, 486, b"seq")])
        self.assertEqual(self.said(), ["one", "two"])

    def test_what_follows_the_block_is_run_as_well(self) -> None:
        """G-16, improved."""
        self.play(
            """request_route { route(W); }
            route[W] {
                if ($rm=="OPTIONS") { async_sleep("2"); xlog("b\\n"); }
                xlog("c\\n"); t_reply("481","x");
            }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(2.0, 481, b"x")], ["b", "c"]))

    def test_a_loop_goes_round_with_its_variables(self) -> None:
        """G-17, improved."""
        self.play(
            """request_route {
                while ($var(c)<3) { $var(c)=$var(c)+1; async_ms_sleep("300"); xlog("loop $var(c)\\n"); }
                t_reply("481","w");
            }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.9, 481, b"w")], ["loop 1", "loop 2", "loop 3"]))

    def test_a_route_that_waited_last_goes_back_to_its_caller(self) -> None:
        """G-18, improved."""
        self.play(
            """request_route { route(L); xlog("back $rc\\n"); t_reply("481","x"); }
            route[L] { async_sleep("1"); }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(1.0, 481, b"x")], ["back 1"]))

    def test_a_named_route_leaves_all_callers_behind(self) -> None:
        """G-19."""
        self.play(
            """request_route { route(A); xlog("never\\n"); }
            route[A] { route(B); xlog("never\\n"); }
            route[B] { async_ms_route("RES","300"); xlog("never\\n"); }
            route[RES] { xlog("res\\n"); t_reply("404","x"); }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.3, 404, b"x")], ["res"]))

    def test_it_is_the_same_kind_of_route_in_the_same_process(self) -> None:
        """G-20, improved."""
        self.play(
            """request_route { $avp(pp) = $pp; async_ms_route("RES","300"); }
            route[RES] {
                if (t_is_request_route()) xlog("request\\n");
                if (t_is_failure_route()) xlog("failure\\n");
                if ($avp(pp) == $pp) xlog("same\\n");
                t_reply("404","x");
            }"""
        )
        self.options(5)
        self.assertEqual(self.said(), ["request", "same"])

    def test_a_sleep_may_be_a_condition_or_a_value(self) -> None:
        self.play(
            """request_route {
                if (async_ms_sleep("100")) xlog("slept\\n");
                $var(x) = async_ms_sleep("100"); xlog("x=$var(x)\\n"); t_reply("404","x");
            }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.2, 404, b"x")], ["slept", "x=1"]))

    def test_a_script_that_ends_after_a_sleep_without_an_answer_gets_500(self) -> None:
        self.play('request_route { async_ms_sleep("200"); exit; }')
        self.options(5)
        self.assertEqual(self.answers, [(0.2, 500, SORRY)])
