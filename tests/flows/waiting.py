"""waiting: what the flows of suspended requests share: a server whose timers are short, and everybody around it."""

from __future__ import annotations

from typing import Any

from twisted.logger import LogLevel, formatEvent

from sipapp.message.response import Response
from sipapp.testing.harness import Harness
from tests.modules.tm.scene import SceneTestCase

TIMERS = """
modparam("tm", "fr_timer", 3000)
modparam("tm", "fr_inv_timer", 8000)
modparam("async", "ms_timer", 10)
async_workers=1
"""

P = """
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
"""
"""What each script of this kind begins with."""

BOB = "sip:192.0.2.2:5060"
CAROL = "sip:192.0.2.3:5060"

TRYING = b"trying -- your call is important to us"
SORRY = b"I'm terribly sorry, server error occurred (1/TM)"


class WaitingTestCase(SceneTestCase):
    """`request_route` begins with P; parameters are those of the cases, unless `head` says otherwise."""

    def play(self, script: str, head: str = TIMERS, **options: Any) -> Harness:  # type: ignore[override]
        return super().play(script.replace("request_route {", "request_route {" + P, 1), head, **options)

    @property
    def answers(self) -> list[tuple[float, int, bytes]]:
        """What alice has been answered: time (s), status, reason."""
        responses = [m for m in self.alice.messages if isinstance(m, Response)]
        times = [at for at, what in self.alice.received if isinstance(what, int)]
        return [(at, m.status, m.reason) for at, m in zip(times, responses, strict=True)]

    @property
    def errors(self) -> list[str]:
        """The lines of the log that are errors, but for what the script says itself."""
        found = [formatEvent(e) for e in self.sip.log if e.get("log_level") in (LogLevel.error, LogLevel.critical)]
        return [line for line in found if not line.startswith("<script>: ")]

    @property
    def waiting(self) -> int:
        """How many runs of the script wait."""
        return len(self.sip.server.suspended)
