"""sipapp/cli/account.py: a script's doings in lines of text."""

from __future__ import annotations

import io
import sys
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.cli.account import Account
from sipapp.errors import Position
from sipapp.interfaces.script import Value
from sipapp.interfaces.trace import ITrace, Step
from sipapp.interfaces.transport import Flow, Socket
from sipapp.message.parse import parse
from sipapp.script.runtime import CallSite
from tests.cli.texts import INVITE

DATA = INVITE.replace("\n", "\r\n").encode()
NOBODY: Any = None
STEP = Step(Position("nosuch.cfg", 4, 3), "route[A]", "assign")


class Running:
    """A rehearsal in which no time passes."""

    class clock:  # noqa: N801
        @staticmethod
        def seconds() -> float:
            return 0.0


class AccountTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.out = io.StringIO()
        self.patch(sys, "stdout", self.out)
        self.account = Account(parse(DATA))

    def lines(self) -> list[str]:
        return [line.strip() for line in self.out.getvalue().splitlines()]

    def assigned(self, value: Value) -> str:
        self.account.assigned(NOBODY, STEP, b"$var(x)", value)
        return self.lines()[-1]

    def test_it_is_a_trace(self) -> None:
        self.assertTrue(verifyObject(ITrace, self.account))

    def test_values_look_as_in_the_script(self) -> None:
        self.assertEqual(self.assigned(5), "$var(x) = 5")
        self.assertEqual(self.assigned(None), "$var(x) = $null")
        self.assertEqual(self.assigned(b'a\r\n\xff"'), '$var(x) = "a\\r\\n\\xff""')

    def test_the_route_is_named_when_it_changes(self) -> None:
        for route in ("route[A]", "route[A]", "route[B]"):
            self.account.statement(NOBODY, STEP._replace(route=route))
        self.assertEqual(
            self.lines(), ["route[A]:", "nosuch.cfg:4:3:", "nosuch.cfg:4:3:", "route[B]:", "nosuch.cfg:4:3:"]
        )

    def test_functions_and_routes_tell_their_codes(self) -> None:
        self.account.returned(NOBODY, CallSite("t_relay", "tm", STEP.at, "route[A]"), 1)
        self.account.returned(NOBODY, CallSite("route(B)", "core", STEP.at, "route[A]"), -1)
        self.assertEqual(self.lines(), ["t_relay() -> 1", "route(B) -> -1"])

    def test_conditions_are_true_or_false_and_switches_have_a_value(self) -> None:
        self.account.condition(NOBODY, STEP._replace(name="while"), True)
        self.account.condition(NOBODY, STEP._replace(name="switch"), b"INVITE")
        self.assertEqual(self.lines(), ["while: true", 'switch: "INVITE"'])

    def sent(self, data: bytes) -> list[str]:
        flow = Flow(Socket("tcp", "2001:db8::100", 5060), "2001:db8::1", 5061)
        with self.account.told_by(Running()):  # type: ignore[arg-type]
            self.account.sent(data, flow)
        return self.lines()

    def test_a_request_that_goes_on_as_it_came_is_said_to(self) -> None:
        self.assertEqual(
            self.sent(DATA), ["sends INVITE sip:bob@example.com SIP/2.0 to tcp:[2001:db8::1]:5061", "as it came"]
        )

    def test_one_of_another_method_is_shown_whole(self) -> None:
        lines = self.sent(DATA.replace(b"INVITE", b"CANCEL"))
        self.assertEqual(lines[0], "sends CANCEL sip:bob@example.com SIP/2.0 to tcp:[2001:db8::1]:5061")
        self.assertEqual(lines[1:], [*INVITE.splitlines()[1:6], "CSeq: 1 CANCEL", "Content-Length: 0"])

    def test_what_is_sent_before_and_after_is_not_told(self) -> None:
        self.account.sent(DATA, Flow(Socket("udp", "192.0.2.1", 5060), "192.0.2.1", 5061))
        self.assertEqual(self.lines(), [])
