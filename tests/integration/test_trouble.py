"""Every function that asks a server, all at once, when it is not there, takes no connection, or says nothing."""

from __future__ import annotations

import re
import socket
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.sqlcase import hanging_port as mute_port
from tests.integration.webserver import dead_port, hanging_port
from tests.served import Caller, Served, Standin

SCRIPT = Path(__file__).with_name("trouble.cfg").read_text(encoding="utf-8")

DEADLINE = 2.0  # s that every call has
LIMIT = 1.0  # s that async() gives
AT_ONCE = 1.2  # s: far less than what is waited for, on a busy machine

# Function: its codes where nobody is there, where no connection can be made, and where nothing comes back.
CODES = {
    "http_client_query": ("7", "28", "28"),
    "http_client_request": ("7", "28", "28"),
    "http_connect": ("7", "28", "28"),
    "rest_get": ("-1", "-2", "-3"),
    "rest_post": ("-1", "-2", "-3"),
    "http_async_query": ("0", "0", "0"),
    "redis_cmd": ("-1", "-1", "-1"),
    "redis_execute": ("-1", "-1", "-1"),
    "cache_store": ("-1", "-1", "-1"),
    "cache_fetch": ("-1", "-1", "-1"),
    "cache_remove": ("-1", "-1", "-1"),
    "cache_add": ("-1", "-1", "-1"),
    "cache_raw_query": ("-1", "-1", "-1"),
    "ldap_search": ("-2", "-2", "-2"),
    "postgres": ("-2", "-2", "-2"),
    "postgres select": ("-1", "-1", "-1"),
    "mysql": ("-2", "-2", "-2"),
    "exec_avp": ("-1", "", "-1"),
}

LIMITED = {
    "http_client_query": "28",
    "rest_get": "-3",
    "redis_cmd": "-1",
    "cache_fetch": "-1",
    "ldap_search": "-2",
    "postgres": "-1",
    "mysql": "-1",
    "exec": "-1",
}
"""The codes of calls that the third argument of async() has ended."""

PLACES = ("dead", "full", "mute")

SESSION = '[{name}]\nldap_server_url = "ldap://127.0.0.1:{port}"\nldap_network_timeout = 2000\n'
TIMES = "ldap_client_bind_timeout = 2000\nldap_client_search_timeout = 2000\n"

_MISSING = [name for name in ("psycopg", "pymysql", "ldaptor") if find_spec(name) is None]


class TroubleTests(SynchronousTestCase):
    skip = f"not installed: {', '.join(_MISSING)}" if _MISSING else None
    sip: Served | None = None

    def setUp(self) -> None:
        cls = type(self)
        if cls.__dict__.get("sip") is None:
            cls.sip = self.serve()

    def serve(self) -> Served:
        holder = Standin.until_exit()
        dead, taken = dead_port()
        full, held = hanging_port()
        ports = {"dead": dead, "full": full, "mute": mute_port(holder)}
        self.keep(holder, taken, *held)
        sessions = Path(holder.mktemp())
        sessions.write_text("".join(SESSION.format(name=name, port=port) + TIMES for name, port in ports.items()))
        named: dict[str, Any] = {name.upper(): port for name, port in ports.items()}
        return Served(holder, SCRIPT, LDAP=str(sessions), **named)

    def keep(self, holder: Standin, *sockets: socket.socket) -> None:
        for one in sockets:
            holder.addCleanup(one.close)

    def begin(self, function: str, place: str, method: str = "OPTIONS") -> Caller:
        assert self.sip is not None
        made = Caller(self, self.sip.port)
        made.send(method, "bob", f"X-Fn: {function}", f"X-At: {place}")
        return made

    def out(self, caller: Caller) -> tuple[float, str]:
        at, message = caller.final(DEADLINE + 5)
        found = re.search(r"^X-Out: (.*?)\r$", message, re.MULTILINE)
        return at, found[1] if found else message

    def others_are_served(self) -> None:
        assert self.sip is not None
        at, status = Caller(self, self.sip.port).ask("MESSAGE")
        self.assertEqual(status, 200)
        self.assertLess(at, AT_ONCE)

    def test_every_function_fails_with_its_code_in_time(self) -> None:
        expected = {(f, place): codes[n] for n, place in enumerate(PLACES) for f, codes in CODES.items()}
        asked = {key: self.begin(*key) for key, code in expected.items() if code}
        self.others_are_served()
        found = {key: self.out(caller) for key, caller in asked.items()}
        wrong = {key: (out, expected[key]) for key, (_, out) in found.items() if out != expected[key]}
        self.assertEqual(wrong, {})
        self.maxDiff = None
        late = {key: at for key, (at, _) in found.items() if at > (AT_ONCE if key[1] == "dead" else DEADLINE + AT_ONCE)}
        self.assertEqual(late, {})

    def test_the_limit_of_async_ends_every_call(self) -> None:
        asked = {function: self.begin(f"limit {function}", "mute") for function in LIMITED}
        self.others_are_served()
        found = {function: self.out(caller) for function, caller in asked.items()}
        self.assertEqual({function: out for function, (_, out) in found.items()}, LIMITED)
        self.assertEqual({function: at for function, (at, _) in found.items() if not LIMIT <= at < LIMIT + AT_ONCE}, {})

    def test_every_call_is_given_up_with_its_caller(self) -> None:
        functions = [key for key in CODES if key not in ("exec_avp", "postgres", "postgres select", "mysql")]
        functions += ["hold postgres", "hold mysql"]
        asked = {(f, place): self.begin(f, place, "INVITE") for place in ("full", "mute") for f in functions}
        asked["exec_avp", "mute"] = self.begin("exec_avp", "mute", "INVITE")
        for key, caller in asked.items():
            self.assertIn(" 100 ", caller.receive()[1], key)
        began = time.monotonic()
        for caller in asked.values():
            caller.cancel()
        for key, caller in asked.items():
            statuses = sorted(caller.final()[1].split()[1] for _ in range(2))
            self.assertEqual(statuses, ["200", "487"], key)
        self.assertLess(time.monotonic() - began, AT_ONCE)
        self.others_are_served()
