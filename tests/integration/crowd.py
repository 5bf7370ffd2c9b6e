"""crowd: many calls at once with a real server: those who call, the one who is called, and a web server that the script
asks and that answers when the test says so.

Nobody here waits for a time: `until()` waits for what has to come.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

from tests.served import Caller

LONGEST = 30.0  # s: a busy machine

_COPIED = re.compile(r"^(?:Via|From|Call-ID|CSeq):.*$", re.MULTILINE)
_YES = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes"


class Call:
    """An INVITE, and what came of it: "480@": the caller was answered; ">": a request came to the callee; "!": the
    connection to the web server was closed, unanswered. Each with its time (s of time.monotonic()), in order."""

    def __init__(self, caller: Caller, name: str) -> None:
        self.caller = caller
        self.sent_at = time.monotonic()
        self.turned_at = 0.0  # see turn(); 0: it was not
        self.events: list[tuple[str, float]] = []
        self.asked = 0  # times that the web server was
        self._seen: set[str] = set()
        caller.send("INVITE", call_id=name)

    def turn(self) -> None:
        """The test does its part now: an answer, a CANCEL, a signal."""
        self.turned_at = time.monotonic()

    def came(self, what: str, which: str = "") -> None:
        """which: what is the same where a message comes again."""
        if which not in self._seen:
            self.events.append((what, time.monotonic()))
        if which:
            self._seen.add(which)


class Crowd:
    """`bob` and `web` are their ports. bob is busy; whatever is no INVITE he takes."""

    def __init__(self, holder: Any) -> None:
        self._holder = holder
        self._selector = selectors.DefaultSelector()
        holder.addCleanup(self._selector.close)
        self.calls: dict[str, Call] = {}
        self._questions: dict[socket.socket, Call] = {}  # unanswered
        self._bob = self._open(socket.SOCK_DGRAM, self._called)
        self._web = self._open(socket.SOCK_STREAM, self._connected)
        self._web.listen(512)
        self.bob, self.web = (one.getsockname()[1] for one in (self._bob, self._web))

    def _open(self, kind: int, ready: Callable[[], None]) -> socket.socket:
        made = socket.socket(socket.AF_INET, kind)
        self._holder.addCleanup(made.close)
        made.bind(("127.0.0.1", 0))
        self._selector.register(made, selectors.EVENT_READ, ready)
        return made

    def until(self, done: Callable[[], bool], seconds: float = LONGEST) -> None:
        """Take what comes until `done()`; or for so long."""
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            for key, _ in self._selector.select(0.02):
                key.data()

    # -- alice

    def invite(self, name: str, port: int) -> Call:
        """A call to the server at this port; its Call-ID is its name."""
        caller = Caller(self._holder, port)
        call = self.calls[name] = Call(caller, name)
        self._selector.register(caller.socket, selectors.EVENT_READ, lambda: self._answered(call))
        return call

    def _answered(self, call: Call) -> None:
        try:
            _, message = call.caller.receive(0.001)
        except ConnectionRefusedError:  # its ACK came when the server had gone
            return
        status = message[8:11]
        if status >= "200":
            call.came(f"{status}@", f"{status} {re.findall('^CSeq:.*', message, re.MULTILINE)}")

    # -- bob

    def _called(self) -> None:
        data, source = self._bob.recvfrom(65535)
        message = data.decode()
        method, uri = message.split(" ", 2)[:2]
        if method == "ACK":
            return
        name = uri[4:].partition("@")[0] if method == "MESSAGE" else _value("Call-ID", message)
        self.calls[name].came(">", f"{method} {_value('Via', message)}")
        lines = [f"SIP/2.0 {'486 Busy Here' if method == 'INVITE' else '200 OK'}", *_COPIED.findall(message)]
        lines = [line.rstrip() for line in (*lines, f"To: {_value('To', message)};tag=bob")]
        self._bob.sendto("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode(), source)

    # -- the web server

    def _connected(self) -> None:
        connection, _ = self._web.accept()
        self._holder.addCleanup(connection.close)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._asked(connection))

    def _asked(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(65535)
        except ConnectionResetError:
            data = b""
        if data:  # `GET /NAME`, in one piece
            call = self._questions[connection] = self.calls[data.split()[1][1:].decode()]
            call.asked += 1
            return
        self._selector.unregister(connection)
        if connection in self._questions:
            self._questions.pop(connection).came("!")

    def answer(self, call: Call) -> None:
        """200, to all that the call has asked."""
        for connection in [one for one, asking in self._questions.items() if asking is call]:
            del self._questions[connection]
            connection.sendall(_YES)
            self._selector.unregister(connection)
            connection.close()


def _value(name: str, message: str) -> str:
    """The first field of this name."""
    found: list[str] = re.findall(f"^{name}: *(.*?)\r?$", message, re.MULTILINE)
    return found[0]
