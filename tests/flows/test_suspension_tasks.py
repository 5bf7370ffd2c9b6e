"""async_task_route(), async_task_data(), async_tkv_emit(): at once, beside the call, and for whoever listens."""

from __future__ import annotations

from tests.flows.waiting import TIMERS, WaitingTestCase

GROUP = TIMERS + 'async_workers_group="name=g1;workers=1;nonblock=0;usleep=0"\n'
EVENTS = GROUP + 'async_tkv_gname="g1"\nasync_tkv_evcb="core:tkv"\n'


class TaskTests(WaitingTestCase):
    def test_a_task_goes_on_at_once_in_the_default_group(self) -> None:
        """G-49."""
        self.play(
            """request_route { async_task_route("RES"); xlog("never\\n"); }
            route[RES] { xlog("g=$async(gname)\\n"); t_reply("404","x"); }"""
        )
        self.options(1)
        self.assertEqual((self.answers, self.said()), ([(0.0, 404, b"x")], ["g=default"]))

    def test_a_task_goes_on_in_the_group_that_is_named(self) -> None:
        """G-49."""
        self.play(
            """request_route { async_task_group_route("RES","g1"); xlog("never\\n"); }
            route[RES] { xlog("g=$async(gname)\\n"); t_reply("404","x"); }""",
            GROUP,
        )
        self.options(1)
        self.assertEqual((self.answers, self.said()), ([(0.0, 404, b"x")], ["g=g1"]))

    def test_an_unknown_group_is_refused(self) -> None:
        """B.18, improved."""
        self.play(
            """request_route { async_task_group_route("RES","nobody"); xlog("rc=$rc\\n"); sl_send_reply("404","x"); }
            route[RES] { exit; }""",
        )
        self.options(1)
        self.assertEqual((self.answers, self.said()), ([(0.0, 404, b"x")], ["rc=-1"]))

    def test_tasks_need_no_async_workers(self) -> None:
        """G-50."""
        self.play('request_route { async_task_route("RES"); } route[RES] { t_reply("404","x"); }', "")
        self.options(1)
        self.assertEqual(self.answers, [(0.0, 404, b"x")])

    def test_data_is_worked_on_beside_the_call(self) -> None:
        """G-51."""
        self.play(
            """request_route {
                $avp(a)="A"; async_task_data("D","hello $rU"); xlog("rc=$rc\\n"); t_newtran(); t_reply("200","ok");
            }
            route[D] { xlog("$async(data)|$rm|$avp(a)\\n"); }"""
        )
        self.options(1, user="x")
        self.assertEqual(self.answers, [(0.0, 200, b"ok")])
        self.assertEqual(self.said(), ["rc=1", "hello x|OPTIONS|<null>"])

    def test_data_for_an_unknown_route_is_refused(self) -> None:
        """G-51."""
        self.play(
            """request_route {
                $var(r)="NOSUCH"; async_task_data("$var(r)","d"); xlog("rc=$rc\\n"); sl_send_reply("404","x");
            }"""
        )
        self.options(1)
        self.assertEqual(self.said(), ["rc=-1"])

    def test_an_event_is_told(self) -> None:
        """G-52."""
        self.play(
            """request_route { async_tkv_emit("8000","call","c=$fU"); xlog("rc=$rc\\n"); sl_send_reply("404","x"); }
            event_route[core:tkv] { xlog("$atkv(type) $atkv(key) $atkv(val) $atkv(gname)\\n"); }""",
            EVENTS,
        )
        self.options(1)
        self.assertEqual(self.said(), ["rc=1", "8000 call c=alice g1"])

    def test_without_a_group_for_them_events_are_refused(self) -> None:
        """G-52."""
        self.play(
            """request_route { async_tkv_emit("8000","call","c=$fU"); xlog("rc=$rc\\n"); sl_send_reply("404","x"); }
            event_route[core:tkv] { xlog("never\\n"); }""",
            EVENTS.replace('async_tkv_gname="g1"\n', ""),
        )
        self.options(1)
        self.assertEqual(self.said(), ["rc=-1"])

    def test_a_task_that_sleeps_holds_up_no_other(self) -> None:
        """G-53, improved."""
        self.play(
            """request_route { async_task_route("B"); }
            route[B] { sleep("1"); t_reply("404","x"); }""",
            modules=("cfgutils",),
        )
        for _ in range(3):
            self.alice.send("OPTIONS")
        self.sip.advance(5)
        self.assertEqual(self.answers, [(1.0, 404, b"x")] * 3)
