"""Calls through a real server, over both transports, with SIPp at both ends.

SIPP_CALLS=5000 in the environment makes a longer run of it; SIPP_RATE is how many calls begin each second.
"""

from __future__ import annotations

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.served import Served, free_ports
from tests.sipp.sipp import MISSING, Sipp, callee, caller
from tests.sipp.test_app import app

CALLS = int(os.environ.get("SIPP_CALLS", "100"))
RATE = int(os.environ.get("SIPP_RATE", "200"))
LONGEST = 40 + 2 * CALLS / RATE  # s

HERE = Path(__file__).resolve().parent


class CallTests(SynchronousTestCase):
    if MISSING:
        skip = MISSING

    def setUp(self) -> None:
        self.caller, self.first, self.second = free_ports(3)

    def all_succeed(self, server: Served, *parties: Sipp) -> None:
        for party in reversed(parties):
            status = party.wait(LONGEST)
            self.assertEqual(status, 0, f"{party.scenario}: {party.report()}\n{server.log[-3000:]}")

    def served(self, name: str, first: str = "") -> Served:
        """A script of this folder; `first` are parameters of both callees' addresses."""
        text = (HERE / name).read_text(encoding="utf-8")
        return Served(self, text, FIRST=f"{self.first}{first}", SECOND=f"{self.second}{first}")

    # -- etc/app.cfg

    def relayed(self, near: str, far: str) -> None:
        server = app(self, f"{self.first};transport={far}")
        callees = callee(self, "uas_call", self.first, CALLS, far)
        callers = caller(self, "uac_call", server.port, self.caller, CALLS, near, rate=RATE, user="relay")
        self.all_succeed(server, callees, callers)

    def test_calls_are_relayed_over_udp(self) -> None:
        self.relayed("udp", "udp")

    def test_calls_are_relayed_over_tcp(self) -> None:
        self.relayed("tcp", "tcp")

    def test_calls_are_relayed_from_tcp_to_udp(self) -> None:
        self.relayed("tcp", "udp")

    def test_calls_are_relayed_from_udp_to_tcp(self) -> None:
        self.relayed("udp", "tcp")

    def cancelled(self, proto: str) -> None:
        server = app(self, f"{self.first};transport={proto}")
        callees = callee(self, "uas_cancelled", self.first, CALLS, proto)
        callers = caller(self, "uac_cancel", server.port, self.caller, CALLS, proto, rate=RATE, user="relay")
        self.all_succeed(server, callees, callers)

    def test_a_call_may_be_given_up_while_it_rings(self) -> None:
        self.cancelled("udp")

    def test_a_call_may_be_given_up_while_it_rings_over_tcp(self) -> None:
        self.cancelled("tcp")

    # -- scripts of this folder

    def failed_over(self, proto: str) -> None:
        server = self.served("failover.cfg", f";transport={proto}")
        busy = callee(self, "uas_busy", self.first, CALLS, proto)
        free = callee(self, "uas_call", self.second, CALLS, proto)
        callers = caller(self, "uac_call", server.port, self.caller, CALLS, proto, rate=RATE)
        self.all_succeed(server, busy, free, callers)

    def test_a_busy_callee_is_called_at_a_second_address(self) -> None:
        self.failed_over("udp")

    def test_a_busy_callee_is_called_at_a_second_address_over_tcp(self) -> None:
        self.failed_over("tcp")

    def forked(self, proto: str) -> None:
        server = self.served("fork.cfg", f";transport={proto}")
        slow = callee(self, "uas_slow", self.first, CALLS, proto)
        given_up = callee(self, "uas_cancelled", self.second, CALLS, proto)
        callers = caller(self, "uac_call", server.port, self.caller, CALLS, proto, rate=RATE)
        self.all_succeed(server, slow, given_up, callers)

    def test_of_two_telephones_that_ring_the_other_is_told_who_answered(self) -> None:
        self.forked("udp")

    def test_of_two_telephones_that_ring_the_other_is_told_who_answered_over_tcp(self) -> None:
        self.forked("tcp")
