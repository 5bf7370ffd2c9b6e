"""modules/acc/stamp.py: more about the time."""

from __future__ import annotations

from time import localtime, strftime

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.sql import SqlValue
from sipapp.modules.acc.stamp import Stamp

WHEN = 1700000000.25  # 2023-11-14 22:13:20 UTC


class StampTests(SynchronousTestCase):
    def of(self, mode: int, pattern: str = "%Y-%m-%d %H:%M:%S") -> tuple[bytes, dict[bytes, SqlValue]]:
        stamp = Stamp(mode, b"at", b"usec", pattern)
        return stamp.logged(WHEN), stamp.columns(WHEN)

    def test_0_says_nothing(self) -> None:
        self.assertEqual(self.of(0), (b"", {}))

    def test_1_has_microseconds_and_in_the_database_seconds_too(self) -> None:
        self.assertEqual(self.of(1), (b";usec=250000", {b"at": 1700000000, b"usec": 250000}))

    def test_2_has_a_fraction(self) -> None:
        self.assertEqual(self.of(2), (b";at=1700000000.250", {b"at": WHEN}))

    def test_3_is_local_time(self) -> None:
        written = strftime("%H", localtime(WHEN)).encode()
        self.assertEqual(self.of(3, "%H"), (b";at=" + written, {b"at": written}))

    def test_4_is_utc(self) -> None:
        self.assertEqual(self.of(4), (b";at=2023-11-14 22:13:20", {b"at": b"2023-11-14 22:13:20"}))
