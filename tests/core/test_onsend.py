"""sipapp/core/onsend.py: onsend_route before forward() sends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import CancelledError, ensureDeferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.core.onsend import may_be_sent
from sipapp.testing.harness import Harness
from sipapp.testing.peer import Peer
from tests.core.script import Script


class OnsendTests(SynchronousTestCase):
    def start(self, onsend: str, request_route: str = "forward();") -> tuple[Peer, Peer]:
        """Alice's OPTIONS for bob."""
        sip = Harness(
            '#!KAMAILIO\nloadmodule "pv"\nloadmodule "sl"\n'
            f"request_route {{ {request_route} }}\nonsend_route {{ {onsend} }}"
        )
        self.addCleanup(sip.close)
        alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.7:5070")
        alice.send("OPTIONS", "sip:bob@192.0.2.7:5070")
        for _ in range(3):
            sip.advance(0)
        return alice, bob

    def test_what_it_does_not_drop_is_sent(self) -> None:
        _, bob = self.start("$var(x) = 1;")
        self.assertEqual(len(bob.messages), 1)

    def test_what_it_drops_is_not_and_forward_is_false(self) -> None:
        alice, bob = self.start("drop;", 'if (!forward()) sl_send_reply("403", "Dropped");')
        self.assertEqual(bob.messages, [])
        self.assertEqual(alice.statuses, [403])

    def test_it_sees_where_to_and_what(self) -> None:
        _, bob = self.start("if (to_ip == 192.0.2.7 && to_port == 5070 && msg:len > 100 && $rm == 'OPTIONS') drop;")
        self.assertEqual(bob.messages, [])

    def test_it_has_the_runs_variables(self) -> None:
        _, bob = self.start("if ($avp(a) == 1 && $var(b) == 2) drop;", "$avp(a) = 1; $var(b) = 2; forward();")
        self.assertEqual(bob.messages, [])

    def test_without_one_everything_is_sent(self) -> None:
        ctx: Any = SimpleNamespace(server=SimpleNamespace(script=SimpleNamespace(onsend_route=None)))
        flow: Any = None
        with self.assertRaises(StopIteration) as caught:
            may_be_sent(ctx, b"", flow).send(None)
        self.assertIs(caught.exception.value, True)

    def test_where_it_waits_and_the_run_is_cancelled_it_is_too(self) -> None:
        script = Script("$var(x) = 1;")
        runs: list[Any] = []

        def execute(route: Any, ctx: Any, done: Any) -> None:
            ctx.run = SimpleNamespace(cancel=lambda: runs.append("cancelled"))

        server: Any = SimpleNamespace(script=SimpleNamespace(onsend_route=object()), execute=execute)
        script.ctx.server = server
        flow: Any = script.ctx.message.flow
        waiting = ensureDeferred(may_be_sent(script.ctx, b"", flow))
        waiting.cancel()
        self.assertEqual(runs, ["cancelled"])
        self.failureResultOf(waiting, CancelledError)

    def test_a_mistake_in_it_drops_nothing(self) -> None:
        _, bob = self.start("$var(x) = 1 / 0;")
        self.assertEqual(len(bob.messages), 1)
