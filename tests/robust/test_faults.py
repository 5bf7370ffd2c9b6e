"""What goes wrong around a call leaves a line in the log with its place in the script, an answer, and a server that
serves the next call. A real server, over UDP and TCP."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.served import SIPAPP, TWISTD, Caller, Finished, Served, Standin, free_ports, run

HERE = Path(__file__).resolve().parent


@cache
def shared() -> Served:
    """One server for all these tests: it must survive them all. Nobody listens at CLOSED."""
    text = (HERE / "faults.cfg").read_text(encoding="utf-8")
    return Served(Standin.until_exit(), text, FAULTY=str(HERE / "faulty.py"), CLOSED=free_ports()[0])


class ServedTestCase(SynchronousTestCase):
    """It serves after each test as before."""

    def setUp(self) -> None:
        self.server = shared()
        self.addCleanup(self.still_serves)

    def still_serves(self) -> None:
        for proto in ("udp", "tcp"):
            self.assertEqual(Caller(self, self.server.port, proto).ask("OPTIONS")[1], 200)


class FaultTests(ServedTestCase):
    """What a script runs into."""

    def line_of(self, statement: str) -> str:
        """Where the script has it: `app.cfg:27`."""
        before = self.server.script.read_text().partition(statement)[0]
        return f"app.cfg:{before.count(chr(10)) + 1}"

    def call(self, user: str) -> list[tuple[float, str]]:
        """What an INVITE is answered, over both transports: after how long (s), and the start line."""
        found = []
        for proto in ("udp", "tcp"):
            caller = Caller(self, self.server.port, proto)
            caller.send("INVITE", user)
            at, message = caller.final()
            found.append((at, message.partition("\r\n")[0]))
        return found

    def logged(self, *texts: str) -> None:
        """Two lines with all of these, one for each transport."""
        self.server.wait_for(texts[0], 5)
        lines = [line for line in self.server.log.splitlines() if all(text in line for text in texts)]
        self.assertEqual(len(lines), 2, f"{texts}\n{self.server.log[-3000:]}")

    def bug(self, user: str, statement: str, error: str) -> None:
        for at, answer in self.call(user):
            self.assertEqual(answer, "SIP/2.0 500 Server Internal Error")
            self.assertLess(at, 0.5)
        self.logged(self.line_of(statement), error, "in request_route", "call ")
        self.assertIn(f"{self.line_of(statement).replace(':', chr(34) + ', line ')}, in request_route", self.server.log)

    def test_a_function_that_raises(self) -> None:
        self.bug("raises", "raises();", "ZeroDivisionError('integer division or modulo by zero')")

    def test_a_deferred_that_fails(self) -> None:
        self.bug("fails", "fails_later();", "ZeroDivisionError('integer division or modulo by zero')")

    def test_a_coroutine_that_raises(self) -> None:
        self.bug("breaks", "breaks();", "KeyError('backend')")

    def test_a_function_that_answers_what_it_may_not(self) -> None:
        self.bug("odd", "odd();", "TypeError('a script function answered <object object")

    def test_a_backend_that_never_answers(self) -> None:
        for at, answer in self.call("silent"):
            self.assertEqual(answer, "SIP/2.0 408 Request Timeout")
            self.assertTrue(1.0 <= at < 1.5, at)
        self.logged(self.line_of("silent();"), "silent(): ended after 1 s (suspend_timeout), call ")

    def test_an_unresolvable_host(self) -> None:
        for _, answer in self.call("nohost"):
            self.assertEqual(answer, "SIP/2.0 478 Unresolvable destination (478/SL)")
        self.logged(self.line_of("t_relay()"), "nowhere.invalid has no address")

    def test_a_next_hop_that_refuses_connections(self) -> None:
        for at, answer in self.call("tcp"):
            self.assertEqual(answer, "SIP/2.0 500 Service Unavailable")
            self.assertLess(at, 0.5)
        self.logged(self.line_of("t_relay()"), "Connection refused")

    def test_a_next_hop_where_nobody_is(self) -> None:
        for at, answer in self.call("udp"):
            self.assertEqual(answer, "SIP/2.0 408 Request Timeout")
            self.assertTrue(1.0 <= at < 1.5, at)
        self.logged(self.line_of("t_relay()"), "no answer")


class MalformedTests(ServedTestCase):
    """What no script sees: the log says who sent it, and what is wrong."""

    def refused(self, data: str, logged: str) -> str:
        """The start line of the answer, "" for none, over UDP."""
        caller = Caller(self, self.server.port)
        caller.send_raw(data.replace("@", f"127.0.0.1:{caller.port}").encode())
        answer = caller.receive(0.5)[1].partition("\r\n")[0]
        self.server.wait_for(f"127.0.0.1:{caller.port}> {logged}", 5)
        return answer

    VIA = "Via: SIP/2.0/UDP @;branch=z9hG4bK1\r\n"
    REST = "From: <sip:a@>;tag=1\r\nTo: <sip:b@>\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n"

    def test_a_request_without_a_mandatory_field(self) -> None:
        answer = self.refused(f"INVITE sip:b@ SIP/2.0\r\n{self.VIA}{self.REST}", "refused: Missing CSeq")
        self.assertEqual(answer, "SIP/2.0 400 Missing CSeq")

    def test_a_request_whose_field_cannot_be_read(self) -> None:
        data = f"INVITE sip:b@ SIP/2.0\r\n{self.VIA}CSeq: one INVITE\r\n{self.REST}"
        self.assertEqual(self.refused(data, "refused: Bad CSeq"), "SIP/2.0 400 Bad CSeq")

    def test_a_request_that_nobody_could_answer(self) -> None:
        data = f"INVITE sip:b@ SIP/2.0\r\nVia: ???\r\nCSeq: 1 INVITE\r\n{self.REST}"
        self.assertEqual(self.refused(data, "refused: Bad Via"), "")

    def test_what_is_no_message(self) -> None:
        self.assertEqual(self.refused("what is this supposed to be?\r\n\r\n", "are no message"), "")


class MistakeTests(SynchronousTestCase):
    """A script with ten mistakes: all are told at their places, and nothing starts."""

    EXPECTED = [
        "2:7: debug takes an integer, not the text 'much'",
        '3:22: a port is expected, not "notaport"',
        '5:1: loadmodule "nosuchmodule": no such module',
        '8:1: modparam("tm", "fr_timer"): must be a number, got "soon"',
        '9:1: modparam("tm", "fr_timeout"): no such parameter; did you mean "fr_timer"?',
        '12:9: is_methd(): no such function; did you mean "is_method"?',
        "13:9: sl_send_reply() takes 2 arguments, got 1",
        "16:5: route(NOWHERE): there is no route[NOWHERE]",
        "17:5: $nosuch: no such variable",
        '18:20: ")" is expected, not "{"',
    ]

    def found(self, done: Finished) -> list[str]:
        self.assertEqual(done.status, 1)
        self.assertNotIn("Traceback", done.output)
        return re.findall(r"(?m)^mistakes\.cfg:(\d+:\d+: .*)$", done.output)

    def test_sipapp_check_tells_them_all_and_fails(self) -> None:
        self.assertEqual(self.found(run([*SIPAPP, "check", "mistakes.cfg"], HERE)), self.EXPECTED)

    def test_so_does_the_server(self) -> None:
        self.assertEqual(self.found(run([*TWISTD, "-c", "mistakes.cfg"], HERE)), self.EXPECTED)
