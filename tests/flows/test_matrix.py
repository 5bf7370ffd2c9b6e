"""What becomes of a script that waits, and of its request: each kind of route, each way to wait, each way to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.logger import LogLevel
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.testing.harness import Harness
from tests.flows.matrix import CALLS, ENTRIES, HEAD, OUTCOMES, ROUTES, Entry, script

PROBE = str(Path(__file__).with_name("probe.py"))


def served(entry: Entry, ask: str, more: str = "") -> Harness:
    """A server with the routes of one entry."""
    routes = script([entry], "192.0.2.2:5060", lambda _: ask, lambda _: 2)
    return Harness(f'{HEAD}loadmodule "{PROBE}"\nsuspend_timeout=5\n{routes}\n{more}')


def play(entry: Entry) -> str:
    """One cell of the table, as it really is."""
    how = entry.outcome if entry.outcome in ("success", "error") else "silence"
    sip = served(entry, f'ask("{how}")')
    alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
    bob.answers = lambda request: [486] if request.method == b"INVITE" else [200]
    alice.send("INVITE", call_id=entry.name)
    sip.advance(0.5)
    if entry.outcome == "CANCEL":
        alice.cancel()
    elif entry.outcome == "shutdown":
        sip.close()
    sip.advance(40)
    shown = _shown(entry.name, sip, alice, bob)
    left = [*sip.server.suspended.rows(), *_transactions(sip), *_failures(sip)]
    if entry.outcome != "shutdown":
        sip.close()
    return f"{shown} and left {left}" if left else shown


def _shown(name: str, sip: Harness, alice: Any, bob: Any) -> str:
    answers = [f"{what}@{at:g}" for at, what in alice.received if isinstance(what, int) and what >= 200]
    sent = [f">{at:g}" for at, what in bob.received if what != "ACK"]
    mark = f"<script>: {name}: "
    said = [f'"{line.removeprefix(mark)}"' for line in sip.lines() if line.startswith(mark)]
    probe: Any = sip.server.modules["probe"]
    given_up = [f"!{at:g}" for at in probe.cancelled]
    return " ".join([*answers, *sent, *said, *given_up])


def _transactions(sip: Harness) -> list[Any]:
    tm: Any = sip.server.modules["tm"]
    return list(tm.table)


def _failures(sip: Harness) -> list[str]:
    return [line for line, event in zip(sip.lines(), sip.log, strict=True) if event["log_level"] is LogLevel.critical]


class MatrixTests(SynchronousTestCase):
    """One test for each cell: test_request_plain_success, ..."""

    def test_there_is_an_entry_for_each_case(self) -> None:
        cases = [(route, outcome, call) for route in ROUTES for outcome in OUTCOMES for call in CALLS]
        self.assertEqual([(entry.route, entry.outcome, entry.call) for entry in ENTRIES if entry.expected], cases)

    def test_the_script_hears_of_a_cancel_once_whatever_waits(self) -> None:
        for route in ROUTES:
            gone = 'event_route[async:cancelled] { xlog("$rm is gone"); }'
            sip = served(Entry(route, "plain", "CANCEL"), 'ask("silence")', gone)
            alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
            bob.answers = lambda request: [486]
            alice.send("INVITE", call_id=f"{route}_plain_CANCEL")
            sip.advance(0.5)
            alice.cancel()
            sip.advance(40)
            heard = sum("INVITE is gone" in line for line in sip.lines())
            self.assertEqual(heard, 0 if route in ("local", "event") else 1, route)
            sip.close()

    def test_what_never_waits_and_routes_that_are_not_there_are_refused_everywhere(self) -> None:
        for route in ROUTES:
            for wait, mistake in (
                ('async(xlog("x"), R)', "xlog"),
                ("async(t_relay(), R)", "t_relay"),
                ('async(ask("x"), NOWHERE)', "NOWHERE"),
                ('launch(ask("x"), NOWHERE)', "NOWHERE"),
            ):
                entry = Entry(route, "plain", "success")
                why = self.assertRaises(ConfigErrors, served, entry, wait, "route[R] { exit; }")
                self.assertIn(mistake, str(why), route)


def _test(entry: Entry) -> Callable[[Any], None]:
    return lambda self: self.assertEqual(play(entry), entry.expected)


for _entry in ENTRIES:
    setattr(MatrixTests, f"test_{_entry.name}", _test(_entry))
