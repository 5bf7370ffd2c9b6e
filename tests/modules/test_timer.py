"""Routes switched on and off."""

from __future__ import annotations

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.modules.timer import Timer
from tests.modules.talk import TalkCase


class DefinitionTests(TalkCase):
    def facts(self, text: str) -> tuple[str, str, float, bool]:
        timer = Timer.parse(text)
        return timer.name, timer.route, timer.interval, timer.enable

    def test_definitions(self) -> None:
        for text, wanted in (
            ("t1=R,1000", ("t1", "R", 1.0, False)),
            ("t1= R , 10 ,slow,enable", ("t1", "R", 0.01, True)),
            ("t_1=R:x,2500,FAST, ENABLE ", ("t_1", "R:x", 2.5, True)),
            ("t1=R,5,slow,", ("t1", "R", 0.005, False)),
            ("t1=R,5,,", ("t1", "R", 0.005, False)),
        ):
            self.assertEqual(self.facts(text), wanted)

    def test_mistakes_are_refused(self) -> None:
        for wrong in (
            "",
            "t1",
            "t1=R",
            "=R,5",
            "t 1=R,5",
            "t1=,5",
            "t1=R,x",
            "t1=R,0",
            "t1=R,5,quick",
            "t1=R,5,slow,on",
        ):
            self.assertRaises(ConfigError, Timer.parse, wrong)


class TimerTests(TalkCase):
    modules = "timer cfgutils"
    head = """
        modparam("pv", "shvset", "log=s:")
        modparam("timer", "declare_timer", "fast=NOTE,500,fast,enable")
        modparam("timer", "declare_timer", "later=NOTE,1000,slow")
    """
    note = "route[NOTE] { $shv(log) = $shv(log) + @timer.executed + ' '; }".replace("'", '"')

    def log(self) -> str:
        return str(self.sip.rpc("pv.shvGet", "log")["value"])

    def test_an_enabled_timer_runs_from_the_start(self) -> None:
        self.serve("", routes=self.note)
        self.sip.advance(0.4)
        self.assertEqual(self.log(), "")
        self.sip.advance(1.2)
        self.assertEqual(self.log(), "fast fast fast ")

    def test_timers_are_switched_on_and_off(self) -> None:
        self.serve('timer_enable("fast", 0); timer_enable("later", 1); say("$rc");', routes=self.note)
        self.assertEqual(self.ask(), ["1"])
        self.sip.advance(2.5)
        self.assertEqual(self.log(), "later later ")

    def test_a_timer_that_is_on_already_is_not_put_off(self) -> None:
        self.serve('timer_enable("later", "1");', routes=self.note.replace("@timer.executed", '"x"'))
        self.ask()
        self.sip.advance(0.6)
        self.ask()
        self.sip.advance(0.41)
        self.assertEqual(self.log(), "x x x ")

    def test_selects_tell_what_is_on_and_what_runs(self) -> None:
        self.serve(
            """if (@timer.timer.fast.enabled == "1") say("fast"); if (@timer.timer.later.enabled == "0") say("off");
            if (@timer.executed == "") say("no timer");""",
            routes=self.note,
        )
        self.assertEqual(self.ask(), ["fast", "off", "no timer"])

    def test_a_timer_may_stop_itself(self) -> None:
        self.serve("", routes='route[NOTE] { $shv(log) = $shv(log) + "x"; timer_enable("fast", 0); }')
        self.sip.advance(5)
        self.assertEqual(self.log(), "x")

    def test_a_route_that_still_waits_is_not_started_again(self) -> None:
        self.serve(
            "", routes='route[NOTE] { $shv(log) = $shv(log) + "<"; usleep(1200000); $shv(log) = $shv(log) + ">"; }'
        )
        self.sip.advance(3.1)
        self.assertEqual(self.log(), "<><")

    def test_a_stopped_server_runs_nothing(self) -> None:
        self.serve("", routes=self.note)
        self.sip.close()
        self.assertEqual(self.sip.clock.getDelayedCalls(), [])

    def test_mistakes_are_refused_when_the_script_loads(self) -> None:
        for body, head, why in (
            ('timer_enable("none", 1);', "", "timer 'none' not declared"),
            ("", 'modparam("timer", "declare_timer", "fast=NOTE,10")', "timer 'fast' already exists"),
            ("", 'modparam("timer", "declare_timer", "x")', "not NAME=ROUTE"),
        ):
            self.assertIn(why, str(self.assertRaises(ConfigErrors, self.serve, body, head, self.note)))

    def test_a_route_that_there_is_not_keeps_the_server_from_starting(self) -> None:
        why = self.assertRaises(ConfigError, self.serve, "", routes="route[OTHER] { exit; }")
        self.assertIn("there is no route[NOTE]", str(why))
