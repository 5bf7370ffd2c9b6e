"""What etc/app.cfg promises each user, and when, over UDP and TCP."""

from __future__ import annotations

import re
import socket
from functools import cache
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from tests.served import TOP, Caller, Served, Standin, free_ports


def app(test: Any, callee: str | int = 0, children: int = 1) -> Served:
    """etc/app.cfg on a port of its own; `callee` is the port that its relay user is at, perhaps with parameters;
    children: worker processes."""
    text = (TOP / "etc" / "app.cfg").read_text(encoding="utf-8")
    if children > 1:
        text = f"children={children}\n{text}"
    text = text.replace("127.0.0.1:5060", "127.0.0.1:@PORT@").replace("127.0.0.1:5080", "127.0.0.1:@CALLEE@")
    return Served(test, text, CALLEE=callee or free_ports()[0])


@cache
def shared_app() -> tuple[Served, int]:
    """One for all these tests, and the port that it relays to."""
    callee = free_ports()[0]
    return app(Standin.until_exit(), callee), callee


class Callee:
    """Whoever etc/app.cfg relays to, over UDP."""

    def __init__(self, test: Any, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        test.addCleanup(self.socket.close)
        self.socket.bind(("127.0.0.1", port))
        self.socket.settimeout(5)
        self.port = port

    def takes(self, method: str, *answers: str) -> str:
        """The next request, which must be of this method, after it has been answered."""
        data, source = self.socket.recvfrom(65535)
        request = data.decode()
        if not request.startswith(f"{method} "):
            raise AssertionError(f"wanted {method}, got {request}")
        kept = re.findall(r"(?m)^(?:Via|Record-Route|From|Call-ID|CSeq):.*\r\n", request)
        to = fields(request, "To")[0]
        for answer in answers:
            head = f"SIP/2.0 {answer}\r\n{''.join(kept)}To: {to}{'' if ';tag=' in to else ';tag=callee'}\r\n"
            self.socket.sendto(f"{head}Contact: <sip:bob@127.0.0.1:{self.port}>\r\n\r\n".encode(), source)
        return request


def fields(message: str, name: str) -> list[str]:
    """The values of the header fields of this name."""
    return re.findall(rf"(?m)^{name}: *(.*?) *\r$", message)


class AppTests(SynchronousTestCase):
    """Times are what the script says, and up to half a second more on a busy machine."""

    def setUp(self) -> None:
        self.server, self.callee_port = shared_app()

    def each_transport(self) -> list[Caller]:
        return [Caller(self, self.server.port, proto) for proto in ("udp", "tcp")]

    def answers(self, caller: Caller, user: str) -> list[str]:
        """What an INVITE to the user gets, up to its final answer: statuses."""
        caller.send("INVITE", user)
        found: list[str] = []
        while not found or found[-1] < "200":
            self.at, self.message = caller.receive()
            self.assertTrue(self.message, f"{user}: no answer")
            found.append(self.message.split()[1])
        return found

    def logged(self, text: str) -> None:
        """For each transport once."""
        self.server.wait_for(text, 5, times=2)

    def test_it_starts_without_a_warning(self) -> None:
        self.assertIn(
            f"listening on udp:127.0.0.1:{self.server.port} tcp:127.0.0.1:{self.server.port}", self.server.log
        )
        before = self.server.log.partition("listening on")[0]
        self.assertNotRegex(before, r"#(warn|error|critical)|<script>")

    def test_sleep_is_answered_after_a_quarter_of_a_second(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "sleep"), ["100", "404"])
            self.assertTrue(0.25 <= self.at < 0.75, self.at)

    def test_route_is_answered_after_a_second_in_a_route_of_its_own(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "route"), ["100", "404"])
            self.assertTrue(1.0 <= self.at < 1.5, self.at)

    def test_a_call_that_waits_may_be_given_up(self) -> None:
        for caller in self.each_transport():
            caller.send("INVITE", "route")
            caller.receive()
            caller.cancel()
            found = sorted(caller.receive()[1].splitlines()[0] for _ in range(2))
            self.assertEqual(found, ["SIP/2.0 200 ok -- no more pending branches", "SIP/2.0 487 Request canceled"])

    def test_task_is_redirected_at_once(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "task"), ["100", "302"])
            self.assertEqual(fields(self.message, "Contact"), [f"<sip:task@127.0.0.1:{self.callee_port}>"])
            self.assertLess(self.at, 0.5)

    def test_data_is_answered_at_once_and_worked_on_beside(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "data"), ["200"])
            self.assertLess(self.at, 0.5)
        self.logged("data: caller: alice, callee: data")

    def test_tkv_is_answered_at_once_and_the_event_told(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "tkv"), ["200"])
            self.assertLess(self.at, 0.5)
        self.logged("event: 8000 call caller=alice;callee=tkv")

    def test_relay_is_a_proxy_for_the_whole_call(self) -> None:
        callee = Callee(self, self.callee_port)
        for caller in self.each_transport():
            call_id = caller.send("INVITE", "relay")
            invite = callee.takes("INVITE", "180 Ringing", "200 OK")
            self.assertEqual(fields(invite, "Max-Forwards"), ["69"])
            self.assertEqual(len(fields(invite, "Via")), 2)
            answers = [caller.receive()[1] for _ in range(3)]
            self.assertEqual([answer.split()[1] for answer in answers], ["100", "180", "200"])
            self.assertEqual(fields(answers[2], "Contact"), [f"<sip:bob@127.0.0.1:{self.callee_port}>"])
            # The transports differ: two Record-Route values. The caller's Route set is in the opposite order.
            routes = [f"Route: {value}" for value in reversed(fields(answers[2], "Record-Route"))]
            self.assertTrue(routes)
            target = f"sip:bob@127.0.0.1:{self.callee_port}"
            caller.send("ACK", "relay", *routes, call_id=call_id, to_tag="callee", uri=target)
            ack = callee.takes("ACK")
            self.assertEqual((ack.split()[1], fields(ack, "Route")), (target, []))
            caller.send("BYE", "relay", *routes, call_id=call_id, to_tag="callee", uri=target)
            self.assertEqual(callee.takes("BYE", "200 OK").split()[1], target)
            self.assertEqual(caller.final()[1].split()[1], "200")

    def test_anybody_else_is_not_found(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "nobody"), ["404"])
            self.assertEqual(caller.ask("MESSAGE", "sleep")[1], 404)

    def test_within_a_dialog_that_went_another_way_nobody_is_found(self) -> None:
        for caller in self.each_transport():
            caller.send("BYE", to_tag="stranger")
            self.assertEqual(caller.final()[1].split()[1], "404")
            caller.send("ACK", to_tag="stranger")
            self.assertEqual(caller.receive(0.1)[1], "")

    def test_options_are_answered(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(caller.ask("OPTIONS")[1], 200)

    def test_a_request_that_has_no_hops_left_goes_no_further(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(caller.ask("OPTIONS", "bob", "Max-Forwards: 0")[1], 483)

    def test_waiting_callers_hold_nobody_up(self) -> None:
        waiting = Caller(self, self.server.port)
        waiting.send("INVITE", "route")
        at, status = Caller(self, self.server.port).ask("OPTIONS")
        self.assertEqual(status, 200)
        self.assertLess(at, 0.5)
