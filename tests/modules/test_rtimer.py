"""Routes from time to time."""

from __future__ import annotations

from sipapp.errors import ConfigError, ConfigErrors
from tests.modules.talk import TalkCase


class RtimerTests(TalkCase):
    modules = "rtimer cfgutils"

    def log(self) -> str:
        """What the routes have written into $shv(log)."""
        return str(self.sip.rpc("pv.shvGet", "log")["value"])

    def timers(self, *definitions: str, routes: str = "") -> None:
        head = "\n".join(
            f'modparam("rtimer", "{kind}", "{text}")' for kind, text in (d.split(" ", 1) for d in definitions)
        )
        self.serve("", head='modparam("pv", "shvset", "log=s:")\n' + head, routes=routes)

    def test_a_route_runs_after_each_interval(self) -> None:
        self.timers(
            "timer name=t;interval=10", "exec timer=T;route=R", routes='route[R] { $shv(log) = $shv(log) + "x"; }'
        )
        self.sip.advance(9.9)
        self.assertEqual(self.log(), "")
        self.sip.advance(0.1)
        self.assertEqual(self.log(), "x")
        self.sip.advance(25)
        self.assertEqual(self.log(), "xxx")

    def test_intervals_are_in_microseconds_too_or_the_default(self) -> None:
        self.serve(
            "",
            head="""
                modparam("pv", "shvset", "log=s:")
                modparam("rtimer", "timer", "name=u;interval=250000u") modparam("rtimer", "exec", "timer=u;route=U")
                modparam("rtimer", "default_interval", 2)
                modparam("rtimer", "timer", "name=d") modparam("rtimer", "exec", "timer=d;route=D")
                modparam("rtimer", "default_interval", 500)
            """,
            routes='route[U] { $shv(log) = $shv(log) + "u"; } route[D] { $shv(log) = $shv(log) + "d"; }',
        )
        self.sip.advance(1)
        self.assertEqual(self.log(), "uuuu")
        self.sip.advance(1)
        self.assertEqual(self.log().replace("u", ""), "d")

    def test_the_routes_of_a_timer_run_one_after_another_the_youngest_first(self) -> None:
        self.timers(
            "timer name=t;interval=10",
            "exec timer=t;route=A",
            "exec timer=t;route=B",
            routes="""
                route[A] { $shv(log) = $shv(log) + "a" + $(rm{s.substr,0,1}) + $si; }
                route[B] { $shv(log) = $shv(log) + "b"; sleep(2); $shv(log) = $shv(log) + "B"; exit; }
            """,
        )
        self.sip.advance(11)
        self.assertEqual(self.log(), "b")
        self.sip.advance(1)
        self.assertEqual(self.log(), "bBaO127.0.0.1")

    def test_a_route_that_still_waits_is_not_started_again(self) -> None:
        self.timers(
            "timer name=t;interval=1",
            "exec timer=t;route=R",
            routes='route[R] { $shv(log) = $shv(log) + "<"; usleep(2500000); $shv(log) = $shv(log) + ">"; }',
        )
        self.sip.advance(7.4)
        self.assertEqual(self.log(), "<><><")

    def test_rounds_beside_each_other_have_numbers(self) -> None:
        self.timers(
            "timer name=t;interval=5;mode=3",
            "exec timer=t;route=R",
            routes='route[R] { $shv(log) = $shv(log) + $rtimer_worker; sleep(1); $shv(log) = $shv(log) + "."; }',
        )
        self.sip.advance(6)
        self.assertEqual(self.log(), "012...")

    def test_a_stopped_server_runs_nothing(self) -> None:
        self.timers("timer name=t;interval=1", "exec timer=t;route=R", routes="route[R] { exit; }")
        self.sip.close()
        self.assertEqual(self.sip.clock.getDelayedCalls(), [])

    def test_outside_of_timers_the_worker_is_0(self) -> None:
        self.assertEqual(self.run_script('say("$rtimer_worker");'), ["0"])

    def test_mistakes_are_refused_when_the_script_loads(self) -> None:
        for wrong, why in (
            (["timer interval=5"], "invalid timer name"),
            (["timer name=t;interval=x"], "interval must be a number"),
            (["timer name=t;mode=x"], "mode must be a number"),
            (["timer name=t", "timer name=T"], "duplicate timer with same name: T"),
            (["exec timer=none;route=R"], "timer not found - name: none"),
            (["timer name=t", "exec timer=t"], "no route"),
        ):
            self.assertIn(why, str(self.assertRaises(ConfigErrors, self.timers, *wrong)))

    def test_a_route_that_there_is_not_keeps_the_server_from_starting(self) -> None:
        why = self.assertRaises(ConfigError, self.timers, "timer name=t", "exec timer=t;route=NONE")
        self.assertIn("there is no route[NONE]", str(why))
