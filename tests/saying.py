"""saying: calls of a real server whose script says in the header line X-Out of its final response what it found."""

from __future__ import annotations

import re

from twisted.trial.unittest import SynchronousTestCase

from tests.served import Caller, Served


class SayingCase(SynchronousTestCase):
    sip: Served
    alice: Caller
    call_id = ""

    def say(self, user: str) -> str:
        self.invite(user)
        return self.said()

    def invite(self, user: str) -> None:
        self.call_id = self.alice.send("INVITE", user)

    def said(self) -> str:
        """What comes of the last INVITE; an answer to an earlier one may come once more."""
        message = self.alice.final(15)[1]
        while message and f"Call-ID: {self.call_id}\r" not in message:
            message = self.alice.final(15)[1]
        found = re.search(r"^X-Out: (.*?)\r?$", message, re.MULTILINE)
        self.assertTrue(found, message)
        assert found is not None
        return found[1]

    def call(self, sip: Served) -> None:
        self.sip = sip
        self.alice = Caller(self, sip.port)
