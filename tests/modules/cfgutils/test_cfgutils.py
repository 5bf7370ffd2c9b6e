from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import Context
from sipapp.modules.cfgutils import Cfgutils
from tests.modules.stage import Server, context, made


class CfgutilsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.module = made(Cfgutils)
        self.module.start(self.server)

    def test_a_sleep_holds_its_route_for_its_time(self) -> None:
        sleep = self.module.sleep(2)
        assert isinstance(sleep, Deferred)
        self.server.clock.advance(1.9)
        self.assertNoResult(sleep)
        self.server.clock.advance(0.1)
        self.assertEqual(self.successResultOf(sleep), 1)

    def test_usleep_counts_microseconds(self) -> None:
        sleep = self.module.usleep(500000)
        assert isinstance(sleep, Deferred)
        self.server.clock.advance(0.5)
        self.assertEqual(self.successResultOf(sleep), 1)

    def test_no_time_is_no_wait(self) -> None:
        self.assertEqual([self.module.sleep(0), self.module.sleep(-1), self.module.usleep(0)], [1, 1, 1])

    def test_a_cancelled_sleep_is_not_woken(self) -> None:
        sleep = self.module.sleep(2)
        assert isinstance(sleep, Deferred)
        sleep.cancel()
        self.failureResultOf(sleep, CancelledError)
        self.server.clock.advance(2)
        self.assertEqual(self.server.clock.getDelayedCalls(), [])

    def test_abort_ends_the_process(self) -> None:
        ended: list[str] = []
        self.patch(os, "abort", lambda: ended.append("abort"))
        self.module.abort()
        self.assertEqual(ended, ["abort"])

    def test_a_route_is_run_by_name_where_it_exists(self) -> None:
        ran: list[Context] = []

        def function(ctx: Any) -> int:
            ran.append(ctx)
            return 7

        self.server.script.routes["THERE"] = SimpleNamespace(function=function)
        ctx = context(server=self.server)
        self.assertEqual(self.module.check_route_exists("THERE"), 1)
        self.assertEqual(self.module.check_route_exists("NOT"), -1)
        self.assertEqual(self.module.route_if_exists(ctx, "THERE"), 7)
        self.assertEqual(self.module.route_if_exists(ctx, "NOT"), -1)
        self.assertEqual(ran, [ctx])
