"""served: a real sipapp, started for a test as its users start it: `twistd -n --pidfile= sipapp -c FILE`."""

from __future__ import annotations

import atexit
import os
import re
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

TOP = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
TWISTD = [sys.executable, str(SCRIPTS / "twistd"), "-n", "--pidfile=", "sipapp"]
SIPAPP = [sys.executable, "-m", "sipapp.cli"]

STARTED = "listening on"
LONGEST_START = 60.0  # s: a busy machine


class Finished(NamedTuple):
    """A command that has ended."""

    status: int
    output: str


def free_ports(count: int = 1) -> list[int]:
    """Ports of the loopback interface that nobody has, over UDP and TCP alike."""
    held: list[socket.socket] = []
    found: list[int] = []
    while len(found) < count:
        stream = socket.socket()
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        held += [stream, datagram]
        stream.bind(("127.0.0.1", 0))
        port = stream.getsockname()[1]
        try:
            datagram.bind(("127.0.0.1", port))
        except OSError:
            continue
        found.append(port)
    for taken in held:
        taken.close()
    return found


def environment(paths: Sequence[Path] = ()) -> dict[str, str]:
    """That of the test, with this checkout, and these folders, where Python looks for packages."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (TOP, *paths))), "PYTHONUNBUFFERED": "1"}


def run(
    command: list[str], cwd: str | Path | None = None, seconds: float = LONGEST_START, paths: Sequence[Path] = ()
) -> Finished:
    """Run a command to its end; its output is what it wrote to both streams."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment(paths),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(errors="replace"))


class Served:
    """A server that runs `text`, in which @PORT@ and the like are replaced by `values`. It ends with the test."""

    def __init__(self, test: Any, text: str, *arguments: str, paths: Sequence[Path] = (), **values: int | str) -> None:
        self.port = int(values.setdefault("PORT", free_ports()[0]))
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        folder = Path(test.mktemp()).absolute()
        folder.mkdir(parents=True)
        self.script = folder / "app.cfg"
        self.script.write_text(text, encoding="utf-8")
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*TWISTD, "-c", str(self.script), *arguments],
                cwd=folder,
                env=environment(paths),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        test.addCleanup(self.stop)
        self.wait_for(STARTED)

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text: str, seconds: float = LONGEST_START, times: int = 1) -> None:
        """Until the log has the text, that many times."""
        end = time.monotonic() + seconds
        while self.log.count(text) < times:
            if self.process.poll() is not None:
                raise AssertionError(f"the server has ended with {self.process.returncode}:\n{self.log}")
            if time.monotonic() > end:
                raise AssertionError(f"no {text!r} in the log after {seconds} s:\n{self.log}")
            select.select([], [], [], 0.02)

    def memory(self) -> int:
        """What it holds of the machine's memory (bytes)."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Standin(ExitStack):
    """What these helpers want of a test, for several tests or for a script: temporary folders, and whatever is started
    ends at `close()`, or with the `with` block."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = self.enter_context(tempfile.TemporaryDirectory(prefix="sipapp-"))
        self._count = 0

    @classmethod
    def until_exit(cls) -> Standin:
        """One that ends with the process: trial knows no fixtures of classes."""
        made = cls()
        atexit.register(made.close)
        return made

    def mktemp(self) -> str:
        self._count += 1
        return str(Path(self._folder) / str(self._count))

    def addCleanup(self, call: Callable[..., object], *arguments: Any) -> None:
        self.callback(call, *arguments)


class Caller:
    """A socket of a test that speaks SIP to a server: over UDP or TCP, one message at a time."""

    def __init__(self, test: Any, port: int, proto: str = "udp") -> None:
        self.proto = proto
        self.server = ("127.0.0.1", port)
        if proto == "udp":
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind(("127.0.0.1", 0))
            self.socket.connect(self.server)
        else:
            self.socket = socket.create_connection(self.server)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        test.addCleanup(self.socket.close)
        self.port = self.socket.getsockname()[1]
        self._count = 0
        self._stream = b""
        self._sent_at = 0.0
        self._invite = ""

    def send(
        self, method: str, user: str = "bob", *headers: str, call_id: str = "", to_tag: str = "", uri: str = ""
    ) -> str:
        """Send a request; answers its Call-ID. to_tag: it is within a dialog."""
        self._count += 1
        call_id = call_id or f"{self.proto}-{self.port}-{self._count}"
        lines = [
            f"{method} {uri or f'sip:{user}@127.0.0.1:{self.server[1]}'} SIP/2.0",
            f"Via: SIP/2.0/{self.proto.upper()} 127.0.0.1:{self.port};branch=z9hG4bK{self.port}-{self._count};rport",
            *([] if any(h.startswith("Max-Forwards") for h in headers) else ["Max-Forwards: 70"]),
            f"From: <sip:alice@example.com>;tag=f{self._count}",
            f"To: <sip:{user}@example.com>" + (f";tag={to_tag}" if to_tag else ""),
            f"Call-ID: {call_id}",
            f"CSeq: {self._count} {method}",
            f"Contact: <sip:alice@127.0.0.1:{self.port}>",
            *headers,
            "Content-Length: 0\r\n\r\n",
        ]
        text = "\r\n".join(lines)
        if method == "INVITE":
            self._invite = text
        self.send_raw(text.encode())
        return call_id

    def cancel(self) -> None:
        """Give up the last INVITE."""
        self.send_raw(self._like_invite("CANCEL").encode())

    def _like_invite(self, method: str) -> str:
        """A request of the same branch."""
        return re.sub(r"(?m)^INVITE|(?<=\d )INVITE\r$", lambda m: m[0].replace("INVITE", method), self._invite)

    def send_raw(self, data: bytes) -> None:
        self._sent_at = time.monotonic()
        self.socket.sendall(data)

    def receive(self, seconds: float = 5.0) -> tuple[float, str]:
        """The next message, and how long after the last `send` it came (s); an empty text: none.

        A failed INVITE is acknowledged.
        """
        end = time.monotonic() + seconds
        while True:
            message = self._next()
            if message:
                at = time.monotonic() - self._sent_at
                if self._invite and re.match(r"SIP/2\.0 [3-6].*^CSeq: *\d+ INVITE", message, re.DOTALL | re.MULTILINE):
                    to = re.search("^To:.*$", message, re.MULTILINE)
                    ack = re.sub("(?m)^To:.*$", to[0] if to else "", self._like_invite("ACK"))
                    self.socket.sendall(ack.encode())
                return at, message
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.socket.recv(65535)
            except TimeoutError:
                data = b""
            if not data:
                return time.monotonic() - self._sent_at, ""
            self._stream += data

    def final(self, seconds: float = 5.0) -> tuple[float, str]:
        """The next final response; provisional ones are passed over."""
        while True:
            at, message = self.receive(seconds)
            if not message.startswith("SIP/2.0 1"):
                return at, message

    def ask(self, method: str, user: str = "bob", *headers: str) -> tuple[float, int]:
        """Send a request: how long its final response took (s), and its status; 0: none came."""
        self.send(method, user, *headers)
        at, message = self.final()
        return at, int(message.split()[1]) if message else 0

    def _next(self) -> str:
        """A whole message of what has come. All of ours are without a body."""
        head, end, rest = self._stream.partition(b"\r\n\r\n")
        if not end:
            return ""
        self._stream = rest
        return (head + end).decode()
