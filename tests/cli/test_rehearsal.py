"""sipapp/cli/rehearsal.py: a server without a socket."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

from twisted.internet.endpoints import TCP4ClientEndpoint, UNIXClientEndpoint
from twisted.internet.error import ConnectError
from twisted.internet.protocol import Factory
from twisted.internet.threads import deferToThreadPool
from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble_text
from sipapp.cli.rehearsal import Rehearsal, _Alone
from sipapp.interfaces.transport import Flow
from tests.cli.texts import INVITE

MODULES = "".join(f'loadmodule "{name}"\n' for name in ("sl", "tm", "pv", "async", "corex"))
DATA = INVITE.replace("\n", "\r\n").encode()


class RehearsalTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.names: list[tuple[str, str]] = []

    def rehearse(self, script: str, answer: int = 0, proto: str = "udp") -> Rehearsal:
        """Run the message through the script's request_route."""

        def sent(data: bytes, flow: Flow) -> None:
            line = data.split(b"\r\n")[0].decode()
            self.sent.append((line, f"{flow.socket.text.decode()} > {flow.host}:{flow.port}"))

        made = Rehearsal(
            assemble_text(MODULES + script), sent, lambda name, address: self.names.append((name, address)), answer
        )
        self.addCleanup(made.close)
        made.receive(DATA, proto, "192.0.2.7", 5070)
        return made

    def test_what_would_be_sent_is_told(self) -> None:
        self.rehearse('request_route { sl_send_reply(200, "OK"); }')
        self.assertEqual(self.sent, [("SIP/2.0 200 OK", "udp:192.0.2.100:5060 > 192.0.2.7:5070")])

    def test_the_sockets_are_those_of_the_script_and_names_of_ours_are_not_looked_up(self) -> None:
        script = (
            'listen=tcp:198.51.100.1:5061\nlisten=udp:sip.example.net:5062\nrequest_route { sl_send_reply(200, "OK"); }'
        )
        self.rehearse(script)
        self.rehearse(script, proto="tcp")
        self.assertEqual(
            [where for _, where in self.sent],
            ["udp:192.0.2.100:5062 > 192.0.2.7:5070", "tcp:198.51.100.1:5061 > 192.0.2.7:5070"],
        )

    def test_backends_are_out_of_reach_and_the_script_is_told_so(self) -> None:
        script = """loadmodule "http_client" loadmodule "exec"
            request_route {
                $var(h) = http_client_query("http://192.0.2.80/", "$var(body)");
                $var(e) = exec_cmd("ls /");
                sl_send_reply(200, (str)$var(h) + " " + $var(e));
            }"""
        self.rehearse(script)
        self.assertEqual(self.sent[-1][0], "SIP/2.0 200 7 -1")

    def test_names_are_given_addresses(self) -> None:
        self.rehearse('request_route { $ru = "sip:x@a.example"; append_branch("sip:x@b.example"); t_relay(); }')
        self.assertEqual(self.names, [("a.example", "203.0.113.1"), ("b.example", "203.0.113.2")])
        self.assertEqual(
            self.sent[-2:],
            [
                ("INVITE sip:x@a.example SIP/2.0", "udp:192.0.2.100:5060 > 203.0.113.1:5060"),
                ("INVITE sip:x@b.example SIP/2.0", "udp:192.0.2.100:5060 > 203.0.113.2:5060"),
            ],
        )

    def test_time_passes_when_it_may(self) -> None:
        made = self.rehearse('request_route { async_sleep(5); sl_send_reply(404, "No"); }')
        self.assertEqual([wait.function for wait in made.waiting()], ["async_sleep"])
        self.assertFalse(made.step(latest=0.0))
        while made.step(latest=5.0):
            pass
        self.assertEqual(made.waiting(), [])
        self.assertEqual(made.clock.seconds(), 5.0)
        self.assertEqual([line for line, _ in self.sent][-1], "SIP/2.0 404 No")

    def test_requests_may_be_answered(self) -> None:
        self.rehearse(
            'request_route { $ru = "sip:x@203.0.113.9"; t_on_failure("F"); t_relay(); }\n'
            'failure_route[F] { t_reply(480, "Gone"); }',
            answer=486,
        )
        self.assertEqual(
            [line.split(" sip:")[0] for line, _ in self.sent],
            ["SIP/2.0 100 trying -- your call is important to us", "INVITE", "ACK", "SIP/2.0 480 Gone"],
        )


class AloneTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reactor = _Alone()
        self.heard: list[Any] = []

    def test_work_for_a_thread_is_done_at_once(self) -> None:
        found = deferToThreadPool(self.reactor, self.reactor.getThreadPool(), pow, 2, 5)  # type: ignore[arg-type]
        self.assertEqual(self.successResultOf(found), 32)
        failed = deferToThreadPool(self.reactor, self.reactor.getThreadPool(), int, "x")  # type: ignore[arg-type]
        self.failureResultOf(failed, ValueError)
        self.reactor.callInThread(self.heard.append, 1)
        self.assertEqual(self.heard, [1])

    def test_a_thread_is_waited_for(self) -> None:
        thread = Thread(target=self.reactor.callFromThread, args=(self.heard.append, 1))
        self.assertFalse(self.reactor.hear_threads())
        ending = Event()
        waiting = Thread(target=ending.wait)
        waiting.start()
        thread.start()
        self.assertTrue(self.reactor.hear_threads())
        ending.set()
        thread.join()
        waiting.join()
        self.assertEqual(self.heard, [1])

    def test_there_is_no_network(self) -> None:
        for endpoint in (TCP4ClientEndpoint(self.reactor, "192.0.2.9", 80), UNIXClientEndpoint(self.reactor, "/x")):
            trying = endpoint.connect(Factory())
            self.reactor.advance(0)
            self.failureResultOf(trying, ConnectError)
