# -*- test-case-name: tests.modules.pv.test_times -*-
"""times: variables of the clock on the wall: when the message came, and now."""

from __future__ import annotations

import time
from collections.abc import Callable

from sipapp.module import Context, Value, pseudo_variable
from sipapp.script.values import TextWithNumber, wrap

_FIELDS = {
    b"sec": lambda t: t.tm_sec,
    b"min": lambda t: t.tm_min,
    b"hour": lambda t: t.tm_hour,
    b"mday": lambda t: t.tm_mday,
    b"mon": lambda t: t.tm_mon,
    b"year": lambda t: t.tm_year,
    b"wday": lambda t: (t.tm_wday + 1) % 7 + 1,  # Sunday is 1
    b"yday": lambda t: t.tm_yday,
    b"isdst": lambda t: t.tm_isdst,
}
_KEYS = [name.decode() for name in _FIELDS]
_RECEIVED = "pv.received"


class TimeVariables:
    """Seconds since 1970, and dates. Those of the message stay the same for the whole run."""

    wall: Callable[[], float] = staticmethod(time.time)  # s since 1970; tests put another one here
    started = 0  # s since 1970

    def start_times(self) -> None:
        self.started = int(self.wall())

    @pseudo_variable("Ts", integer=True)
    def pv_Ts(self, ctx: Context) -> int:
        """$Ts: when the message came (s since 1970)."""
        return wrap(int(self._received(ctx)))

    @pseudo_variable("TS", integer=True)
    def pv_TS(self, ctx: Context) -> int:
        """$TS: now (s since 1970)."""
        return wrap(int(self.wall()))

    @pseudo_variable("Tb", integer=True)
    def pv_Tb(self, ctx: Context) -> int:
        """$Tb: when the server was started (s since 1970)."""
        return wrap(self.started)

    @pseudo_variable("Tf")
    def pv_Tf(self, ctx: Context) -> Value:
        """$Tf: when the message came, as `Sun Nov 22 06:18:30 2026`."""
        return _ctime(self._received(ctx))

    @pseudo_variable("TF")
    def pv_TF(self, ctx: Context) -> Value:
        """$TF: now, as `Sun Nov 22 06:18:30 2026`."""
        return _ctime(self.wall())

    @pseudo_variable("time", keys=_KEYS)
    def pv_time(self, ctx: Context, inner: bytes) -> int:
        """$time(hour): when the message came, local time: sec, min, hour, mday, mon, year, wday (Sunday is 1), yday,
        isdst."""
        return _FIELDS[inner](time.localtime(self._received(ctx)))  # type: ignore[no-any-return]

    @pseudo_variable("utime", keys=_KEYS)
    def pv_utime(self, ctx: Context, inner: bytes) -> int:
        """$utime(hour): the same in UTC."""
        return _FIELDS[inner](time.gmtime(self._received(ctx)))  # type: ignore[no-any-return]

    @pseudo_variable("timef", parse=lambda form: form.decode("utf-8", "surrogateescape"))
    def pv_timef(self, ctx: Context, inner: str) -> bytes | None:
        """$timef(%Y-%m-%d): when the message came, local time, by strftime's format."""
        return _formatted(inner, time.localtime(self._received(ctx)))

    @pseudo_variable("utimef", parse=lambda form: form.decode("utf-8", "surrogateescape"))
    def pv_utimef(self, ctx: Context, inner: str) -> bytes | None:
        """$utimef(%Y-%m-%d): the same in UTC."""
        return _formatted(inner, time.gmtime(self._received(ctx)))

    @pseudo_variable("TV", keys=["s", "u", "sn", "un", "Sn", "Fn", "Sm"])
    def pv_TV(self, ctx: Context, inner: bytes) -> Value:
        """$TV(s), $TV(u): seconds and microseconds of when the message came; $TV(sn), $TV(un) of now; $TV(Sn) now as
        `seconds.microseconds`, $TV(Fn) as `2026-11-22 06:18:30.547992`; $TV(Sm) nanoseconds of a clock that is never
        set."""
        if inner == b"Sm":
            return b"%d" % time.monotonic_ns()
        then = self._received(ctx) if inner in (b"s", b"u") else self.wall()
        seconds, micro = divmod(int(then * 1_000_000), 1_000_000)
        if inner in (b"s", b"sn"):
            return wrap(seconds)
        if inner in (b"u", b"un"):
            return micro
        if inner == b"Sn":
            return b"%d.%06d" % (seconds, micro)
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)).encode() + b".%06d" % micro

    def _received(self, ctx: Context) -> float:
        """When the message came (s since 1970), the same for the whole run."""
        found: float | None = ctx.extra.get(_RECEIVED)
        if found is None:
            received_at = ctx.message.received_at
            age = ctx.server.clock.seconds() - received_at if received_at else 0.0
            found = ctx.extra[_RECEIVED] = self.wall() - age
        return found


def _ctime(when: float) -> TextWithNumber:
    return TextWithNumber(time.ctime(when).encode(), wrap(int(when)))


def _formatted(form: str, when: time.struct_time) -> bytes | None:
    return time.strftime(form, when).encode("utf-8", "surrogateescape") or None
