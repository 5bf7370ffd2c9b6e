"""outage: a backend is killed and started again while 200 calls a second ask it.

    python -m bench.outage [redis postgres mysql ldap http] [--rate 200] [--seconds 8]

Each call is an INVITE whose script asks the backend, says what came of it, and answers 480. The backend is killed after
a quarter of the time and started again at the half. Nobody sends anything again. Per backend: calls, those without an
answer, the longest wait for one, how many were told of a failure, how soon after its return the backend is asked again
with success, and exceptions in the log.
"""

from __future__ import annotations

import argparse
import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.suspended import endpoint, message
from bench.table import table
from tests.served import Served, Standin, free_ports

SCRIPT = """
debug=0
listen=udp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "tm" loadmodule "pv" loadmodule "textops"
@HEAD@
request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    t_newtran();
    $var(rc) = -9;
    @ASK@
    if ($var(rc) > 0) { t_reply("480", "Asked"); } else { t_reply("481", "Failed"); }
}
"""

GRACE = 6.0  # s after the last call


class Place:
    """A backend that can be killed and started again, and what a script says to ask it."""

    def __init__(self, head: str, ask: str, kill: Callable[[], None], start: Callable[[], None]) -> None:
        self.head, self.ask, self.kill, self.start = head, ask, kill, start


def redis(holder: Standin) -> Place:
    from tests.integration.redis import Redis

    server = Redis(holder)
    head = f'loadmodule "ndb_redis"\nmodparam("ndb_redis", "server", "name=a;port={server.port}")'
    return Place(head, '$var(rc) = redis_cmd("a", "INCR n", "r");', server.kill, server.start)


def database(kind: str, holder: Standin) -> Place:
    if kind == "postgres":
        from tests.integration.postgres import Postgres as Server
    else:
        from tests.integration.mariadb import MariaDb as Server  # type: ignore[assignment]
    server = Server(holder)
    head = f'loadmodule "db_{kind}"\nloadmodule "sqlops"\nmodparam("sqlops", "sqlcon", "a=>{server.url}")'
    ask = '$var(rc) = sql_query("a", "select 1", "r");'
    return Place(head, ask, lambda: server.stop(9), server.start)


def ldap(holder: Standin) -> Place:
    from tests.integration.slapd import BASE, PASSWORD, ROOT, Slapd

    server = Slapd(holder)
    path = Path(holder.mktemp())
    path.write_text(
        f"[a]\nldap_server_url = ldap://127.0.0.1:{server.port}\n"
        f"ldap_bind_dn = {ROOT}\nldap_bind_password = {PASSWORD}\n"
    )
    head = f'loadmodule "ldap"\nmodparam("ldap", "config_file", "{path}")'
    return Place(
        head, f'$var(rc) = ldap_search("ldap://a/{BASE}??sub?(cn=Alice)");', lambda: server.stop(9), server.start
    )


def http(holder: Standin) -> Place:
    from tests.integration.webserver import WebServer

    server = WebServer(holder)
    ask = f'http_client_query("{server.url("ok")}", "$var(body)"); if ($rc == 200) {{ $var(rc) = 1; }}'
    return Place('loadmodule "http_client"', ask, server.stop, server.start)


PLACES: dict[str, Callable[[Standin], Place]] = {
    "redis": redis,
    "postgres": lambda holder: database("postgres", holder),
    "mysql": lambda holder: database("mysql", holder),
    "ldap": ldap,
    "http": http,
}


class Load:
    """Calls at a steady rate, and when each was answered how."""

    def __init__(self, port: int) -> None:
        self.socket = endpoint(port)
        self.sent: dict[int, float] = {}
        self.answers: dict[int, tuple[float, int]] = {}  # number -> (when, status)

    def run(self, rate: float, seconds: float) -> None:
        began = time.monotonic()
        number = 0
        while (now := time.monotonic()) < began + seconds + GRACE:
            if number < rate * seconds and now >= began + number / rate:
                self.sent[number] = now
                self._send("INVITE", number)
                number += 1
            elif number >= rate * seconds and len(self.answers) == number:
                return
            self._receive(0.001)

    def _send(self, method: str, number: int, to: str = "<sip:bob@example.com>") -> None:
        self.socket.send(message(method, number, self.socket.getsockname()[1], to))

    def _receive(self, seconds: float) -> None:
        while select.select([self.socket], [], [], seconds)[0]:
            seconds = 0
            text = self.socket.recv(65535).decode()
            status = int(text.split()[1])
            if status < 200:
                continue
            facts = dict(line.split(": ", 1) for line in text.split("\r\n")[1:] if ": " in line)
            number = int(facts["Call-ID"].split("@")[0].split("-")[1])
            self.answers.setdefault(number, (time.monotonic(), status))
            self._send("ACK", number, facts["To"])


def measure(name: str, rate: float, seconds: float) -> str:
    with Standin() as holder:
        place = PLACES[name](holder)
        sip = Served(holder, SCRIPT, HEAD=place.head, ASK=place.ask, PORT=free_ports()[0])
        load = Load(sip.port)
        calls = threading.Thread(target=load.run, args=(rate, seconds))
        calls.start()
        time.sleep(seconds / 4)
        place.kill()
        time.sleep(seconds / 4)
        place.start()
        back = time.monotonic()
        calls.join()
        waits = [at - load.sent[number] for number, (at, _) in load.answers.items()]
        good = sorted(at for at, status in load.answers.values() if status == 480 and at > back - 1)
        recovered = next((at - back for at in good if at > back - 0.5), float("nan"))
        failed = sum(status != 480 for _, status in load.answers.values())
        return (
            f"{len(load.sent)} calls, {len(load.sent) - len(load.answers)} unanswered, "
            f"longest wait {max(waits, default=0):.2f} s, {failed} told of a failure, "
            f"asked again after {max(recovered, 0):.2f} s, {sip.log.count('Traceback')} exceptions"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("backends", nargs="*", default=list(PLACES))
    arguments.add_argument("--rate", type=float, default=200.0)
    arguments.add_argument("--seconds", type=float, default=8.0)
    given: Any = arguments.parse_args()
    for name in given.backends:
        print(table([(name, measure(name, given.rate, given.seconds))]), flush=True)


if __name__ == "__main__":
    socket.setdefaulttimeout(10)
    main()
