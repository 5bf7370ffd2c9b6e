"""matrix: a script that waits, and its request: each kind of route, each way to wait in it, and each way in which that
ends; and what comes of it, over the network of memory and over a real one alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import NamedTuple

from tests.flows.waiting import P

MODULES = ("tm", "tmx", "sl", "pv", "textops", "xlog", "async", "corex", "kex")
HEAD = "".join(f'loadmodule "{name}"\n' for name in MODULES) + (
    """
    modparam("tm", "fr_timer", 3000)
    modparam("tm", "fr_inv_timer", 8000)
    async_tkv_gname="default"
    async_tkv_evcb="core:tkv"
    """
)

# The routes of each row. NAME is the entry's, BOB is where bob is, host:port; WAIT stands for the call, and behind it
# what the route does in the end.
TO_BOB = '$du = "sip:BOB";'
ROUTES = {
    "request": {"request_route": 'WAIT send_reply("480", "after");'},
    "onreply": {
        "request_route": f'{TO_BOB} t_on_reply("NAME"); t_relay();',
        "onreply_route[NAME]": "if ($rs < 200) return; WAIT",
    },
    "reply": {"request_route": f"{TO_BOB} t_relay();", "reply_route": "if ($rs < 200) return; WAIT"},
    "failure": {
        "request_route": f'{TO_BOB} t_on_failure("NAME"); t_relay();',
        "failure_route[NAME]": 'WAIT t_reply("480", "after");',
    },
    "branch_failure": {
        "request_route": f'{TO_BOB} t_on_branch_failure("NAME"); t_relay();',
        "event_route[tm:branch-failure:NAME]": "WAIT",
    },
    "branch": {"request_route": f'{TO_BOB} t_on_branch("NAME"); t_relay();', "branch_route[NAME]": "WAIT"},
    "onsend": {"request_route": f"{TO_BOB} t_relay();", "onsend_route": 'if ($rm != "INVITE") exit; WAIT'},
    "local": {
        "request_route": """
            t_uac_send("MESSAGE", "sip:NAME@BOB", "", "", "From: <sip:me@h>\\r\\nTo: <sip:b@h>\\r\\n", "");
            send_reply("480", "after");""",
        "event_route[tm:local-request]": 'WAIT append_hf("X-Late: 1\\r\\n");',
    },
    "event": {
        "request_route": 'async_tkv_emit(1, "NAME", "value"); send_reply("480", "after");',
        "event_route[core:tkv]": "WAIT",
    },
}

WHOSE = {"event_route[tm:local-request]": "$rU", "event_route[core:tkv]": "$atkv(key)"}
"""What names the entry in routes of which there is but one; in all others the Call-ID does."""


class Call(NamedTuple):
    """How the call, ASK, is made, and what is in route[NAME]. THEN is what the route does in the end."""

    wait: str
    behind: str = ""


# What stands behind async() is never reached, and stands in its route instead.
CALLS = {
    "plain": Call('ASK; xlog("NAME: on $rc"); THEN'),
    "async": Call('async(ASK, NAME, LIMIT); xlog("NAME: never");', 'xlog("NAME: on $rc"); THEN'),
    "launch": Call('launch(ASK, NAME); xlog("NAME: on $rc"); THEN', 'xlog("NAME: report $rc");'),
    "parallel": Call('parallel { ASK; ASK; } xlog("NAME: on $rc(1) $rc(2)"); THEN'),
}

OUTCOMES = ("success", "error", "timeout", "CANCEL", "shutdown")

# alice calls, bob refuses with 486. The call succeeds with 1 or fails with -7 after 1 s, or takes for ever: then it is
# ended by suspend_timeout (5 s) or async()'s limit (2 s), which is -3, by a CANCEL at 0.5 s, or the server is stopped
# at 0.5 s. What alice is answered and when (s), `>` when bob is sent the request, "..." what the script says, `!` when
# the call is given up. The columns: plain, async, launch; parallel is two plain calls at once, see `_twice`.
TABLE = """
request        success  | 480@1 "on 1"            | 480@1 "on 1"               | 480@0 "on 1" "report 1"
request        error    | 480@1 "on -7"           | 480@1 "on -7"              | 480@0 "on 1" "report -7"
request        timeout  | 408@5 !5                | 480@2 "on -3" !2           | 480@0 "on 1" "report -3" !5
request        CANCEL   | 487@0.5 200@0.5 !0.5    | 487@0.5 200@0.5 !0.5       | 480@0 "on 1" "report -3" !5
request        shutdown | 503@0.5 !0.5            | 503@0.5 !0.5               | 480@0 "on 1" !0.5
onreply        success  | 486@1 >0 "on 1"         | 486@1 >0 "on 1"            | 486@0 >0 "on 1" "report 1"
onreply        error    | 486@1 >0 "on -7"        | 486@1 >0 "on -7"           | 486@0 >0 "on 1" "report -7"
onreply        timeout  | 486@5 >0 !5             | 486@2 >0 "on -3" !2        | 486@0 >0 "on 1" "report -3" !5
onreply        CANCEL   | 486@0.5 200@0.5 >0 !0.5 | 486@0.5 200@0.5 >0 !0.5    | 486@0 200@0.5 >0 "on 1" "report -3" !5
onreply        shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 486@0 >0 "on 1" !0.5
reply          success  | 486@1 >0 "on 1"         | 486@1 >0 "on 1"            | 486@0 >0 "on 1" "report 1"
reply          error    | 486@1 >0 "on -7"        | 486@1 >0 "on -7"           | 486@0 >0 "on 1" "report -7"
reply          timeout  | 486@5 >0 !5             | 486@2 >0 "on -3" !2        | 486@0 >0 "on 1" "report -3" !5
reply          CANCEL   | 486@0.5 200@0.5 >0 !0.5 | 486@0.5 200@0.5 >0 !0.5    | 486@0 200@0.5 >0 "on 1" "report -3" !5
reply          shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 486@0 >0 "on 1" !0.5
failure        success  | 480@1 >0 "on 1"         | 480@1 >0 "on 1"            | 480@0 >0 "on 1" "report 1"
failure        error    | 480@1 >0 "on -7"        | 480@1 >0 "on -7"           | 480@0 >0 "on 1" "report -7"
failure        timeout  | 486@5 >0 !5             | 480@2 >0 "on -3" !2        | 480@0 >0 "on 1" "report -3" !5
failure        CANCEL   | 487@0.5 200@0.5 >0 !0.5 | 487@0.5 200@0.5 >0 !0.5    | 480@0 200@0.5 >0 "on 1" "report -3" !5
failure        shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 480@0 >0 "on 1" !0.5
branch_failure success  | 486@1 >0 "on 1"         | 486@1 >0 "on 1"            | 486@0 >0 "on 1" "report 1"
branch_failure error    | 486@1 >0 "on -7"        | 486@1 >0 "on -7"           | 486@0 >0 "on 1" "report -7"
branch_failure timeout  | 486@5 >0 !5             | 486@2 >0 "on -3" !2        | 486@0 >0 "on 1" "report -3" !5
branch_failure CANCEL   | 487@0.5 200@0.5 >0 !0.5 | 487@0.5 200@0.5 >0 !0.5    | 486@0 200@0.5 >0 "on 1" "report -3" !5
branch_failure shutdown | 486@0.5 >0 !0.5         | 486@0.5 >0 !0.5            | 486@0 >0 "on 1" !0.5
branch         success  | 486@1 >1 "on 1"         | 486@1 >1 "on 1"            | 486@0 >0 "on 1" "report 1"
branch         error    | 486@1 >1 "on -7"        | 486@1 >1 "on -7"           | 486@0 >0 "on 1" "report -7"
branch         timeout  | 408@5 !5                | 486@2 >2 "on -3" !2        | 486@0 >0 "on 1" "report -3" !5
branch         CANCEL   | 487@0.5 200@0.5 !0.5    | 487@0.5 200@0.5 !0.5       | 486@0 200@0.5 >0 "on 1" "report -3" !5
branch         shutdown | 503@0.5 !0.5            | 503@0.5 !0.5               | 486@0 >0 "on 1" !0.5
onsend         success  | 486@1 >1 "on 1"         | 486@1 >1 "on 1"            | 486@0 >0 "on 1" "report 1"
onsend         error    | 486@1 >1 "on -7"        | 486@1 >1 "on -7"           | 486@0 >0 "on 1" "report -7"
onsend         timeout  | 408@5 !5                | 486@2 >2 "on -3" !2        | 486@0 >0 "on 1" "report -3" !5
onsend         CANCEL   | 487@0.5 200@0.5 !0.5    | 487@0.5 200@0.5 !0.5       | 486@0 200@0.5 >0 "on 1" "report -3" !5
onsend         shutdown | 503@0.5 !0.5            | 503@0.5 !0.5               | 486@0 >0 "on 1" !0.5
local          success  | 480@0 >1 "on 1"         | 480@0 >1 "on 1"            | 480@0 >0 "on 1" "report 1"
local          error    | 480@0 >1 "on -7"        | 480@0 >1 "on -7"           | 480@0 >0 "on 1" "report -7"
local          timeout  | 480@0 !5                | 480@0 >2 "on -3" !2        | 480@0 >0 "on 1" "report -3" !5
local          CANCEL   | 480@0 !5                | 480@0 >2 "on -3" !2        | 480@0 >0 "on 1" "report -3" !5
local          shutdown | 480@0 !0.5              | 480@0 !0.5                 | 480@0 >0 "on 1" !0.5
event          success  | 480@0 "on 1"            | 480@0 "on 1"               | 480@0 "on 1" "report 1"
event          error    | 480@0 "on -7"           | 480@0 "on -7"              | 480@0 "on 1" "report -7"
event          timeout  | 480@0 !5                | 480@0 "on -3" !2           | 480@0 "on 1" "report -3" !5
event          CANCEL   | 480@0 !5                | 480@0 "on -3" !2           | 480@0 "on 1" "report -3" !5
event          shutdown | 480@0 !0.5              | 480@0 !0.5                 | 480@0 "on 1" !0.5
"""


class Entry(NamedTuple):
    """One cell of the table."""

    route: str
    call: str
    outcome: str
    expected: str = ""

    @property
    def name(self) -> str:
        return f"{self.route}_{self.call}_{self.outcome}"

    def routes(self) -> dict[str, str]:
        """Its part of the script: what is in each route."""
        found = {}
        wait, behind = CALLS[self.call]
        for route, body in ROUTES[self.route].items():
            before, waits, rest = body.partition("WAIT")
            found[route] = before + wait.replace("THEN", rest) if waits else body
            if waits and behind:
                found["route[NAME]"] = behind.replace("THEN", rest)
        return found


def script(entries: Iterable[Entry], bob: str, ask: Callable[[Entry], str], limit: Callable[[Entry], int]) -> str:
    """One that has the routes of all these entries. ask: how the call is written; limit: of async(), in s."""
    routes: dict[str, list[str]] = {"request_route": [P]}
    for entry in entries:
        words = {"NAME": entry.name, "BOB": bob, "ASK": ask(entry), "LIMIT": str(limit(entry))}
        for route, body in entry.routes().items():
            whose = WHOSE.get(route, "$ci")
            mine = body if "NAME" in route else f'if ({whose} == "NAME") {{ {body} }}'
            routes.setdefault(_filled(route, words), []).append(_filled(mine, words))
    return "\n".join(chain.from_iterable((f"{route} {{", *bodies, "}") for route, bodies in routes.items()))


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\b(?:NAME|BOB|ASK|LIMIT)\b", lambda found: words[found[0]], text)


def _entries() -> Iterable[Entry]:
    for line in TABLE.strip().splitlines():
        first, *cells = line.split("|")
        route, outcome = first.split()
        columns = [cell.strip() for cell in cells]
        for call, expected in zip(CALLS, (*columns, _twice(columns[0])), strict=True):
            yield Entry(route, call, outcome, expected)


def _twice(plain: str) -> str:
    """What two plain calls at once come to: two return codes, and both are given up."""
    return re.sub(r"(![0-9.]+)", r"\1 \1", re.sub(r'"on (\S+)"', r'"on \1 \1"', plain))


ENTRIES = list(_entries())
