from __future__ import annotations

from typing import Any

from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp.log import follow
from sipapp.modules.cfgutils import Cfgutils
from tests.modules.stage import made


class MemoryTests(SynchronousTestCase):
    def setUp(self) -> None:
        follow(None)  # whatever another test has shown

    def test_reports_go_to_the_log(self) -> None:
        events: list[dict[str, Any]] = []
        globalLogPublisher.addObserver(events.append)  # type: ignore[arg-type]
        self.addCleanup(globalLogPublisher.removeObserver, events.append)  # type: ignore[arg-type]
        module = made(Cfgutils)
        self.assertEqual((module.memory_status(), module.memory_summary()), (1, 1))
        self.assertTrue(events[0]["usage"].used > 0)
        self.assertEqual(len(events), 21)

    def test_both_of_kamailios_names_are_there(self) -> None:
        names = {function.name for function in made(Cfgutils).script_functions()}
        self.assertTrue({"pkg_status", "shm_status", "pkg_summary", "shm_summary"} <= names)
