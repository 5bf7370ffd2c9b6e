"""sipapp/workers/logs.py: a worker's log is the supervisor's."""

from __future__ import annotations

import json
import os
from typing import Any

from twisted.logger import LogLevel, capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.logs import MARK, Pipe, publish


class LogTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reading, self.writing = os.pipe()
        self.addCleanup(os.close, self.reading)
        self.addCleanup(os.close, self.writing)

    def told(self, **event: Any) -> dict[str, Any]:
        """What the supervisor is told of an event."""
        Pipe(self.writing)({"log_time": 5.0, "log_namespace": "sipapp.core", **event})
        text = os.read(self.reading, 65536)
        self.assertEqual((text[:1], text[-1:], text.count(b"\n")), (MARK, b"\n", 1))
        facts: dict[str, Any] = json.loads(text[1:])
        return facts

    def test_an_event_is_logged_as_it_was_with_the_workers_name(self) -> None:
        facts = self.told(log_level=LogLevel.warn, log_format="{a} is\n{b}", a=1, b="x", log_system="WARNING core")
        with capturedLogs() as events:
            publish(facts, "worker 2")
        (event,) = events
        self.assertEqual(formatEvent(event), "1 is\nx")
        self.assertEqual((event["log_level"], event["log_time"]), (LogLevel.warn, 5.0))
        self.assertEqual(event["log_system"], "WARNING core worker 2")

    def test_one_that_cannot_be_formatted_is_told_all_the_same(self) -> None:
        class Broken:
            def __str__(self) -> str:
                raise ValueError

        self.assertIn("format", self.told(log_level=LogLevel.info, log_format="{a}", a=Broken())["text"])

    def test_what_twisted_says_of_its_ports_the_supervisor_says_too(self) -> None:
        Pipe(self.writing)({"log_namespace": "twisted.internet.base", "log_level": LogLevel.info, "log_format": "x"})
        os.write(self.writing, b"nothing before")
        self.assertEqual(os.read(self.reading, 100), b"nothing before")

    def test_nobody_at_the_other_end_is_no_failure(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        self.addCleanup(os.close, writing)
        Pipe(writing).report({"state": "up"})
