"""Examples as their users start them, with a real web server and a real Redis."""

from __future__ import annotations

import re
import socket
import time

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.redis import Redis
from tests.integration.webserver import WebServer
from tests.served import TOP, Caller, Served, Standin, free_ports


class RealCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.holder = Standin()
        self.addCleanup(self.holder.close)
        self.web = WebServer(self.holder)
        self.callee = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.callee.close)
        self.callee.bind(("127.0.0.1", 0))
        self.callee.settimeout(5)

    def serve(self, name: str, *arguments: str, **ports: int) -> None:
        """Run an example; ports: what they are in it, and what they shall be."""
        text = (TOP / "etc" / "examples" / name / f"{name}.cfg").read_text(encoding="utf-8")
        for given, port in {"p8080": self.web.ports["http"], "p8081": self.web.ports["dead"], **ports}.items():
            text = text.replace(f"127.0.0.1:{given[1:]}", f"127.0.0.1:{port}").replace(
                f"port={given[1:]}", f"port={port}"
            )
        self.sip = Served(self.holder, text.replace("127.0.0.1:5060", "127.0.0.1:@PORT@"), *arguments)

    def call(self, user: str) -> str:
        """The Request-URI's user with which a call arrives, or the status it is answered with."""
        made = Caller(self, self.sip.port)
        host = self.callee.getsockname()
        made._count = int(time.monotonic() * 1000) % 1000000
        made.send("INVITE", user, uri=f"sip:{user}@127.0.0.1:{host[1]}")
        end = time.monotonic() + 5
        self.callee.settimeout(0.05)
        while time.monotonic() < end:
            try:
                request = self.callee.recv(65535).decode()
            except TimeoutError:
                status = made.receive(0.05)[1]
                if status and not status.startswith("SIP/2.0 1"):
                    return status.split()[1]
                continue
            found = re.match(r"INVITE sip:([^@]*)@", request)
            if found is not None:
                self.ended(request)
                return found[1]
        raise AssertionError("no call")

    def ended(self, request: str) -> None:
        """Decline it, so that it is not sent again."""
        fields = [line for line in request.split("\r\n") if re.match("(Via|From|To|Call-ID|CSeq):", line)]
        answer = "\r\n".join(["SIP/2.0 603 Decline", *fields, "Content-Length: 0", "", ""])
        self.callee.sendto(answer.encode(), ("127.0.0.1", self.sip.port))


class LnpTests(RealCase):
    def asked(self) -> int:
        return sum("/lnp/" in one for one in self.web.seen()["seen"])

    def test_answers_are_kept_in_redis(self) -> None:
        redis = Redis(self.holder)
        self.serve("lnp", "-A", "CACHE", p6379=redis.port)
        for _ in range(3):
            self.assertEqual(self.call("+4930123456"), "+4930123456;rn=+49301999;npdi")
            self.assertEqual(self.call("4930123457"), "4930123457;npdi")
        self.assertEqual(self.asked(), 2)
        self.assertEqual(redis.cli("get", "lnp:4930123456"), "+49301999")
        self.assertGreater(int(redis.cli("ttl", "lnp:4930123457")), 3000)

    def test_without_the_cache_the_service_is_asked(self) -> None:
        self.serve("lnp", "-A", "CACHE", p6379=free_ports()[0])
        for _ in range(2):
            self.assertEqual(self.call("+4930123456"), "+4930123456;rn=+49301999;npdi")
        self.assertEqual(self.asked(), 2)
        self.assertIn("redis cache is disabled for 10 s", self.sip.log)

    def test_without_either_calls_go_where_they_went_before(self) -> None:
        self.serve("lnp", "-A", "CACHE", p6379=free_ports()[0], p8080=self.web.ports["dead"])
        self.assertEqual(self.call("+4930123456"), "+4930123456")


class ShaperTests(RealCase):
    def test_the_third_call_waits(self) -> None:
        self.serve("shaper")
        took = []
        for _ in range(4):
            began = time.monotonic()
            self.call("bob")
            took.append(time.monotonic() - began)
        self.assertGreater(took[2], 0.2)
        self.assertGreater(took[3], 0.4)


class FraudTests(RealCase):
    def test_who_shall_be_blocked_is(self) -> None:
        self.serve("fraud")
        self.assertEqual(
            [self.call("+882123"), self.call("+882123"), self.call("+882666")], ["+882123"] * 2 + ["+882666"]
        )
        end = time.monotonic() + 5
        while (came := self.call("bob")) != "403" and time.monotonic() < end:
            pass
        self.assertEqual(came, "403")
