from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, LocalError
from sipapp.modules import ratelimit
from sipapp.modules.ratelimit import Ratelimit
from sipapp.modules.ratelimit.pipes import parse_pipe, parse_queue
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context, made, request, response

CFG = """
loadmodule "sl" loadmodule "ratelimit"
modparam("ratelimit", "timer_interval", 1)
modparam("ratelimit", "pipe", "0:TAILDROP:2")
modparam("ratelimit", "queue", "0:OPTIONS")
request_route {
    if (!rl_check()) { sl_send_reply(503, "Limiting"); exit; }
    sl_send_reply(200, "OK");
}
"""


class RatelimitTests(SynchronousTestCase):
    def start(self, pipes: tuple[str, ...] = (), queues: tuple[str, ...] = (), **parameters: Any) -> tuple[Any, Any]:
        given = {"pipe": [parse_pipe(p) for p in pipes], "queue": [parse_queue(q) for q in queues], **parameters}
        module, server = made(Ratelimit, **given), Server()
        module.start(server)
        return module, server

    def test_a_script_limits_requests(self) -> None:
        sip = Harness(CFG)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        for wait in (0, 0, 0, 1, 0):
            alice.send("OPTIONS")
            sip.advance(wait)
        self.assertEqual(alice.statuses, [200, 200, 503, 503, 200])

    def test_messages_go_to_the_pipe_of_their_method(self) -> None:
        module, _ = self.start(("0:TAILDROP:100", "1:TAILDROP:0"), ("0:*", "1:bye"))
        self.assertEqual(module.rl_check(context(request("INVITE"))), 1)
        self.assertEqual(module.rl_check(context(request("BYE"))), -1)
        self.assertEqual(module.rl_check(context(response())), 1)
        module, _ = self.start(("0:TAILDROP:100",), ("0:BYE",))
        self.assertEqual(module.rl_check(context(response())), -1)

    def test_a_queue_may_lead_to_no_pipe(self) -> None:
        module, _ = self.start((), ("5:*",))
        self.assertEqual(module.rl_check(context()), 1)

    def test_a_pipe_can_be_named(self) -> None:
        module, _ = self.start(("1:TAILDROP:0",), ("0:*",))
        self.assertEqual(module.rl_check_pipe(context(), 1), -1)
        self.assertEqual(module.rl_check_forced(context(), 1), -1)
        self.assertEqual(module.rl_check_pipe(context(), -1), 1)
        for number in (5, 32, 1000):
            self.assertEqual(module.rl_check_pipe(context(), number), -1)

    def test_each_interval_starts_anew(self) -> None:
        module, server = self.start(("0:TAILDROP:1",), ("0:*",))
        self.assertEqual([module.rl_check(context()) for _ in range(11)][-2:], [1, -1])
        server.clock.advance(10)
        self.assertEqual(module.rl_check(context()), 1)
        self.assertEqual(module.rpc_stats()[0], "PIPE[0]: 11/1 (drop rate: 1)")
        self.assertEqual(module.rpc_get_pipes(), ["PIPE[0]: 2:TAILDROP 11/1 (drop rate: 1) [1]"])

    def test_feedback_follows_the_processors(self) -> None:
        module, server = self.start(("0:FEEDBACK:50",), ("0:*",))
        module.processors.load = lambda: 1.0
        server.clock.pump([10, 10])
        self.assertEqual(module.controller.drop_rate, 25)
        module.processors.load = lambda: None
        server.clock.advance(10)
        self.assertEqual(module.controller.drop_rate, 25)

    def test_network_follows_what_waits(self) -> None:
        self.patch(ratelimit, "waiting_bytes", lambda sockets: 501)
        module, server = self.start(("0:NETWORK:500",), ("0:*",))
        self.assertEqual(module.rl_check(context()), 1)
        server.clock.advance(10)
        self.assertEqual(module.rl_check(context()), -1)

    def test_what_cannot_be_is_refused(self) -> None:
        self.assertRaises(ConfigError, self.start, ("0:FEEDBACK:50", "1:FEEDBACK:60"))
        self.assertRaises(ConfigError, self.start, (), ("0:*",) * 33)

    def test_pipes_can_be_changed(self) -> None:
        module, _ = self.start(("0:TAILDROP:1", "1:FEEDBACK:50"), ("0:*",))
        module.rpc_set_pipe(0, "RED", 7)
        self.assertEqual(module.rpc_get_pipes()[0], "PIPE[0]: 1:RED 0/7 (drop rate: 0) [0]")
        for arguments, fault in (
            ((0, "FOO", 1), "Unknown algorithm"),
            ((32, "RED", 1), "Unknown pipe"),
            ((0, "FEEDBACK", 60), "Feedback limits don't match"),
        ):
            why = self.assertRaises(LocalError, module.rpc_set_pipe, *arguments)
            self.assertEqual(str(why), fault)
        self.assertEqual(module.rpc_get_pipes()[0], "PIPE[0]: 1:RED 0/7 (drop rate: 0) [0]")
        module.rpc_set_pipe(1, "FEEDBACK", 60)
        self.assertEqual(module.controller.setpoint, 0.6)

    def test_queues_can_be_changed(self) -> None:
        module, _ = self.start(("0:TAILDROP:1",), ("0:*", "1:INVITE"))
        module.rpc_set_queue(1, "bye", 2)
        self.assertEqual(module.rpc_get_queues(), ["QUEUE[0]: 0:*", "QUEUE[1]: 2:BYE"])
        for arguments, fault in (((1, "BYE", 32), "Invalid pipe number"), ((2, "BYE", 0), "MAX_QUEUES reached")):
            why = self.assertRaises(LocalError, module.rpc_set_queue, *arguments)
            self.assertEqual(str(why), fault)

    def test_the_controller_can_be_changed(self) -> None:
        module, _ = self.start(("0:FEEDBACK:50",))
        self.assertEqual(module.rpc_get_pid(), "ki[-25.000000] kp[0.000000] kd[0.000000] ")
        module.rpc_set_pid(0.0, -10.0, 0.5)
        self.assertEqual(module.rpc_get_pid(), "ki[0.000000] kp[-10.000000] kd[0.500000] ")
        module.rpc_push_load(1.0)
        self.assertEqual(module.controller.drop_rate, 4)
        for load in (-0.1, 1.1):
            self.assertRaises(LocalError, module.rpc_push_load, load)

    def test_counters_are_logged_on_request(self) -> None:
        module, server = self.start(("0:TAILDROP:1",), ("0:*",))
        lines: list[str] = []
        self.patch(ratelimit.log, "warn", lambda text, counters: lines.append(counters))
        server.clock.advance(10)
        module.rpc_set_dbg(1)
        module.rl_check(context())
        server.clock.advance(10)
        self.assertEqual(lines, ["    1" + "    0" * 31])

    def test_nothing_is_left_when_it_stops(self) -> None:
        module, server = self.start()
        module.stop()
        self.assertEqual(server.clock.getDelayedCalls(), [])
