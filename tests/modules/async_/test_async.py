from __future__ import annotations

from sipapp.errors import ConfigErrors
from tests.modules.tm.scene import SceneTestCase

GROUP = 'async_workers_group="name=g1;workers=2"\n'
TKV = 'async_tkv_gname="default"\nasync_tkv_evcb="core:tkv"\n'


class SleepTests(SceneTestCase):
    def test_the_script_goes_on_at_the_next_statement(self) -> None:
        self.play('request_route { async_sleep("2"); xlog("$rc"); async_ms_sleep("250"); t_reply("404", "x"); }')
        self.assertEqual((self.options(5), self.said()), ([(2.25, 404)], ["1"]))

    def test_no_time_at_all_is_a_failed_call(self) -> None:
        for call in ('async_sleep("0")', 'async_sleep("-3")', 'async_ms_sleep("0")', 'async_route("R", "0")'):
            self.play(f'request_route {{ {call}; xlog("$rc"); sl_send_reply("404", "x"); }} route[R] {{ exit; }}')
            self.assertEqual((self.options(5), self.said()), ([(0.0, 404)], ["-1"]), call)

    def test_there_is_no_upper_limit(self) -> None:
        self.play('request_route { async_sleep("100"); t_reply("404", "x"); }')
        self.assertEqual(self.options(110), [(100.0, 404)])

    def test_it_stands_in_request_and_failure_routes_only(self) -> None:
        for kind in ("onreply_route[X]", "branch_route[X]", "onsend_route", "reply_route"):
            self.assertRaises(ConfigErrors, self.play, f'{kind} {{ async_sleep("1"); }}')

    def test_it_may_be_given_to_async_with_a_limit(self) -> None:
        self.play('request_route { async(async_sleep("9"), R, 2); } route[R] { xlog("$rc"); t_reply("404", "x"); }')
        self.assertEqual((self.options(20), self.said()), ([(2.0, 404)], ["-1"]))


