"""What becomes of a script that waits, and of its request: each kind of route, each way to wait, each way to end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.logger import LogLevel
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigErrors
from sipapp.testing.harness import Harness
from tests.flows.waiting import P
from tests.modules.tm.scene import MODULES

PROBE = str(Path(__file__).with_name("probe.py"))
HEAD = "".join(f'loadmodule "{name}"\n' for name in (*MODULES, PROBE)) + (
    """
    suspend_timeout=5
    modparam("tm", "fr_timer", 3000)
    modparam("tm", "fr_inv_timer", 8000)
    async_tkv_gname="default"
    async_tkv_evcb="core:tkv"
    """
)
TO_BOB = '$du = "sip:192.0.2.2";'

# The script of each row: WAIT stands for the call, and behind it what the route does in the end.
ROUTES = {
    "request": 'request_route { P WAIT send_reply("480", "after"); }',
    "onreply": f"""request_route {{ P {TO_BOB} t_on_reply("X"); t_relay(); }}
        onreply_route[X] {{ if ($rs < 200) return; WAIT ; }}""",
    "reply": f"request_route {{ P {TO_BOB} t_relay(); }} reply_route {{ if ($rs < 200) return; WAIT ; }}",
    "failure": f"""request_route {{ P {TO_BOB} t_on_failure("X"); t_relay(); }}
        failure_route[X] {{ WAIT t_reply("480", "after"); }}""",
    "branch_failure": f"""request_route {{ P {TO_BOB} t_on_branch_failure("X"); t_relay(); }}
        event_route[tm:branch-failure:X] {{ WAIT ; }}""",
    "branch": f'request_route {{ P {TO_BOB} t_on_branch("X"); t_relay(); }} branch_route[X] {{ WAIT ; }}',
    "onsend": f'request_route {{ P {TO_BOB} t_relay(); }} onsend_route {{ if ($rm != "INVITE") exit; WAIT ; }}',
    "local": """request_route { P
            t_uac_send("MESSAGE", "sip:bob@192.0.2.2", "", "", "From: <sip:me@h>\\r\\nTo: <sip:b@h>\\r\\n", "");
            send_reply("480", "after"); }
        event_route[tm:local-request] { WAIT append_hf("X-Late: 1\\r\\n"); }""",
    "event": """request_route { P async_tkv_emit(1, "key", "value"); send_reply("480", "after"); }
        event_route[core:tkv] { WAIT ; }""",
}

# How the call is made; what stands behind async() is never reached, and stands in its route instead.
CALLS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "plain": lambda ask, rest: (f'{ask}; xlog("on $rc"); {rest}', ""),
    "async": lambda ask, rest: (f'async({ask}, R, 2); xlog("never");', f'route[R] {{ xlog("on $rc"); {rest} }}'),
    "launch": lambda ask, rest: (f'launch({ask}, R); xlog("on $rc"); {rest}', 'route[R] { xlog("report $rc"); }'),
    "parallel": lambda ask, rest: (f'parallel {{ {ask}; {ask}; }} xlog("on $rc(1) $rc(2)"); {rest}', ""),
}

OUTCOMES = ("success", "error", "timeout", "CANCEL", "shutdown")

# alice calls, bob refuses with 486. The call succeeds or fails with -7 after 1 s, or takes for ever: that is ended by
# suspend_timeout (5 s) or async()'s limit (2 s), by a CANCEL at 0.5 s, or the server is stopped at 0.5 s.
# What alice is answered and when (s), `>` when bob is sent the request, "..." what the script says, `!` when the call
# is given up. The columns: plain, async, launch; parallel is two plain calls at once, see `_twice`.
TABLE = """
request        success  | 480@1 "on 1"            | 480@1 "on 1"               | 480@0 "on 1" "report 1"
request        error    | 480@1 "on -7"           | 480@1 "on -7"              | 480@0 "on 1" "report -7"
request        timeout  | 408@5 !5                | 480@2 "on -1" !2           | 480@0 "on 1" "report -1" !5
request        CANCEL   | 487@0.5 200@0.5 !0.5    | 487@0.5 200@0.5 !0.5       | 480@0 "on 1" "report -1" !5
request        shutdown | 503@0.5 !0.5            | 503@0.5 !0.5               | 480@0 "on 1" !0.5
onreply        success  | 486@1 >0 "on 1"         | 486@1 >0 "on 1"            | 486@0 >0 "on 1" "report 1"
onreply        error    | 486@1 >0 "on -7"        | 486@1 >0 "on -7"           | 486@0 >0 "on 1" "report -7"
onreply        timeout  | 486@5 >0 !5             | 486@2 >0 "on -1" !2        | 486@0 >0 "on 1" "report -1" !5
onreply        CANCEL   | 486@0.5 200@0.5 >0 !0.5 | 486@0.5 200@0.5 >0 !0.5    | 486@0 200@0.5 >0 "on 1" "report -1" !5
onreply        shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 486@0 >0 "on 1" !0.5
reply          success  | 486@1 >0 "on 1"         | 486@1 >0 "on 1"            | 486@0 >0 "on 1" "report 1"
reply          error    | 486@1 >0 "on -7"        | 486@1 >0 "on -7"           | 486@0 >0 "on 1" "report -7"
reply          timeout  | 486@5 >0 !5             | 486@2 >0 "on -1" !2        | 486@0 >0 "on 1" "report -1" !5
reply          CANCEL   | 486@0.5 200@0.5 >0 !0.5 | 486@0.5 200@0.5 >0 !0.5    | 486@0 200@0.5 >0 "on 1" "report -1" !5
reply          shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 486@0 >0 "on 1" !0.5
failure        success  | 480@1 >0 "on 1"         | 480@1 >0 "on 1"            | 480@0 >0 "on 1" "report 1"
failure        error    | 480@1 >0 "on -7"        | 480@1 >0 "on -7"           | 480@0 >0 "on 1" "report -7"
failure        timeout  | 486@5 >0 !5             | 480@2 >0 "on -1" !2        | 480@0 >0 "on 1" "report -1" !5
failure        CANCEL   | 487@0.5 200@0.5 >0 !0.5 | 487@0.5 200@0.5 >0 !0.5    | 480@0 200@0.5 >0 "on 1" "report -1" !5
failure        shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 480@0 >0 "on 1" !0.5
branch_failure success  | 486@1 >0 "on 1"         | 486@1 >0 "on 1"            | 486@0 >0 "on 1" "report 1"
branch_failure error    | 486@1 >0 "on -7"        | 486@1 >0 "on -7"           | 486@0 >0 "on 1" "report -7"
branch_failure timeout  | 486@5 >0 !5             | 486@2 >0 "on -1" !2        | 486@0 >0 "on 1" "report -1" !5
branch_failure CANCEL   | 487@0.5 200@0.5 >0 !0.5 | 487@0.5 200@0.5 >0 !0.5    | 486@0 200@0.5 >0 "on 1" "report -1" !5
branch_failure shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 486@0 >0 "on 1" !0.5
branch         success  | 486@1 >1 "on 1"         | 486@1 >1 "on 1"            | 486@0 >0 "on 1" "report 1"
branch         error    | 486@1 >1 "on -7"        | 486@1 >1 "on -7"           | 486@0 >0 "on 1" "report -7"
branch         timeout  | 408@5 !5                | 486@2 >2 "on -1" !2        | 486@0 >0 "on 1" "report -1" !5
branch         CANCEL   | 487@0.5 200@0.5 !0.5    | 487@0.5 200@0.5 !0.5       | 486@0 200@0.5 >0 "on 1" "report -1" !5
branch         shutdown | 503@0.5 !0.5            | 503@0.5 !0.5               | 486@0 >0 "on 1" !0.5
onsend         success  | 486@1 >1 "on 1"         | 486@1 >1 "on 1"            | 486@0 >0 "on 1" "report 1"
onsend         error    | 486@1 >1 "on -7"        | 486@1 >1 "on -7"           | 486@0 >0 "on 1" "report -7"
onsend         timeout  | 408@5 !5                | 486@2 >2 "on -1" !2        | 486@0 >0 "on 1" "report -1" !5
onsend         CANCEL   | 487@0.5 200@0.5 !0.5    | 487@0.5 200@0.5 !0.5       | 486@0 200@0.5 >0 "on 1" "report -1" !5
onsend         shutdown | 503@0.5 !0.5            | 503@0.5 !0.5               | 486@0 >0 "on 1" !0.5
local          success  | 480@0 >1 "on 1"         | 480@0 >1 "on 1"            | 480@0 >0 "on 1" "report 1"
local          error    | 480@0 >1 "on -7"        | 480@0 >1 "on -7"           | 480@0 >0 "on 1" "report -7"
local          timeout  | 480@0 !5                | 480@0 >2 "on -1" !2        | 480@0 >0 "on 1" "report -1" !5
local          CANCEL   | 480@0 !5                | 480@0 >2 "on -1" !2        | 480@0 >0 "on 1" "report -1" !5
local          shutdown | 480@0 !0.5              | 480@0 !0.5                 | 480@0 >0 "on 1" !0.5
event          success  | 480@0 "on 1"            | 480@0 "on 1"               | 480@0 "on 1" "report 1"
event          error    | 480@0 "on -7"           | 480@0 "on -7"              | 480@0 "on 1" "report -7"
event          timeout  | 480@0 !5                | 480@0 "on -1" !2           | 480@0 "on 1" "report -1" !5
event          CANCEL   | 480@0 !5                | 480@0 "on -1" !2           | 480@0 "on 1" "report -1" !5
event          shutdown | 480@0 !0.5              | 480@0 !0.5                 | 480@0 "on 1" !0.5
"""


def play(route: str, call: str, outcome: str) -> str:
    """One cell of the table, as it really is."""
    how = outcome if outcome in ("success", "error") else "silence"
    before, rest, behind = _around(ROUTES[route])
    inside, more = CALLS[call](f'ask("{how}")', rest)
    sip = Harness(f"{HEAD}{before}{inside}{behind}\n{more}".replace("{ P", "{" + P, 1))
    alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
    bob.answers = lambda request: [486] if request.method == b"INVITE" else [200]
    alice.send("INVITE")
    sip.advance(0.5)
    if outcome == "CANCEL":
        alice.cancel()
    elif outcome == "shutdown":
        sip.close()
    sip.advance(40)
    shown = _shown(sip, alice, bob)
    left = [*sip.server.suspended.rows(), *_transactions(sip), *_failures(sip)]
    if outcome != "shutdown":
        sip.close()
    return f"{shown} and left {left}" if left else shown


def _around(script: str) -> tuple[str, str, str]:
    """What stands before WAIT, in its block behind it, and behind that."""
    before, _, after = script.partition("WAIT")
    rest, brace, behind = after.rpartition("}")
    return before, rest, brace + behind


def _shown(sip: Harness, alice: Any, bob: Any) -> str:
    answers = [f"{what}@{at:g}" for at, what in alice.received if isinstance(what, int) and what >= 200]
    sent = [f">{at:g}" for at, what in bob.received if what != "ACK"]
    said = [f'"{line.removeprefix("<script>: ")}"' for line in sip.lines() if line.startswith("<script>: ")]
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
        self.assertEqual(
            [(route, outcome, len(cells)) for route, outcome, cells in ROWS],
            [(route, outcome, len(CALLS)) for route in ROUTES for outcome in OUTCOMES],
        )

    def test_the_script_hears_of_a_cancel_once_whatever_waits(self) -> None:
        for route in ROUTES:
            gone = 'event_route[async:cancelled] { xlog("$rm is gone"); }'
            before, rest, behind = _around(ROUTES[route])
            text = f'{HEAD}{before}ask("silence"); {rest}{behind}\n{gone}'.replace("{ P", "{" + P, 1)
            sip = Harness(text)
            alice, bob = sip.peer("udp:192.0.2.1:5060"), sip.peer("udp:192.0.2.2:5060")
            bob.answers = lambda request: [486]
            alice.send("INVITE")
            sip.advance(0.5)
            alice.cancel()
            sip.advance(40)
            heard = sum("INVITE is gone" in line for line in sip.lines())
            self.assertEqual(heard, 0 if route in ("local", "event") else 1, route)
            sip.close()

    def test_what_never_waits_and_routes_that_are_not_there_are_refused_everywhere(self) -> None:
        for route, script in ROUTES.items():
            for wait, mistake in (
                ('async(xlog("x"), R);', "xlog"),
                ("async(t_relay(), R);", "t_relay"),
                ('async(ask("x"), NOWHERE);', "NOWHERE"),
                ('launch(ask("x"), NOWHERE);', "NOWHERE"),
            ):
                text = f"{HEAD}{script}\nroute[R] {{ exit; }}".replace("{ P", "{" + P, 1).replace("WAIT", wait)
                why = self.assertRaises(ConfigErrors, Harness, text)
                self.assertIn(mistake, str(why), route)


def _rows() -> list[tuple[str, str, list[str]]]:
    lines = [line.split("|") for line in TABLE.strip().splitlines()]
    rows = []
    for first, *cells in lines:
        route, outcome = first.split()
        columns = [cell.strip() for cell in cells]
        rows.append((route, outcome, [*columns, _twice(columns[0])]))
    return rows


def _twice(plain: str) -> str:
    """What two plain calls at once come to: two return codes, and both are given up."""
    return re.sub(r"(![0-9.]+)", r"\1 \1", re.sub(r'"on (\S+)"', r'"on \1 \1"', plain))


def _test(route: str, call: str, outcome: str, entry: str) -> Callable[[Any], None]:
    return lambda self: self.assertEqual(play(route, call, outcome), entry)


ROWS = _rows()
for _route, _outcome, _cells in ROWS:
    for _call, _cell in zip(CALLS, _cells, strict=True):
        setattr(MatrixTests, f"test_{_route}_{_call}_{_outcome}", _test(_route, _call, _outcome, _cell))
