"""The matrix of tests/flows once more: a real server, calls over UDP, a web server that the script waits for."""

from __future__ import annotations

import math
import re
import signal
import tempfile
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from sipapp.rpc.client import ask
from tests.flows.matrix import ENTRIES, HEAD, Entry, script
from tests.integration.crowd import Call, Crowd
from tests.integration.webserver import dead_port
from tests.served import Served

LIMIT = 1  # s that async() has
LONGEST = 2  # s: suspend_timeout
NEVER = 3600  # s

SETTINGS = f"""
listen=udp:127.0.0.1:@PORT@
rpc_socket="@RPC@"
suspend_timeout=0
loadmodule "cfg_rpc"
loadmodule "rest_client"
modparam("tm", "fr_timer", 60000)
modparam("rest_client", "curl_timeout", {NEVER})
modparam("rest_client", "max_async_transfers", 500)
"""

CODES = {"-1": "-7"}
"""The code of rest_get() where nobody listens, and the table's."""


def limit(entry: Entry) -> int:
    """Time is short for those alone who are to see it end."""
    return LIMIT if "!2" in entry.expected else NEVER


class MatrixTests(SynchronousTestCase):
    """All calls of a column at once. The table's moments (s) are none of the clock here, but say behind what a thing
    comes: 1 behind the web server's answer, 0.5 behind the CANCEL or the signal, 2 and 5 behind the two limits."""

    maxDiff = None

    def setUp(self) -> None:
        if find_spec("treq") is None and find_spec("pycurl") is None:
            raise SkipTest("neither pycurl nor treq is installed: pip install 'sipapp[http]'")
        self.crowd = Crowd(self)
        self.dead, taken = dead_port()
        self.addCleanup(taken.close)
        folder = tempfile.TemporaryDirectory(prefix="sipapp-")
        self.addCleanup(folder.cleanup)
        self.limits_at = 0.0  # s: when suspend_timeout was set; 0: it was not
        self.rpc_path = str(Path(folder.name) / "rpc")

    def serve(self, *outcomes: str) -> None:
        self.entries = [entry for entry in ENTRIES if entry.outcome in outcomes]
        routes = script(self.entries, f"127.0.0.1:{self.crowd.bob}", self.question, limit)
        self.sip = Served(self, HEAD + SETTINGS + routes, RPC=self.rpc_path)

    def question(self, entry: Entry) -> str:
        port = self.dead if entry.outcome == "error" else self.crowd.web
        return f'rest_get("http://127.0.0.1:{port}/{entry.name}", $var(body))'

    # -- what is done

    def begin(self, outcome: str) -> list[Call]:
        """Make the calls of this column."""
        return [self.crowd.invite(entry.name, self.sip.port) for entry in self.column(outcome)]

    def column(self, *outcomes: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.outcome in outcomes]

    def until_they_wait(self, *outcomes: str) -> None:
        """Until the web server has been asked for all these calls, and whatever does not wait for it has come."""
        asks = {"parallel": 2}
        column = self.column(*outcomes)
        self.crowd.until(lambda: all(self.crowd.calls[e.name].asked == asks.get(e.call, 1) for e in column))
        self.until_come({"0"}, *outcomes)

    def until_come(self, moments: set[str], *outcomes: str) -> None:
        """Until whatever the table has at these moments has come."""
        wanted = {
            entry.name: Counter(what for what, moment in _moments(entry) if moment in moments)
            for entry in self.column(*outcomes)
        }
        self.crowd.until(lambda: all(self.came(name) >= events for name, events in wanted.items()))

    def came(self, name: str) -> Counter[str]:
        return Counter(what for what, _ in self.crowd.calls[name].events)

    def end_what_waits(self) -> None:
        """From now on suspend_timeout holds; for those that wait already from the next wait on."""
        self.limits_at = time.monotonic()
        ask(self.rpc_path, "cfg.set_now_int", ["core", "suspend_timeout", LONGEST])

    # -- what came of it

    def shown(self, entry: Entry, log: str) -> str:
        """All that came of a call, in the table's words."""
        call = self.crowd.calls[entry.name]
        due = _moments(entry)
        answers, sent, given_up = (
            [what + self.moment(call, what, at, due) for what, at in call.events if re.fullmatch(kind, what)]
            for kind in (r"\d+@", ">", "!")
        )
        said = re.findall(rf"<script>: {entry.name}: (.*)", log)
        words = [f'"{re.sub("-?[0-9]+", lambda code: CODES.get(code[0], code[0]), line)}"' for line in said]
        return " ".join([*answers, *sent, *words, *given_up])

    def moment(self, call: Call, what: str, at: float, due: list[tuple[str, str]]) -> str:
        """The table's, for the next of its kind, if it came in its time; else the clock's."""
        wanted = next((moment for kind, moment in due if kind == what), "")
        begin, end = {
            "0": (call.sent_at, call.turned_at),
            "0.5": (call.turned_at, self.limits_at),
            "1": (call.turned_at, self.limits_at),
            "2": (call.sent_at + LIMIT, 0.0),
            "5": (call.sent_at + LONGEST, 0.0),
        }.get(wanted, (math.inf, 0.0))
        if wanted:
            due.remove((what, wanted))
        return wanted if begin <= at < (end or math.inf) else f"{at - call.sent_at:.2f} s"

    def wrong(self) -> list[str]:
        log = self.sip.log
        shown = [(entry, self.shown(entry, log)) for entry in self.entries]
        return [f"{entry.name}: {real}, not {entry.expected}" for entry, real in shown if real != entry.expected]

    def check(self) -> None:
        self.crowd.until(lambda: not self.wrong())
        self.crowd.until(lambda: False, 0.1)  # nor does anything else come
        self.assertEqual("\n".join(self.wrong()), "")
        self.assertNotRegex(self.sip.log, "CRITICAL|Traceback|Unhandled")

    def test_the_call_succeeds_fails_is_cancelled_or_takes_too_long(self) -> None:
        self.serve("success", "error", "CANCEL", "timeout")
        answered, _, cancelled = (self.begin(outcome) for outcome in ("success", "error", "CANCEL"))
        self.until_they_wait("success", "CANCEL")
        for call in answered:
            call.turn()
            self.crowd.answer(call)
        for call in cancelled:
            call.turn()
            call.caller.cancel()
        self.until_come({"0", "0.5", "1"}, "success", "error", "CANCEL")
        self.end_what_waits()
        self.begin("timeout")
        self.check()
        self.assertEqual(ask(self.rpc_path, "async.list"), [])

    def test_the_server_is_stopped(self) -> None:
        self.serve("shutdown")
        calls = self.begin("shutdown")
        self.until_they_wait("shutdown")
        for call in calls:
            call.turn()
        self.sip.process.send_signal(signal.SIGTERM)
        self.crowd.until(lambda: self.sip.process.poll() is not None)
        self.assertIn(self.sip.process.poll(), (0, -signal.SIGTERM))
        self.check()


def _moments(entry: Entry) -> list[tuple[str, str]]:
    """Each event of a call that has one: ("480@", "1"), (">", "0"), ..."""
    return re.findall(r"(\d+@|>|!)([\d.]+)", entry.expected)
