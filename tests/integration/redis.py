"""redis: real Redis servers for tests: one, one with replica and sentinel, a cluster of three."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.integration.process import program
from tests.served import Standin, free_ports


class Redis:
    """A redis-server (or redis-sentinel) on a port of its own, with no file but its log. tls: the folder of its
    certificate; it speaks nothing else then."""

    def __init__(self, holder: Standin, *options: str, sentinel: str = "", tls: Path | None = None) -> None:
        self.holder = holder
        self.port = free_ports()[0]
        self._program = program("redis-server", "redis-server")
        self._options = options
        self._folder = Path(holder.mktemp())
        self._folder.mkdir()
        self._sentinel = sentinel
        self._tls = tls
        self._process: subprocess.Popen[bytes] | None = None
        holder.addCleanup(self.kill)
        self.start()

    def start(self) -> None:
        common = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        if self._tls is not None:
            ca, key = str(self._tls / "ca.pem"), str(self._tls / "key.pem")
            common[:4] = ["--port", "0", "--tls-port", str(self.port), "--bind", "127.0.0.1", "127.0.0.2"]
            common += ["--tls-cert-file", ca, "--tls-key-file", key, "--tls-ca-cert-file", ca]
        command = [self._program, *common, *self._options]
        if self._sentinel:
            conf = self._folder / "sentinel.conf"
            conf.write_text(f"port {self.port}\nbind 127.0.0.1\ndir {self._folder}\n{self._sentinel}\n")
            command = [self._program, str(conf), "--sentinel"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError((self._folder / "log").read_text())

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        """Empty it, without a program to be started."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as link:
            answer = b"-LOADING"
            while answer.startswith(b"-LOADING"):
                link.sendall(b"FLUSHALL\r\n")
                answer = link.recv(1000)
            assert answer == b"+OK\r\n", answer

    def cli(self, *words: str) -> str:
        done = subprocess.run(
            [program("redis-cli", "redis-tools"), "-p", str(self.port), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=30,
            check=False,
        )
        return done.stdout.decode().strip()


def node(holder: Standin) -> Redis:
    """A node for a cluster."""
    options = {
        "--cluster-enabled": "yes",
        "--cluster-port": str(free_ports()[0]),
        "--cluster-node-timeout": "2000",
        "--repl-diskless-sync-delay": "0",
    }
    return Redis(holder, *(word for option in options.items() for word in option))


def cluster(holder: Standin) -> list[Redis]:
    """Three masters that share the slots."""
    nodes = [node(holder) for _ in range(3)]
    places = [f"127.0.0.1:{one.port}" for one in nodes]
    said = nodes[0].cli("--cluster", "create", *places, "--cluster-yes")
    end = time.monotonic() + 30
    while not all("cluster_state:ok" in one.cli("cluster", "info") for one in nodes):
        if time.monotonic() > end:
            raise AssertionError(said)
        time.sleep(0.05)
    return nodes


def replica(holder: Standin, nodes: list[Redis], master: Redis) -> Redis:
    """One more node of a cluster, which takes over when this one of the others dies."""
    made = node(holder)
    end = time.monotonic() + 30

    def until(done: Callable[[], bool]) -> None:
        while not done():
            assert time.monotonic() < end, made.cli("cluster", "nodes")
            time.sleep(0.05)

    for one in nodes:
        row = next(row for row in one.cli("cluster", "nodes").splitlines() if "myself" in row)
        made.cli("cluster", "meet", "127.0.0.1", str(one.port), row.split()[1].partition("@")[2].partition(",")[0])
    own, wanted = made.cli("cluster", "myid"), master.cli("cluster", "myid")
    until(lambda: "OK" in made.cli("cluster", "replicate", wanted))
    until(lambda: all(f"slave {wanted}" in one.cli("cluster", "nodes") for one in nodes))  # or nobody would elect it
    until(lambda: all(own in one.cli("cluster", "nodes") for one in nodes))
    until(lambda: "master_link_status:up" in made.cli("info", "replication"))
    return made
