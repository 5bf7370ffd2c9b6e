"""times: the clock on the wall."""

import os
import time
from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.script import Value
from sipapp.script.values import integer
from tests.modules.pv.script import Script

THEN = 1_000_000_000.25  # Sun Sep  9 01:46:40 2001 UTC


class TimesTests(SynchronousTestCase):
    def setUp(self) -> None:
        zone = os.environ.get("TZ")
        self.addCleanup(self.set_zone, zone)
        self.set_zone("EST5EDT,M4.1.0,M10.5.0")
        self.script = Script()
        self.now = THEN
        self.script.pv.wall = lambda: self.now

    def set_zone(self, zone: str | None) -> None:
        if zone is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = zone
        time.tzset()

    def reads(self, expected: Mapping[str, Value]) -> None:
        self.assertEqual({name: self.script.read(name) for name in expected}, expected)

    def test_the_message_has_one_time_for_the_whole_run(self) -> None:
        self.reads({"$Ts": 1_000_000_000, "$TV(s)": 1_000_000_000, "$TV(u)": 250_000})
        self.now += 5
        self.reads({"$Ts": 1_000_000_000, "$TS": 1_000_000_005, "$TV(s)": 1_000_000_000, "$TV(sn)": 1_000_000_005})

    def test_a_message_that_has_waited_is_older(self) -> None:
        self.script.server.clock.advance(10)
        self.script.ctx.message.received_at = 7.0
        self.reads({"$Ts": 999_999_997})

    def test_the_start_of_the_server(self) -> None:
        self.script.pv.start(self.script.server)
        self.now += 100
        self.reads({"$Tb": 1_000_000_000})

    def test_dates_as_text_have_the_seconds_as_their_number(self) -> None:
        self.reads({"$Tf": b"Sat Sep  8 21:46:40 2001"})
        self.now += 20
        self.reads({"$TF": b"Sat Sep  8 21:47:00 2001", "$Tf": b"Sat Sep  8 21:46:40 2001"})
        self.assertEqual(integer(self.script.read("$Tf")), 1_000_000_000)

    def test_parts_of_the_local_time(self) -> None:
        self.reads({"$time(sec)": 40, "$time(min)": 46, "$time(hour)": 21, "$time(mday)": 8, "$time(mon)": 9})
        self.reads({"$time(year)": 2001, "$time(wday)": 7, "$time(yday)": 251, "$time(isdst)": 1})

    def test_parts_of_universal_time(self) -> None:
        self.reads({"$utime(hour)": 1, "$utime(mday)": 9, "$utime(wday)": 1, "$utime(isdst)": 0})

    def test_formats(self) -> None:
        self.reads({"$timef(%Y-%m-%d %H)": b"2001-09-08 21", "$utimef(%Y-%m-%d %H)": b"2001-09-09 01"})
        self.script.write("$var(form)", b"%j")
        self.reads({"$timef($var(form))": b"251", "$utimef($_s(%H))": b"01"})

    def test_now_with_microseconds(self) -> None:
        self.now += 0.5
        self.reads({"$TV(Sn)": b"1000000000.750000", "$TV(Fn)": b"2001-09-08 21:46:40.750000", "$TV(un)": 750_000})

    def test_a_clock_that_is_never_set(self) -> None:
        self.assertGreater(int(self.script.text("$TV(Sm)")), 0)
        self.assertLessEqual(int(self.script.text("$TV(Sm)")), time.monotonic_ns())

    def test_there_are_no_other_parts(self) -> None:
        for wrong in ("$time(second)", "$TV(x)", "$time", "$timef", "$Ts(x)"):
            self.assertRaises(ConfigError, self.script.variable, wrong)
