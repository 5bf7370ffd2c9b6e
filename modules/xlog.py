# -*- test-case-name: tests.modules.test_xlog -*-
"""xlog: log lines with variables in them.

Each line is one twisted.logger event: `prefix` and `text` as the script made them, `severity` (Kamailio's number, -5
for ALERT to 3 for DEBUG), `facility` where one was named, `call_id` of the message.
"""

from __future__ import annotations

import sys
from typing import Any

from sipapp.interfaces.script import Getter
from sipapp.log import Logger, module_levels
from sipapp.module import (
    ConfigError,
    Context,
    Format,
    IServer,
    Value,
    modparam,
    module,
    pseudo_variable,
    script_function,
)
from sipapp.module.bind import bind_text
from sipapp.module.syslog import ALERT, BUG, CRIT, CRITICAL, DEBUG, ERROR, INFO, NOTICE, WARNING, log_level
from sipapp.module.syslog import facility as facility_of

log = Logger()

LETTERS = {"A": ALERT, "B": BUG, "C": CRITICAL, "E": ERROR, "W": WARNING, "N": NOTICE, "I": INFO, "D": DEBUG}
"""The third character of L_ALERT, L_ERR, ... says all that xlog() reads of it."""

NAMES = {
    "l_alert": ALERT,
    "l_bug": BUG,
    "l_crit2": CRITICAL,
    "l_crit": CRIT,
    "l_err": ERROR,
    "l_warn": WARNING,
    "l_notice": NOTICE,
    "l_info": INFO,
    "l_dbg": DEBUG,
}

COLOURS = {c: n for n, c in enumerate("srgybpcw")} | {"x": 9}
"""Letter -> the last digit of its ANSI code."""


def severity(text: bytes) -> int:
    """`L_INFO` or a number as the severity. Raises ConfigError."""
    try:
        return int(text)
    except ValueError:
        found = LETTERS.get(text[2:3].decode("latin-1"))
        if found is None:
            raise ConfigError(f"no log level: {text.decode(errors='replace')!r}; write L_ERR, L_INFO, ...") from None
        return found


def facility(name: bytes) -> str:
    """LOG_LOCAL0 and the like, in upper case. Raises ConfigError."""
    return facility_of(name.decode("latin-1"))


def colour(letters: bytes) -> bytes:
    """The escape sequence of two letters: foreground (a capital is bold), background. Raises ConfigError."""
    pair = letters.decode("latin-1")
    if len(pair) != 2 or pair[0].lower() not in COLOURS or pair[0] == "X" or pair[1] not in COLOURS:
        raise ConfigError(f"$C({pair}): no such colour; two letters of s r g y b p c w x, a capital first is bold")
    bold = int(pair[0].isupper())
    return b"\x1b[%d;3%d;4%dm" % (bold, COLOURS[pair[0].lower()], COLOURS[pair[1]])


_LOG_PREFIX = "xlog.log_prefix"
"""In `ctx.extra`: what the core parameter was at the first line."""


