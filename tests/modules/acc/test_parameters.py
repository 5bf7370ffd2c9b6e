"""modules/acc/parameters.py: what they take."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.acc import Acc
from sipapp.modules.acc.parameters import statuses
from tests.modules.stage import made


class StatusTests(SynchronousTestCase):
    def test_they_are_three_digits_each(self) -> None:
        self.assertEqual((statuses("404"), statuses("404,407,603")), ({404}, {404, 407, 603}))

    def test_anything_else_is_refused(self) -> None:
        for wrong in ("", "404,", "404, 407", "40", "4040", "200", "abc"):
            self.assertRaises(ConfigError, statuses, wrong)


class ParameterTests(SynchronousTestCase):
    def test_what_cannot_be_is_refused_where_it_is_set(self) -> None:
        module = made(Acc)
        for name, value in (("log_flag", 32), ("db_flag", -2), ("time_mode", 5), ("log_facility", "LOG_NOWHERE")):
            self.assertRaises(ConfigError, module.set_parameter, name, value)

    def test_nothing_is_accounted_by_default(self) -> None:
        module = made(Acc)
        flags = (module.log_flag, module.log_missed_flag, module.db_flag, module.db_missed_flag)
        self.assertEqual((flags, module.failed_transaction_flag), ((-1, -1, -1, -1), -1))

    def test_flags_and_facilities_are_taken(self) -> None:
        module = made(Acc)
        module.set_parameter("log_flag", 31)
        module.set_parameter("log_facility", "log_local0")
        module.set_parameter("failed_filter", "404,486")
        self.assertEqual((module.log_flag, module.log_facility, module.failed_filter), (31, "LOG_LOCAL0", {404, 486}))
