"""webserver: the server of web.py as a process that tests start, ask, and start again."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.served import TOP, environment


def hanging_port() -> tuple[int, list[socket.socket]]:
    """A port whose queue of connections is full, and the sockets that keep it so."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    held = [listening]
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listening.getsockname())
        held.append(filler)
    return listening.getsockname()[1], held


def dead_port() -> tuple[int, socket.socket]:
    """A port that is taken, but where nobody listens."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken.getsockname()[1], taken


class WebServer:
    """`ports` are http, https, dead (nobody listens) and hang (connections are never made); `ca` is the file with its
    certificate."""

    def __init__(self, holder: Any) -> None:
        self.folder = Path(holder.mktemp()).absolute()
        self.folder.mkdir(parents=True)
        self.ca = str(self.folder / "ca.pem")
        hang, held = hanging_port()
        dead, taken = dead_port()
        for one in (*held, taken):
            holder.addCleanup(one.close)
        self.ports = {"http": 0, "https": 0, "hang": hang, "dead": dead}
        self.start()
        holder.addCleanup(self.stop)

    def start(self) -> None:
        """Once more, where it has been."""
        ports = [str(self.ports[name]) for name in ("http", "https")]
        command = [sys.executable, "-m", "tests.integration.web", str(self.folder), *ports]
        self._process = subprocess.Popen(
            command, cwd=TOP, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        started = self._process.stdout.readline()
        assert started, "the web server has not started"
        self.ports.update(json.loads(started))

    def stop(self) -> None:
        process = self._process
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def url(self, path: str, port: str = "http") -> str:
        """http://127.0.0.1:.../path"""
        return f"{'https' if port == 'https' else 'http'}://127.0.0.1:{self.ports[port]}/{path}"

    def seen(self) -> dict[str, list[str]]:
        """`seen`: the requests that came; `given_up`: the paths of those whose connection was closed unanswered."""
        with urllib.request.urlopen(self.url("seen"), timeout=5) as answer:
            found: dict[str, list[str]] = json.load(answer)
        return found