@module("xlog")
class Xlog:
    """Log lines of the script's own making."""

    buf_size: int = modparam(default=4096, minimum=1, unit="bytes", doc="the longest text; what is longer is cut")
    force_color: int = modparam(default=0, doc="1: $C() gives colours even where the log does not go to a terminal")
    long_format: int = modparam(default=0, doc="1: xlogl() and xdbgl() print the script's file too, not only the line")
    prefix: bytes = modparam(default=b"<script>: ", doc="what stands before each text")
    log_facility: bytes | None = modparam(default=None, doc="syslog facility: LOG_LOCAL0, LOG_DAEMON, ...")
    log_colors: list[str] = modparam(default=[], doc="colours of levels: 'L_ERR=Rx;L_INFO=cx'")
    methods_filter: int = modparam(
        default=-1, doc="bits of the methods that xlogm() keeps quiet about; -1: it logs nothing"
    )
    prefix_mode: int = modparam(default=0, doc="1: `prefix` holds variables, evaluated for each line")
    auto_newline: int = modparam(
        default=0, doc="1: end a text that has no newline with one; a log line here always ends, so it changes nothing"
    )

    def start(self, server: IServer) -> None:
        self.config = server.config
        self.facility = facility(self.log_facility) if self.log_facility else None
        self.colours = dict(pair for spec in self.log_colors for pair in level_colours(spec))
        self._prefix = self.prefix.decode("utf-8", "backslashreplace")
        self._prefix_text: Getter | None = None
        if self.prefix_mode:
            self._prefix_text = bind_text(server, 'modparam("xlog", "prefix")', self.prefix)
        self._log_prefix: Getter | None = None
        if self.config.log_prefix:
            self._log_prefix = bind_text(server, "log_prefix", self.config.log_prefix)

    def print(self, ctx: Context, severity: int, text: Format, facility: str | None = None, place: str = "") -> int:
        """One line, if the log level lets it through; a text that is filtered out is not even evaluated."""
        if severity > module_levels.get("xlog", self.config.debug):
            return 1
        line = text(ctx)[: self.buf_size]
        if line.endswith(b"\n"):
            line = line[:-1]
        prefix = self._prefix
        if self._prefix_text is not None:
            prefix = _text(self._prefix_text(ctx)) or prefix
        if self._log_prefix is not None:
            prefix = self._log_prefix_of(ctx, self._log_prefix) + prefix
        log.emit(
            log_level(severity),
            "{prefix}{text}",
            prefix=prefix,
            text=place + _text(line),
            severity=severity,
            facility=facility or self.facility,
            colour=self.colours.get(severity),
            call_id=getattr(ctx.message, "call_id", b""),
        )
        return 1

    def _log_prefix_of(self, ctx: Context, read: Getter) -> str:
        """The core parameter: as it was at the first line of this run, or as it is now."""
        if self.config.log_prefix_mode:
            return _text(read(ctx))
        found: str | None = ctx.extra.get(_LOG_PREFIX)
        if found is None:
            found = ctx.extra[_LOG_PREFIX] = _text(read(ctx))
        return found

    def named(self, level: Value) -> int | None:
        """The severity that a call names; None, with a log line, where it names none."""
        if isinstance(level, int):
            return level
        try:
            return severity(level or b"")
        except ConfigError as why:
            log.error("xlog(): {why}", why=why.reason)
            return None

    def place(self, depth: int = 2) -> str:
        """Where in the script the caller of the caller stands: the compiled route carries the script's positions."""
        frame = sys._getframe(depth)
        return f"{frame.f_code.co_filename}:{frame.f_lineno}:" if self.long_format else f"{frame.f_lineno}:"

    @script_function("xlog")
    def xlog_1(self, ctx: Context, format: Format) -> int:
        """xlog(text): log at level L_ERR."""
        return self.print(ctx, ERROR, format)

    @script_function("xlog", parse={"level": severity})
    def xlog_2(self, ctx: Context, level: Value, format: Format) -> int:
        """xlog(level, text): log at L_ALERT, L_BUG, L_CRIT, L_ERR, L_WARN, L_NOTICE, L_INFO, L_DBG or a variable's
        number (-5 to 3)."""
        found = self.named(level)
        return -1 if found is None else self.print(ctx, found, format)

    @script_function("xlog", parse={"facility": facility, "level": severity})
    def xlog_3(self, ctx: Context, facility: str, level: Value, format: Format) -> int:
        """xlog(facility, level, text): log to a syslog facility of its own."""
        found = self.named(level)
        return -1 if found is None else self.print(ctx, found, format, facility)

    @script_function()
    def xdbg(self, ctx: Context, format: Format) -> int:
        """xdbg(text): log at level L_DBG."""
        return self.print(ctx, DEBUG, format)

    @script_function()
    def xinfo(self, ctx: Context, format: Format) -> int:
        """xinfo(text): log at level L_INFO."""
        return self.print(ctx, INFO, format)

    @script_function()
    def xnotice(self, ctx: Context, format: Format) -> int:
        """xnotice(text): log at level L_NOTICE."""
        return self.print(ctx, NOTICE, format)

    @script_function()
    def xwarn(self, ctx: Context, format: Format) -> int:
        """xwarn(text): log at level L_WARN."""
        return self.print(ctx, WARNING, format)

    @script_function()
    def xerr(self, ctx: Context, format: Format) -> int:
        """xerr(text): log at level L_ERR."""
        return self.print(ctx, ERROR, format)

    @script_function()
    def xbug(self, ctx: Context, format: Format) -> int:
        """xbug(text): log at level L_BUG."""
        return self.print(ctx, BUG, format)

    @script_function()
    def xcrit(self, ctx: Context, format: Format) -> int:
        """xcrit(text): log at level L_CRIT."""
        return self.print(ctx, CRITICAL, format)

    @script_function()
    def xalert(self, ctx: Context, format: Format) -> int:
        """xalert(text): log at level L_ALERT."""
        return self.print(ctx, ALERT, format)

    @script_function("xlogl")
    def xlogl_1(self, ctx: Context, format: Format) -> int:
        """xlogl(text): as xlog(), with the line of the script before the text."""
        return self.print(ctx, ERROR, format, place=self.place())

    @script_function("xlogl", parse={"level": severity})
    def xlogl_2(self, ctx: Context, level: Value, format: Format) -> int:
        """xlogl(level, text): as xlog(), with the line of the script before the text."""
        found = self.named(level)
        return -1 if found is None else self.print(ctx, found, format, place=self.place())

    @script_function("xlogl", parse={"facility": facility, "level": severity})
    def xlogl_3(self, ctx: Context, facility: str, level: Value, format: Format) -> int:
        """xlogl(facility, level, text): as xlog(), with the line of the script before the text."""
        found = self.named(level)
        return -1 if found is None else self.print(ctx, found, format, facility, self.place())

    @script_function()
    def xdbgl(self, ctx: Context, format: Format) -> int:
        """xdbgl(text): as xdbg(), with the line of the script before the text."""
        return self.print(ctx, DEBUG, format, place=self.place())

    @script_function(parse={"level": severity})
    def xlogm(self, ctx: Context, level: Value, format: Format) -> int:
        """xlogm(level, text): as xlog(), unless `methods_filter` has the message's method."""
        if self.methods_filter == -1 or METHOD_BITS.get(ctx.message.method, OTHER_METHOD) & self.methods_filter:
            return 1
        return self.xlog_2(ctx, level, format)

    @pseudo_variable("C", parse=colour)
    def pv_colour(self, ctx: Context, inner: Any) -> bytes:
        """$C(xy): a terminal's escape sequence for foreground x and background y: s black, r red, g green, y yellow,
        b blue, p purple, c cyan, w white, x default; a capital foreground is bold. Empty where the log goes elsewhere
        than to stderr, unless `force_color` is set."""
        return inner if self.config.log_stderror or self.force_color else b""


METHOD_BITS = {
    name: 1 << bit
    for bit, name in enumerate(
        (
            *(b"INVITE", b"CANCEL", b"ACK", b"BYE", b"INFO", b"REGISTER", b"SUBSCRIBE", b"NOTIFY", b"MESSAGE"),
            *(b"OPTIONS", b"PRACK", b"UPDATE", b"REFER", b"PUBLISH", b"KDMQ", b"GET", b"POST", b"PUT", b"DELETE"),
        )
    )
}
"""Kamailio's bit of each method, as `methods_filter` counts them."""

OTHER_METHOD = 1 << 19


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace")  # type: ignore[no-any-return]


def level_colours(spec: str) -> list[tuple[int, bytes]]:
    """`L_ERR=Rx;L_INFO=cx` -> [(-1, escape), (2, escape)]. Raises ConfigError."""
    found = []
    for part in spec.strip().rstrip(";").split(";"):
        name, _, letters = (piece.strip() for piece in part.partition("="))
        if name.lower() not in NAMES:
            raise ConfigError(f'modparam("xlog", "log_colors"): no log level: {name!r}')
        found.append((NAMES[name.lower()], colour(letters.encode())))
    return found
