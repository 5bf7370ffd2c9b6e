# -*- test-case-name: tests.modules.acc.test_lines -*-
"""lines: records in the log.

Each is one event: `text` as Kamailio writes it, `severity` and `facility` as the parameters have it, `call_id`.
"""

from __future__ import annotations

from sipapp.log import Logger
from sipapp.module import Context
from sipapp.module.syslog import log_level
from sipapp.modules.acc.extras import Extras, Legs, Texts
from sipapp.modules.acc.record import Record
from sipapp.modules.acc.stamp import Stamp

log = Logger()

ANSWERED = b"ACC: transaction answered: "
MISSED = b"ACC: call missed: "
ACKNOWLEDGED = b"ACC: request acknowledged: "
REQUESTED = b"ACC: request accounted: "


class Lines:
    """Writes them."""

    def __init__(self, severity: int, facility: str, stamp: Stamp, extras: Extras, legs: Legs | None) -> None:
        self._severity = severity
        self._level = log_level(severity)
        self._facility = facility
        self._stamp = stamp
        self._extras = extras
        self._legs = legs

    def write(self, ctx: Context, kind: bytes, record: Record) -> None:
        """kind: what a line begins with."""
        log.emit(
            self._level,
            "{text}",
            text=self._line(ctx, kind, record).decode("utf-8", "backslashreplace"),
            severity=self._severity,
            facility=self._facility,
            call_id=record.call_id,
        )

    def _line(self, ctx: Context, kind: bytes, record: Record) -> bytes:
        pieces = [
            b"%btimestamp=%d%b;method=%b;from_tag=%b;to_tag=%b;call_id=%b;code=%b;reason=%b"
            % (kind, int(record.time), self._stamp.logged(record.time), *record[:-1])
        ]
        pieces += _pairs(self._extras.names, self._extras.read(ctx))
        if self._legs is not None:
            for leg in self._legs.read(ctx):
                pieces += _pairs(self._legs.names, leg)
        return b";".join(pieces)


def _pairs(names: tuple[bytes, ...], values: Texts) -> list[bytes]:
    return [b"%b=%b" % (name, value or b"") for name, value in zip(names, values, strict=True)]
