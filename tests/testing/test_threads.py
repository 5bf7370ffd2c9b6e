"""sipapp/testing/threads.py: functions that block, in tests of scripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.testing.harness import Harness
from sipapp.testing.threads import Threads

MODULE = """
from sipapp.module import ScriptError, module, script_function

@module("slowness")
class Slowness:
    @script_function(blocking=True)
    def slow_double(self, number: int, word: str = "times") -> int:
        if number < 0:
            raise ScriptError("negative", -3)
        return number * 2 if word == "times" else -1
"""


class ThreadsTests(SynchronousTestCase):
    def test_a_call_is_made_when_the_clock_moves(self) -> None:
        clock = Clock()
        waiting = Threads(clock).run(int, "5")
        self.assertNoResult(waiting)
        clock.advance(0)
        self.assertEqual(self.successResultOf(waiting), 5)

    def test_a_failure_comes_out_and_a_cancelled_call_is_not_made(self) -> None:
        clock = Clock()
        made: list[Any] = []
        wrong, cancelled = Threads(clock).run(int, "x"), Threads(clock).run(made.append, 1)
        cancelled.cancel()
        clock.advance(0)
        self.failureResultOf(wrong, ValueError)
        self.failureResultOf(cancelled, CancelledError)
        self.assertEqual(made, [])


class BlockingFunctionTests(SynchronousTestCase):
    def setUp(self) -> None:
        path = Path(self.mktemp() + ".py").absolute()
        path.parent.mkdir(parents=True, exist_ok=True)
        path = path.with_name("slowness.py")
        path.write_text(MODULE)
        self.addCleanup(sys.modules.pop, "sipapp.modules.slowness", None)
        self.head = f'loadmodule "sl" loadmodule "pv" loadmodule "tm" loadmodule "{path}"\n'

    def served(self, body: str) -> tuple[Harness, Any]:
        sip = Harness(f"{self.head}request_route {{ {body} }}")
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(0)
        return sip, alice

    def test_the_script_waits_for_its_answer(self) -> None:
        sip, alice = self.served('$var(x) = slow_double(21); sl_send_reply("200", "$var(x)");')
        sip.advance(0)
        self.assertEqual(alice.messages[0].reason, b"42")
        self.assertEqual(sip.rpc("async.stats")["slow_double"]["finished"], 1)

    def test_a_script_error_is_its_code_and_defaults_count(self) -> None:
        sip, alice = self.served(
            'slow_double(-1); $var(a) = $rc; slow_double(1, "x"); sl_send_reply("200", "$var(a) $rc");'
        )
        sip.advance(0)
        self.assertEqual(alice.messages[0].reason, b"-3 -1")

    def test_it_may_be_wrapped_in_async(self) -> None:
        sip = Harness(
            f'{self.head}request_route {{ async(slow_double(4), R); }} route[R] {{ sl_send_reply("200", "$rc"); }}'
        )
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.1:5060")
        alice.send("OPTIONS")
        sip.advance(0)
        sip.advance(0)
        self.assertEqual(alice.messages[0].reason, b"8")  # type: ignore[union-attr]
