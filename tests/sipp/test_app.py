"""What etc/app.cfg promises each user, and when."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.served import TOP, Caller, Served, free_ports


def app(test: SynchronousTestCase, callee: str | int = 0) -> Served:
    """etc/app.cfg on a port of its own; `callee` is the port that its relay user is at, perhaps with parameters."""
    text = (TOP / "etc" / "app.cfg").read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:5060", "127.0.0.1:@PORT@").replace("127.0.0.1:5080", "127.0.0.1:@CALLEE@")
    return Served(test, text, CALLEE=callee or free_ports()[0])


class AppTests(SynchronousTestCase):
    """Times are what the script says, and up to half a second more on a busy machine."""

    def setUp(self) -> None:
        self.server = app(self, 5081)

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

    def test_sleep_is_answered_after_a_quarter_of_a_second(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "sleep"), ["100", "404"])
            self.assertTrue(0.25 <= self.at < 0.75, self.at)

    def test_route_is_answered_after_a_second_in_a_route_of_its_own(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "route"), ["100", "404"])
            self.assertTrue(1.0 <= self.at < 1.5, self.at)

    def test_task_is_redirected_at_once(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "task"), ["100", "302"])
            self.assertIn("\r\nContact: <sip:task@127.0.0.1:5081>\r\n", self.message)
            self.assertLess(self.at, 0.5)

    def test_data_is_answered_at_once_and_worked_on_beside(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "data"), ["200"])
            self.assertLess(self.at, 0.5)
        self.server.wait_for("data: caller: alice, callee: data", 5)

    def test_tkv_is_answered_at_once_and_the_event_told(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "tkv"), ["200"])
            self.assertLess(self.at, 0.5)
        self.server.wait_for("event: 8000 call caller=alice;callee=tkv", 5)

    def test_anybody_else_is_not_found(self) -> None:
        for caller in self.each_transport():
            self.assertEqual(self.answers(caller, "nobody"), ["404"])
            self.assertEqual(caller.ask("MESSAGE", "sleep")[1], 404)

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
