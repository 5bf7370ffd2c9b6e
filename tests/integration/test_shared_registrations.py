"""Two real servers that share their registrations by an lmdb file: who registers with one is found by the other."""

from __future__ import annotations

import os
from functools import cache

from twisted.trial.unittest import SynchronousTestCase

from tests.served import Caller, Served, Standin

SCRIPT = """
debug=2
store="lmdb:@FILE@?size=16"
server_id=@ID@
listen=udp:127.0.0.1:@PORT@
loadmodule "sl"
loadmodule "pv"
loadmodule "textops"
loadmodule "xlog"
loadmodule "usrloc"
loadmodule "registrar"
modparam("registrar", "min_expires", 1)
request_route {
    if (is_method("REGISTER")) {
        save("location");
        exit;
    }
    if (lookup("location")) sl_send_reply("200", "$(ru{uri.port}) $branch(count)");
    else sl_send_reply("404", "Nobody");
}
event_route[usrloc:contact-expired] {
    xlog("$ulc(exp=>aor) is gone\\n");
}
"""


class Place:
    def __init__(self) -> None:
        self.holder = Standin.until_exit()
        path = f"/dev/shm/sipapp-test-registrations-{os.getpid()}"
        self.servers = [Served(self.holder, SCRIPT, FILE=path, ID=number) for number in (1, 2)]


@cache
def place() -> Place:
    """Started for the first test that wants it."""
    return Place()


class SharedTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.servers = place().servers
        self.phones = [Caller(self, server.port) for server in self.servers]

    def reason(self, server: int, user: str) -> str:
        """What one server says of a user."""
        asker = Caller(self, self.servers[server].port)
        asker.send("OPTIONS", user)
        return asker.final()[1].partition("\r\n")[0].removeprefix("SIP/2.0 ")

    def test_who_registers_with_one_is_found_by_the_other(self) -> None:
        self.phones[0].ask("REGISTER", "bob")
        self.assertEqual(self.reason(1, "bob"), f"200 {self.phones[0].port} <null>")
        self.phones[1].ask("REGISTER", "bob")
        self.assertEqual(self.reason(0, "bob"), f"200 {self.phones[0].port} 1")

    def test_a_contact_that_is_over_is_gone_for_both(self) -> None:
        self.phones[0].ask("REGISTER", "carol", "Expires: 1")
        self.servers[0].wait_for("carol is gone")
        self.assertEqual(self.reason(1, "carol"), "404 Nobody")

    def test_one_that_was_renewed_at_the_other_stays(self) -> None:
        self.phones[0].ask("REGISTER", "dave", "Expires: 1")
        self.phones[0].ask("REGISTER", "eve", "Expires: 1")
        self.assertEqual(Caller(self, self.servers[1].port).ask("OPTIONS", "dave")[1], 200)
        renewing = Caller(self, self.servers[1].port)
        renewing.send("REGISTER", "dave", "Expires: 60")
        self.assertIn("200", renewing.final()[1].partition("\r\n")[0])
        self.servers[0].wait_for("eve is gone")
        self.assertTrue(self.reason(0, "dave").startswith("200 "))
