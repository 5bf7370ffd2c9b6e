"""etc/examples/push as its users run it: a real server, a push service, a phone and a caller."""

from __future__ import annotations

import re
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from threading import Condition, Thread

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from tests.served import TOP, Caller, Served, Standin

COPIED = re.compile(r"(?m)^(?:Via|From|To|Call-ID|CSeq|Record-Route):.*$")


class PushService(ThreadingHTTPServer):
    """Knows every phone but those of `nobody`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Push)
        self.pushed: list[str] = []
        self.changed = Condition()
        Thread(target=self.serve_forever, daemon=True).start()

    def wait_for(self, path: str) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: path in self.pushed, 10):
                raise AssertionError(f"no push to {path}, but {self.pushed}")


class _Push(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.changed:
            self.server.pushed.append(self.path)
            self.server.changed.notify_all()
        self.send_response(404 if self.path.endswith("/nobody") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Tests say what is wrong."""


class Place:
    def __init__(self, workers: int = 1) -> None:
        self.holder = Standin.until_exit()
        self.service = PushService()
        self.holder.addCleanup(self.service.shutdown)
        self.holder.addCleanup(self.service.server_close)
        text = (TOP / "etc" / "examples" / "push" / "push.cfg").read_text(encoding="utf-8")
        for old, new in (
            ("127.0.0.1:5060", "127.0.0.1:@PORT@"),
            ("127.0.0.1:8080", f"127.0.0.1:{self.service.server_port}"),
            ("WAKE_UP 20000", "WAKE_UP 1500"),
            ("debug=2", f"debug=2\nchildren={workers}"),
        ):
            text = text.replace(old, new)
        self.sip = Served(self.holder, text)


@cache
def place(workers: int) -> Place:
    """Started for the first test that wants it."""
    return Place(workers)


class PushCase(SynchronousTestCase):
    workers = 1

    def setUp(self) -> None:
        if find_spec("treq") is None and find_spec("pycurl") is None:
            raise SkipTest("neither pycurl nor treq is installed: pip install 'sipapp[http]'")
        self.place = place(self.workers)
        self.alice, self.phone = (Caller(self, self.place.sip.port) for _ in range(2))

    def answer_call(self) -> None:
        """The phone takes the call that comes, before or after what else comes."""
        for _ in range(5):
            _, message = self.phone.receive()
            if message.startswith("INVITE"):
                lines = [line.rstrip() for line in COPIED.findall(message)]
                head = "\r\n".join(f"{line};tag=phone" if line.startswith("To:") else line for line in lines)
                contact = f"Contact: <sip:b@127.0.0.1:{self.phone.port}>"
                self.phone.send_raw(f"SIP/2.0 200 OK\r\n{head}\r\n{contact}\r\nContent-Length: 0\r\n\r\n".encode())
                return
        raise AssertionError("no call has come")


class PushTests(PushCase):
    def test_a_call_wakes_a_phone_and_goes_there(self) -> None:
        self.alice.send("INVITE", "bob")
        self.place.service.wait_for("/push/bob")
        self.phone.send("REGISTER", "bob")
        self.answer_call()
        self.assertIn(" 200 ", self.alice.final()[1].partition("\r\n")[0])

    def test_a_phone_that_does_not_wake_is_480_when_its_time_is_over(self) -> None:
        self.alice.send("INVITE", "carol")
        at, answer = self.alice.final()
        self.assertEqual((answer[:11], round(at)), ("SIP/2.0 480", 2))

    def test_one_that_nobody_knows_is_480_at_once(self) -> None:
        self.assertEqual(self.alice.ask("INVITE", "nobody")[1], 480)

    def test_a_registered_phone_is_called_without_a_push(self) -> None:
        self.assertEqual(self.phone.ask("REGISTER", "dave")[1], 200)
        self.alice.send("INVITE", "dave")
        self.answer_call()
        self.assertIn(" 200 ", self.alice.final()[1].partition("\r\n")[0])
        self.assertNotIn("/push/dave", self.place.service.pushed)


class WorkerTests(PushCase):
    """The call waits in one worker, the phone registers with another, or with the same."""

    workers = 2

    def test_every_call_finds_its_phone(self) -> None:
        for number in range(6):
            user = f"user{number}"
            alice, self.phone = (Caller(self, self.place.sip.port) for _ in range(2))
            alice.send("INVITE", user)
            self.place.service.wait_for(f"/push/{user}")
            self.phone.send("REGISTER", user)
            self.answer_call()
            self.assertIn(" 200 ", alice.final()[1].partition("\r\n")[0])
