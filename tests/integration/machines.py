"""machines: several machines for tests: network namespaces at a bridge, or only addresses of one machine."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import SkipTest

from tests.integration.process import program
from tests.served import Standin

CLONE_NEWNET = 0x40000000


class Loopback:
    """No machines at all: each has an address of 127.0.0.0/8, another one in each process of tests."""

    def address(self, number: int) -> str:
        return f"127.77.{os.getpid() % 256}.{number}"

    @contextmanager
    def on(self, number: int) -> Iterator[None]:
        """Sockets and processes that are made meanwhile are this machine's."""
        yield


class Namespaces(Loopback):
    """Machines 1 to `count`, each a network namespace with one interface at a bridge."""

    def __init__(self, holder: Standin, count: int) -> None:
        """Raises SkipTest, where the machine does not allow it."""
        self._name = f"sipapp-{os.getpid()}-%s"
        self._ip = program("ip", "iproute2", "/usr/sbin", "/sbin")
        hub = self._add(holder, "hub")
        self._run("-n", hub, "link", "add", "hub", "type", "bridge")
        self._run("-n", hub, "link", "set", "hub", "up")
        for number in range(1, count + 1):
            here = self._add(holder, number)
            self._run("-n", hub, "link", "add", f"m{number}", "type", "veth", "peer", "name", "eth", "netns", here)
            self._run("-n", hub, "link", "set", f"m{number}", "master", "hub", "up")
            self._run("-n", here, "address", "add", f"{self.address(number)}/24", "dev", "eth")
            self._run("-n", here, "link", "set", "eth", "up")
            self._run("-n", here, "link", "set", "lo", "up")

    def _add(self, holder: Standin, what: int | str) -> str:
        name = self._name % what
        self._run("netns", "add", name)
        holder.addCleanup(self._run, "netns", "delete", name)
        return name

    def _run(self, *words: str) -> None:
        done = subprocess.run([self._ip, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SkipTest(f"no network namespaces here: ip {' '.join(words)}: {done.stderr.strip()}")

    def address(self, number: int) -> str:
        return f"192.0.2.{number}"

    @contextmanager
    def on(self, number: int) -> Iterator[None]:
        enter = ctypes.CDLL(None, use_errno=True).setns
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self._name % number}") as there:
            if enter(there.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                enter(home.fileno(), CLONE_NEWNET)

    @contextmanager
    def cut(self, number: int) -> Iterator[None]:
        """Meanwhile nothing comes to this machine, and nothing leaves it."""
        self._run("-n", self._name % "hub", "link", "set", f"m{number}", "down")
        try:
            yield
        finally:
            self._run("-n", self._name % "hub", "link", "set", f"m{number}", "up")


class Phone:
    """A telephone of one user: what it says and hears, over UDP or a stream."""

    def __init__(self, machines: Loopback, number: int, user: str, proto: str = "udp") -> None:
        kind = socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM
        with machines.on(number):
            self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.bind((machines.address(number), 0))
        self.host, self.port = self.socket.getsockname()
        self.user, self.proto = user, proto
        self._count = 0
        self._connected = False
        self._buffer = b""

    def close(self) -> None:
        self.socket.close()

    def send(self, server: str, method: str, user: str, *headers: str, contact: str = "") -> str:
        """Send a request to a server (port 5060); answers its Call-ID."""
        self._count += 1
        call_id = f"{self.proto}-{self.user}-{self.port}-{self._count}"
        text = "\r\n".join(
            [
                f"{method} sip:{user}@example.com SIP/2.0",
                f"Via: SIP/2.0/{self.proto.upper()} {self.host}:{self.port};branch=z9hG4bK{call_id};rport",
                "Max-Forwards: 70",
                f"From: <sip:{self.user}@example.com>;tag={self._count}",
                f"To: <sip:{user}@example.com>",
                f"Call-ID: {call_id}",
                f"CSeq: {self._count} {method}",
                f"Contact: <{contact or f'sip:{self.user}@{self.host}:{self.port}'}>",
                *headers,
                "Content-Length: 0\r\n\r\n",
            ]
        )
        if self.proto == "udp":
            self.socket.sendto(text.encode(), (server, 5060))
        else:
            if not self._connected:
                self.socket.connect((server, 5060))
                self._connected = True
            self.socket.sendall(text.encode())
        return call_id

    def hear(self, start: str, call_id: str, seconds: float = 8.0) -> str:
        """The next message whose first line begins so (a pattern); others are passed over. Empty: none came."""
        wanted = re.compile(f"{start}.*^Call-ID: [^\r]*{call_id}", re.DOTALL | re.MULTILINE).match
        self.socket.settimeout(seconds)
        while True:
            try:
                data = self.socket.recv(65535)
            except TimeoutError:
                return ""
            if not data:
                return ""
            self._buffer += data
            *messages, self._buffer = self._buffer.split(b"\r\n\r\n")  # none of them has a body
            for message in messages:
                if wanted(message.decode()):
                    return message.decode()

    def ask(self, server: str, method: str, user: str, *headers: str, contact: str = "") -> str:
        """Send a request; the first line of its final response, or nothing."""
        call_id = self.send(server, method, user, *headers, contact=contact)
        found = self.hear("SIP/2.0 [2-6]", call_id)
        return found.partition("\r\n")[0].removeprefix("SIP/2.0 ")

    def acknowledge(self, server: str, user: str, refusal: str) -> None:
        """Answer a failed INVITE's response."""
        lines = [line for line in refusal.split("\r\n") if re.match("(Via|From|To|Call-ID|CSeq):", line)]
        text = "\r\n".join([f"ACK sip:{user}@example.com SIP/2.0", *lines, "Content-Length: 0\r\n\r\n"])
        self.socket.sendto(text.replace(" INVITE\r", " ACK\r").encode(), (server, 5060))

    def refuse(self, request: str) -> None:
        """Answer a request with 486."""
        lines = [line for line in request.split("\r\n") if re.match("(Via|From|To|Call-ID|CSeq|Record-Route):", line)]
        lines = [f"{line};tag=b" if line.startswith("To:") else line for line in lines]
        text = "\r\n".join(["SIP/2.0 486 Busy Here", *lines, "Content-Length: 0\r\n\r\n"])
        if self.proto == "udp":
            via = re.search(r"Via: SIP/2.0/UDP ([^:;]+):(\d+)", request)
            assert via is not None, request
            self.socket.sendto(text.encode(), (via[1], int(via[2])))
        else:
            self.socket.sendall(text.encode())
