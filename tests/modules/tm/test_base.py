from __future__ import annotations

from typing import Any

from sipapp.interfaces.route import RouteType
from tests.modules.tm.scene import SceneTestCase


class BaseTests(SceneTestCase):
    def test_times_are_in_seconds_and_never_nothing(self) -> None:
        self.play("request_route { exit; }", 'modparam("tm", "fr_timer", 2500)\nmodparam("tm", "retr_timer1", 0)\n')
        times = self.tm.times
        self.assertEqual((times.fr, times.fr_inv, times.t1, times.t4), (2.5, 120.0, 0.001, 5.0))

    def test_a_run_that_does_not_wait_has_ended_when_it_returns(self) -> None:
        self.play('request_route { t_newtran(); } route[R] { xlog("ran"); }')
        self.options()
        ctx = self.tm.context(self.transactions[0], RouteType.REQUEST)
        self.assertIsNone(self.tm.run(self.sip.server.script.routes["R"], ctx))
        self.assertEqual(self.said(), ["ran"])

    def test_one_that_waits_fires_a_deferred_at_its_end(self) -> None:
        self.play('request_route { t_newtran(); } route[R] { pause("1000"); xlog("ran"); }')
        self.options()
        ctx = self.tm.context(self.transactions[0], RouteType.BRANCH)
        waiting = self.tm.run(self.sip.server.script.routes["R"], ctx)
        self.assertFalse(waiting.called)
        self.sip.advance(1)
        self.assertTrue(waiting.called)

    def test_cancelling_that_ends_the_run(self) -> None:
        self.play('request_route { t_newtran(); } route[R] { pause("1000"); xlog("never"); }')
        self.options()
        ctx = self.tm.context(self.transactions[0], RouteType.BRANCH)
        waiting = self.tm.run(self.sip.server.script.routes["R"], ctx)
        waiting.addErrback(lambda why: None)
        waiting.cancel()
        self.sip.advance(2)
        pause: Any = self.sip.server.modules["pause"]
        self.assertEqual((self.said(), pause.cancelled), ([], 1))

    def test_a_listener_that_fails_hurts_nobody_else(self) -> None:
        heard: list[Any] = []

        class Broken:
            def transaction_created(self, *_: Any) -> None:
                raise ValueError("a bug")

        class Fine:
            def transaction_created(self, t: Any, ctx: Any) -> None:
                heard.append(t.request.method)

        self.play('request_route { t_newtran(); t_reply("404", "x"); }')
        self.tm.on_event(Broken())
        self.tm.on_event(Fine())
        self.assertEqual((self.options(), heard), ([(0.0, 404)], [b"OPTIONS"]))
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_what_is_forgotten_twice_is_counted_once(self) -> None:
        self.play("request_route { t_newtran(); }")
        self.options()
        t = self.transactions[0]
        self.tm.forget(t)
        self.tm.forget(t)
        self.assertEqual(self.tm.counts.deleted, 1)
