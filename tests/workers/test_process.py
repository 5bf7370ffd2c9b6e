"""sipapp/workers/process.py: what a process says of itself."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.error import ProcessDone
from twisted.logger import capturedLogs, formatEvent
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers import process
from sipapp.workers.process import WorkerProcess
from sipapp.workers.setup import Role, Setup

SETUP = Setup("/app.cfg", {}, "", [], 2, "feed", "")


class Boss:
    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []

    def ready(self, process: WorkerProcess) -> None:
        self.heard.append(("ready",))

    def up(self, process: WorkerProcess, sockets: str) -> None:
        self.heard.append(("up", sockets))

    def ended(self, process: WorkerProcess, why: str) -> None:
        self.heard.append(("ended", why))


class Transport:
    pid = 4711

    def __init__(self) -> None:
        self.written: list[Any] = []

    def write(self, data: bytes) -> None:
        self.written.append(json.loads(data))


class ProcessTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.boss = Boss()
        self.process = WorkerProcess(self.boss, SETUP)
        self.transport = Transport()
        self.process.makeConnection(self.transport)

    def says(self, text: bytes) -> list[str]:
        """What is logged of it."""
        with capturedLogs() as events:
            self.process.childDataReceived(1, text)
        return [formatEvent(event) for event in events]

    def test_it_is_told_of_the_script_then_of_its_role(self) -> None:
        self.process.begin(Role(2, True, [0, 1, 2]))
        self.assertEqual(self.transport.written[0]["config"], "/app.cfg")
        self.assertEqual(self.transport.written[1], {"worker": 2, "begins": True, "routes": [0, 1, 2]})

    def test_its_news_come_in_any_pieces(self) -> None:
        for text in (b'\x1e{"state": "rea', b'dy"}\n\x1e{"state":', b' "up", "sockets": "udp:a"}\n'):
            self.says(text)
        self.assertEqual(self.boss.heard, [("ready",), ("up", "udp:a")])
        self.assertTrue(self.process.is_up)

    def test_what_somebody_prints_is_logged(self) -> None:
        self.assertEqual(
            self.says(b"hello\n\x1e{broken\n"), ["spare worker says: hello", "spare worker says: \x1e{broken"]
        )

    def test_a_line_without_end_is_cut(self) -> None:
        self.patch(process, "LONGEST", 100)
        self.assertEqual(self.says(b"x" * 101), ["spare worker says: " + "x" * 101])

    def test_its_own_reason_counts_when_it_ends(self) -> None:
        self.says(b'\x1e{"state": "failed", "why": "no database"}\n')
        self.process.processEnded(Failure(ProcessDone(None)))
        self.assertEqual(self.boss.heard, [("ended", "no database")])

    def test_else_the_systems_does(self) -> None:
        self.process.processEnded(Failure(ProcessDone(None)))
        self.assertIn("ended", self.boss.heard[0][1])
