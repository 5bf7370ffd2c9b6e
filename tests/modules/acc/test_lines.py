"""modules/acc/lines.py: records in the log."""

from __future__ import annotations

from typing import Any, cast

from twisted.logger import ILogObserver, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.acc.extras import Extras, Legs
from sipapp.modules.acc.lines import ANSWERED, Lines
from sipapp.modules.acc.record import Record
from sipapp.modules.acc.stamp import Stamp
from tests.modules.stage import context

MADE = Record(b"INVITE", b"f", b"t", b"call", b"200", b"OK", 1700000000.5)
TEXT = (
    "ACC: transaction answered: timestamp=1700000000;method=INVITE;from_tag=f;to_tag=t;call_id=call;code=200;reason=OK"
)


class LinesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.events: list[dict[str, Any]] = []
        observer = cast(ILogObserver, self.events.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)

    def write(self, extras: Extras, legs: Legs | None = None, mode: int = 0, level: int = 1, **avps: Any) -> list[str]:
        ctx = context()
        ctx.avps.update({name.encode(): values for name, values in avps.items()})
        Lines(level, "LOG_LOCAL1", Stamp(mode, b"at", b"usec", ""), extras, legs).write(ctx, ANSWERED, MADE)
        return [event["text"] for event in self.events if "text" in event]

    def test_it_is_kamailios(self) -> None:
        self.assertEqual(self.write(Extras((), ())), [TEXT])

    def test_its_event_says_whose_it_is(self) -> None:
        self.write(Extras((), ()))
        event = self.events[-1]
        self.assertEqual((event["severity"], event["facility"], event["call_id"]), (1, "LOG_LOCAL1", b"call"))

    def test_a_level_that_is_not_shown_says_nothing(self) -> None:
        self.assertEqual(self.write(Extras((), ()), level=3), [])

    def test_extras_follow_and_null_is_empty(self) -> None:
        found = Extras((b"a", b"b", b"c"), (lambda ctx: b"1", lambda ctx: None, lambda ctx: 7))
        self.assertEqual(self.write(found), [TEXT + ";a=1;b=;c=7"])

    def test_more_of_the_time_stands_behind_the_second(self) -> None:
        self.assertEqual(self.write(Extras((), ()), mode=1), [TEXT.replace("000;method", "000;usec=500000;method")])

    def test_legs_come_last_each_with_all_its_names(self) -> None:
        legs = Legs((b"src", b"dst"), (b"src", b"dst"))
        found = self.write(Extras((b"a",), (lambda ctx: b"1",)), legs, src=[b"s1", b"s2"], dst=[b"d1"])
        self.assertEqual(found, [TEXT + ";a=1;src=s2;dst=d1;src=s1;dst="])

    def test_bytes_that_are_no_text_are_escaped(self) -> None:
        self.assertEqual(self.write(Extras((b"a",), (lambda ctx: b"\xff",))), [TEXT + ";a=\\xff"])
