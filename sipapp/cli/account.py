# -*- test-case-name: tests.cli.test_account -*-
"""account: tells in lines of text what a script does: what it runs, finds, writes, calls, sends, logs and waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, cast

from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import implementer

from sipapp.interfaces.trace import ITrace, Step
from sipapp.log import WORDS
from sipapp.script.show import source_line

if TYPE_CHECKING:
    from sipapp.cli.rehearsal import Rehearsal
    from sipapp.interfaces.script import Value
    from sipapp.interfaces.transport import Flow
    from sipapp.message.request import Request
    from sipapp.message.response import Response
    from sipapp.script.runtime import CallSite, Context
    from sipapp.script.suspended import Waiting

_WIDEST = 100  # characters of a line of the script
_ASIDE = "        "  # what stands before all that is not a statement


@implementer(ITrace)
class Account:
    """Prints, as it happens, what becomes of `message`."""

    tracing = True

    def __init__(self, message: Request | Response) -> None:
        self._message = message
        self._rehearsal: Rehearsal | None = None
        self._route = ""
        self._now = 0.0  # s of the clock at the last line
        self._waits: list[Waiting] = []

    @contextmanager
    def told_by(self, rehearsal: Rehearsal) -> Iterator[None]:
        """Tell what happens in there, the log included."""
        self._rehearsal = rehearsal
        self._now = rehearsal.clock.seconds()
        observer = cast(ILogObserver, self._logged)
        globalLogPublisher.addObserver(observer)
        try:
            yield
        finally:
            globalLogPublisher.removeObserver(observer)
            self._rehearsal = None

    # -- the script

    def statement(self, ctx: Context, step: Step) -> None:
        if step.route != self._route:
            self._route = step.route
            self._say(f"{step.route}:")
        text = source_line(step.at)[step.at.column - 1 :].strip()
        self._say(f"  {step.at}: {text[:_WIDEST]}")

    def condition(self, ctx: Context, step: Step, value: Value) -> None:
        self._aside(f"{step.name}: {_shown(value)}")

    def assigned(self, ctx: Context, site: Step | CallSite, name: bytes, value: Value) -> None:
        self._aside(f"{name.decode(errors='replace')} = {_shown(value)}")

    def returned(self, ctx: Context, site: CallSite, code: int) -> None:
        call = site.function if site.function.endswith(")") else f"{site.function}()"
        self._aside(f"{call} -> {code}")

    # -- the rest

    def notice_waits(self) -> None:
        """Remember who waits now, for when time has passed."""
        assert self._rehearsal is not None
        self._waits = self._rehearsal.waiting()

    def sent(self, data: bytes, flow: Flow) -> None:
        """A message went out: where to, and how it differs from the one that came in."""
        if self._rehearsal is None:
            return
        old, new = _lines(self._message.raw), _lines(data)
        self._aside(f"sends {new[0]} to {flow.socket.proto}:{_host(flow.host)}:{flow.port}")
        alike = old[0].split()[0] == new[0].split()[0]
        for line in _changes(old, new) if alike else new[1:]:
            self._aside(f"  {line}")

    def named(self, name: str, address: str) -> None:
        """A name has been given an address."""
        self._aside(f"{name} is taken for {address}")

    def _logged(self, event: LogEvent) -> None:
        text = formatEvent(event)
        if text:
            severity = event.get("severity")
            level = WORDS.get(severity, "DEBUG") if severity is not None else event["log_level"].name.upper()
            self._aside(f"logs {level}: {text}")

    def _aside(self, text: str) -> None:
        self._say(_ASIDE + text)

    def _say(self, text: str) -> None:
        self._tell_time()
        print(text)

    def _tell_time(self) -> None:
        """If some has passed since the last line, how much, and who waited."""
        if self._rehearsal is None:
            return
        now = self._rehearsal.clock.seconds()
        passed = round(now - self._now, 3)
        self._now = now
        if passed <= 0:
            return
        for wait in self._waits:
            print(f"{_ASIDE}waits {passed:g} s for {wait.function}() at {wait.place}")
        if not self._waits:
            print(f"{_ASIDE}{passed:g} s pass")


def _shown(value: Value) -> str:
    if value is None:
        return "$null"
    if isinstance(value, bytes):
        return '"' + value.decode("utf-8", "backslashreplace").replace("\r", "\\r").replace("\n", "\\n") + '"'
    return str(value).lower()


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _changes(old: list[str], new: list[str]) -> Iterator[str]:
    """The lines that went, with a -, and those that came, with a +."""
    same = True
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            same = False
            yield from (f"- {line}" for line in old[a:b])
            yield from (f"+ {line}" for line in new[c:d])
    if same:
        yield "as it came"


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "backslashreplace").rstrip("\r\n").splitlines()