class RouteTests(SceneTestCase):
    def test_it_goes_on_in_the_named_route_and_nothing_else_runs(self) -> None:
        for call, at in (
            *(('async_route("$var(r)", "2")', 2.0), ('async_ms_route("R", "300")', 0.3)),
            *(('async_task_route("R")', 0.0), ('async_task_group_route("R", "g1")', 0.0)),
        ):
            self.play(
                f"""request_route {{ $var(r) = "R"; route(INNER); xlog("never"); }}
                route[INNER] {{ if ({call}) xlog("never"); xlog("never"); }}
                route[R] {{ xlog("$var(r) $rc $async(gname) $async(data)"); t_reply("404", "x"); }}""",
                GROUP,
            )
            group = "g1" if "group" in call else "default"
            self.assertEqual((self.options(5), self.said()), ([(at, 404)], [f"R 0 {group} <null>"]), call)

    def test_from_the_request_route_too_it_goes_there_and_nothing_else_runs(self) -> None:
        for call, at in (('async_route("R", "2")', 2.0), ('async_ms_route("R", "50")', 0.05)):
            self.play(
                f"""request_route {{ while (1) {{ if ({call}) xlog("never"); xlog("never"); }} xlog("never"); }}
                route[R] {{ xlog("$rc"); t_reply("404", "x"); }}"""
            )
            self.assertEqual((self.options(5), self.said()), ([(at, 404)], ["0"]), call)

    def test_it_may_go_on_again_and_again(self) -> None:
        self.play(
            """request_route { async_route("A", "1"); }
            route[A] { $var(n) = $var(n) + 1; if ($var(n) == 3) t_reply("404", "x"); else async_route("A", "1"); }"""
        )
        self.assertEqual(self.options(9), [(3.0, 404)])

    def test_where_none_may_wait_any_more_it_is_503(self) -> None:
        self.play('request_route { async_route("R", "9"); xlog("never"); } route[R] { exit; }', "suspend_max = 0\n")
        self.assertEqual((self.options(20), self.said()), ([(0.0, 503)], []))

    def test_a_cancel_ends_it(self) -> None:
        self.play('request_route { async_route("R", "9"); } route[R] { xlog("never"); }')
        self.invite(1)
        (run,) = self.sip.server.suspended
        run.cancel()
        self.sip.advance(20)
        self.assertEqual((list(self.sip.server.suspended), self.said()), ([], []))

    def test_out_of_a_parallel_block_the_whole_script_goes_there(self) -> None:
        self.play(
            """request_route { parallel { { async_sleep("3"); xlog("never"); } async_route("R", "1"); } xlog("never"); }
            route[R] { xlog("$rc $async(gname)"); t_reply("404", "x"); }"""
        )
        self.assertEqual((self.options(5), self.said()), ([(1.0, 404)], ["0 default"]))

    def test_a_route_or_group_that_is_not_there_is_a_failed_call(self) -> None:
        for call in ('async_route("NOWHERE", "1")', 'async_task_route("NOWHERE")', 'async_task_group_route("R", "g2")'):
            self.play(f'request_route {{ {call}; xlog("$rc"); exit; }} route[R] {{ xlog("never"); }}', GROUP)
            self.assertEqual((self.options(5), self.said(), self.transactions), ([], ["-1"], []), call)

    def test_what_is_answered_cannot_go_on_elsewhere(self) -> None:
        self.play(
            """request_route { t_newtran(); t_reply("480", "f"); async_route("R", "1"); xlog("$rc"); }
            route[R] { xlog("never"); }"""
        )
        self.assertEqual((self.options(5), self.said()), ([(0.0, 480)], ["-1"]))

    def test_in_failure_route_it_stays_one(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_failure("F"); t_relay(); }
            failure_route[F] { async_ms_route("R", "500"); }
            route[R] { if (t_is_failure_route()) xlog("$T_reply_code"); t_reply("480", "x"); }"""
        )
        self.bob.answers = lambda request: [486]
        self.assertEqual((self.options(5), self.said()), ([(0.5, 480)], ["486"]))


class ReturnTests(SceneTestCase):
    """modparam("async", "return", N), N not 0: the script goes on beside the suspended transaction."""

    def beside(self, call: str, rest: str, value: int = 1, seconds: float = 5.0) -> None:
        self.play(
            f"""request_route {{ $var(x) = {call}; xlog("$var(x)"); {rest} }}
            route[R] {{ xlog("R $async(gname)"); t_reply("404", "x"); }}""",
            f'modparam("async", "return", {value})\n',
        )
        self.options(seconds)

    def test_the_call_returns_the_value_and_the_route_runs_later(self) -> None:
        for call, at in (
            ('async_route("R", "2")', 2.0),
            ('async_ms_route("R", "500")', 0.5),
            ('async_task_route("R")', 0.0),
        ):
            for value in (1, -1, 7):
                self.beside(call, "exit;", value)
                self.assertEqual((self.said(), self.alice.received), ([str(value), "R default"], [(at, 404)]), call)

    def test_it_takes_as_long_as_it_says_whatever_fr_timer_is(self) -> None:
        self.beside('async_route("R", "60")', "exit;", seconds=70)
        self.assertEqual(self.alice.received, [(60.0, 404)])

    def test_an_answer_meanwhile_is_the_answer(self) -> None:
        self.beside('async_route("R", "2")', 't_reply("486", "same script");')
        self.assertEqual((self.said(), self.alice.received), (["1"], [(0.0, 486)]))

    def test_what_cannot_be_put_aside_is_a_failed_call(self) -> None:
        self.play(
            """request_route { t_newtran(); t_reply("480", "x"); async_route("R", "2"); xlog("$rc"); }
            route[R] { xlog("never"); }""",
            'modparam("async", "return", 1)\n',
        )
        self.assertEqual((self.options(5), self.said()), ([(0.0, 480)], ["-1"]))


class BesideTests(SceneTestCase):
    """Tasks with data, and events."""

    def test_the_route_runs_on_a_made_up_request_with_the_data(self) -> None:
        for call, group in (
            ('async_task_data("D", "hello $rU")', "default"),
            ('async_task_group_data("D", "g1", "hello $rU")', "g1"),
        ):
            self.play(
                f"""request_route {{ $avp(a) = "A"; {call}; xlog("$rc"); sl_send_reply("200", "OK"); }}
                route[D] {{ xlog("$async(data) $async(gname) $rm $avp(a)"); }}""",
                GROUP,
            )
            self.assertEqual(self.options(1), [(0.0, 200)])
            self.assertEqual(self.said(), ["1", f"hello bob {group} OPTIONS <null>"])

    def test_data_may_be_empty(self) -> None:
        self.play('request_route { async_task_data("D", ""); exit; } route[D] { xlog("|$async(data)|"); }')
        self.options(1)
        self.assertEqual(self.said(), ["||"])

    def test_it_wants_a_route_and_a_group_that_are_there(self) -> None:
        for call in ('async_task_data("NOWHERE", "x")', 'async_task_group_data("D", "g2", "x")'):
            self.play(f'request_route {{ {call}; xlog("$rc"); exit; }} route[D] {{ xlog("never"); }}')
            self.options(1)
            self.assertEqual(self.said(), ["-1"], call)

    def test_outside_of_tasks_there_is_none(self) -> None:
        self.play('request_route { xlog("$async(data) $async(gname)"); exit; }')
        self.options()
        self.assertEqual(self.said(), ["<null> <null>"])
        self.assertRaises(ConfigErrors, self.play, 'request_route { xlog("$async(nothing)"); }')

    def test_an_event_is_told_with_its_type_key_and_value(self) -> None:
        self.play(
            """request_route { async_tkv_emit("8000", "call", "from=$fU"); xlog("$rc"); exit; }
            event_route[core:tkv] { xlog("$atkv(type) $atkv(key) $atkv(val) $atkv(gname)"); }""",
            TKV,
        )
        self.options(1)
        self.assertEqual(self.said(), ["1", "8000 call from=alice default"])

    def test_it_fails_where_nobody_hears_it_or_the_value_is_too_long(self) -> None:
        heard = 'event_route[core:tkv] { xlog("heard"); }'
        for head, route, value in (("", heard, "v"), (TKV, "", "v"), (TKV, heard, "v" * 1025)):
            self.play(f'request_route {{ async_tkv_emit("1", "k", "{value}"); xlog("$rc"); exit; }} {route}', head)
            self.options(1)
            self.assertEqual(self.said(), ["-1"])
        self.play(f'request_route {{ async_tkv_emit("1", "k", "{"v" * 1024}"); exit; }} {heard}', TKV)
        self.options(1)
        self.assertEqual(self.said(), ["heard"])
