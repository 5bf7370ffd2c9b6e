"""sipapp/module/syslog.py: levels and facilities."""

from __future__ import annotations

from twisted.logger import LogLevel
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module.syslog import facility, log_level


class SyslogTests(SynchronousTestCase):
    def test_facilities_are_known_in_any_case(self) -> None:
        self.assertEqual((facility("LOG_DAEMON"), facility("log_local7")), ("LOG_DAEMON", "LOG_LOCAL7"))

    def test_others_are_refused(self) -> None:
        for name in ("DAEMON", "LOG_LOCAL8", ""):
            self.assertRaises(ConfigError, facility, name)

    def test_each_number_has_a_level(self) -> None:
        shown = {number: log_level(number) for number in (-9, -2, -1, 0, 1, 2, 3, 9)}
        levels = LogLevel
        self.assertEqual(
            shown,
            {
                **dict.fromkeys((-9, -2), levels.critical),
                **dict.fromkeys((1, 2), levels.info),
                **dict.fromkeys((3, 9), levels.debug),
                -1: levels.error,
                0: levels.warn,
            },
        )
