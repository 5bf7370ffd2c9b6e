"""Two servers on two machines that share registrations, tables and limits by a real Redis server on a third one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from tests.integration.machines import Loopback, Namespaces, Phone
from tests.integration.redis import Redis
from tests.served import Served, Standin

SCRIPT = """
debug=2
server_id=@ID@
store="redis://@REDIS@"
listen=udp:@HOST@:5060
listen=tcp:@HOST@:5060
loadmodule "tm" loadmodule "sl" loadmodule "rr" loadmodule "pv" loadmodule "textops" loadmodule "textopsx"
loadmodule "xlog" loadmodule "htable" loadmodule "path" loadmodule "nathelper" loadmodule "ratelimit"
loadmodule "usrloc" loadmodule "registrar"
modparam("htable", "htable", "calls=>size=8;autoexpire=60;updateexpire=0;initval=0")
modparam("ratelimit", "timer_interval", 10)
modparam("ratelimit", "pipe", "0:TAILDROP:1")
modparam("registrar", "min_expires", 1)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 0)
modparam("registrar", "path_use_received", 1)
modparam("registrar", "path_check_local", 1)
modparam("path", "use_received", 1)

request_route {
    if (is_method("REGISTER")) {
        if ($proto != "udp" || nat_uac_test("19")) {
            insert_hf("Path: <sip:$Ri:$Rp;lr;received=sip:$si:$sp%3Btransport%3D$proto>\\r\\n");
            msg_apply_changes();
        }
        save("location");
        exit;
    }
    if (is_method("ACK")) { t_check_trans(); exit; }
    if (is_method("OPTIONS")) {
        if ($rU == "limit") {
            if ($shtinc(calls=>$fU) > 10) sl_send_reply("503", "Slow Down");
            else sl_send_reply("480", "Go");
        } else if ($rU == "pipe") {
            if (rl_check_pipe("0")) sl_send_reply("480", "Go");
            else sl_send_reply("503", "Slow Down");
        } else if (lookup("location")) sl_send_reply("200", "and $branch(count)");
        else sl_send_reply("404", "Nobody");
        exit;
    }
    if (($si == "@FIRST@" || $si == "@SECOND@") && loose_route_preloaded()) { t_relay(); exit; }
    if (!lookup("location")) { sl_send_reply("404", "Nobody"); exit; }
    t_relay();
}
event_route[usrloc:contact-expired] {
    xlog("$ulc(exp=>aor) is gone\\n");
}
"""

REDIS, PHONES = 3, 4


class Place:
    """Machines 1 and 2 are servers, 3 is Redis', 4 the phones'."""

    def __init__(self) -> None:
        self.holder = Standin.until_exit()
        self.machines = machines(self.holder)
        where = self.machines.address(REDIS)
        with self.machines.on(REDIS):
            self.redis = Redis(self.holder, "--bind", "127.0.0.1", where, "--protected-mode", "no")
        self.servers = {number: self.serve(number) for number in (1, 2)}

    def serve(self, number: int) -> Served:
        """Start a server."""
        where = f"{self.machines.address(REDIS)}:{self.redis.port}"
        with self.machines.on(number):
            return Served(
                self.holder,
                SCRIPT,
                ID=number,
                HOST=self.machines.address(number),
                FIRST=self.machines.address(1),
                SECOND=self.machines.address(2),
                REDIS=where,
            )

    @property
    def log(self) -> str:
        return "".join(server.log for server in self.servers.values())


def machines(holder: Standin) -> Loopback:
    """Real ones where this one lets us have them."""
    try:
        return Namespaces(holder, PHONES)
    except SkipTest as why:
        reasons.append(str(why))
        return Loopback()


reasons: list[str] = []
"""Why there are no namespaces."""


@cache
def place() -> Place:
    """Started for the first test that wants it."""
    return Place()


class MachinesCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.place = place()
        self.first, self.second = (self.place.machines.address(number) for number in (1, 2))

    def phone(self, user: str, proto: str = "udp") -> Phone:
        phone = Phone(self.place.machines, PHONES, user, proto)
        self.addCleanup(phone.close)
        return phone

    def until(self, expected: Any, ask: Callable[..., Any], *arguments: str) -> None:
        end = time.monotonic() + 20
        while (found := ask(*arguments)) != expected:
            self.assertLess(time.monotonic(), end, f"{found!r}, not {expected!r}\n{self.place.log}")
            time.sleep(0.05)

    def contacts(self, server: str, user: str) -> str:
        """What a server knows of a user: `200 and <null>` is one contact, `200 and 1` two."""
        return self.phone("asker").ask(server, "OPTIONS", user)

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Meanwhile the first server is dead."""
        self.place.servers[1].process.kill()
        self.place.servers[1].process.wait()
        try:
            yield
        finally:
            self.place.servers[1] = self.place.serve(1)

    def call(self, server: str, phone: Phone) -> None:
        """An INVITE to a server reaches the phone, and its answer comes back."""
        self.until("200", lambda: self.contacts(server, phone.user)[:3])
        caller = self.phone("caller")
        call_id = caller.send(server, "INVITE", phone.user)
        invite = phone.hear("INVITE", call_id)
        self.assertTrue(invite, f"{caller.hear('SIP/2.0', call_id)}\n{self.place.log}")
        phone.refuse(invite)
        refusal = caller.hear("SIP/2.0 486", call_id)
        self.assertTrue(refusal, self.place.log)
        caller.acknowledge(server, phone.user, refusal)


class MachinesTests(MachinesCase):
    def test_a_call_reaches_a_phone_that_has_registered_elsewhere(self) -> None:
        bob = self.phone("bob")
        self.assertEqual(bob.ask(self.first, "REGISTER", "bob"), "200 OK")
        self.call(self.second, bob)
        self.call(self.first, bob)
        self.assertEqual(bob.ask(self.second, "REGISTER", "bob", "Expires: 0"), "200 OK")
        self.until("404 Nobody", self.contacts, self.first, "bob")

    def test_by_a_stream_that_another_server_has(self) -> None:
        carol = self.phone("carol", "tcp")
        hidden = "sip:carol@10.0.0.7:5060;transport=tcp"
        self.assertEqual(carol.ask(self.first, "REGISTER", "carol", contact=hidden), "200 OK")
        self.call(self.second, carol)
        self.call(self.first, carol)

    def test_behind_an_address_translation(self) -> None:
        dave = self.phone("dave")
        self.assertEqual(dave.ask(self.first, "REGISTER", "dave", contact="sip:dave@10.0.0.7:5060"), "200 OK")
        self.call(self.second, dave)
        self.call(self.first, dave)

    def test_phones_of_one_user_that_register_at_the_same_moment_are_all_kept(self) -> None:
        phones = [self.phone(f"twin{number}") for number in range(30)]
        others = [self.phone(f"twin{number}") for number in range(30)]
        for one, other in zip(phones, others, strict=True):
            one.send(self.first, "REGISTER", one.user)
            other.send(self.second, "REGISTER", other.user)
        for phone in phones + others:
            self.assertTrue(phone.hear("SIP/2.0 200", f"-{phone.port}-"), self.place.log)
        for server in (self.first, self.second):
            for phone in phones:
                self.until("200 and 1", self.contacts, server, phone.user)

    def test_one_of_them_tells_that_a_time_is_over(self) -> None:
        for number in range(5):
            phone = self.phone(f"brief{number}")
            self.assertEqual(
                phone.ask((self.first, self.second)[number % 2], "REGISTER", phone.user, "Expires: 1"), "200 OK"
            )
        self.until(5, lambda: sum(self.place.log.count(f"brief{n} is gone") for n in range(5)))
        self.assertEqual(self.contacts(self.first, "brief0"), "404 Nobody")
        time.sleep(1.2)
        self.assertEqual([self.place.log.count(f"brief{n} is gone") for n in range(5)], [1] * 5)

    def test_a_limit_holds_for_both(self) -> None:
        eve = self.phone("eve")
        said = []
        for number in range(12):
            said.append(eve.ask((self.first, self.second)[number % 2], "OPTIONS", "limit"))
            time.sleep(0.02)
        self.assertEqual(said, ["480 Go"] * 10 + ["503 Slow Down"] * 2)

    def test_so_does_that_of_a_pipe(self) -> None:
        oscar = self.phone("oscar")
        while time.time() % 10 > 5:  # not across the end of an interval
            time.sleep(0.05)
        said = []
        for number in range(30):
            said.append(oscar.ask((self.first, self.second)[number % 2], "OPTIONS", "pipe"))
            time.sleep(0.01)
        self.assertEqual(said, ["480 Go"] * 10 + ["503 Slow Down"] * 20)

    def test_one_that_is_killed_takes_nothing_with_it(self) -> None:
        frank, grace, heidi = (self.phone(user) for user in ("frank", "grace", "heidi"))
        self.assertEqual(frank.ask(self.first, "REGISTER", "frank"), "200 OK")
        self.assertEqual(heidi.ask(self.first, "REGISTER", "heidi", "Expires: 3"), "200 OK")
        self.assertEqual(grace.ask(self.second, "REGISTER", "grace"), "200 OK")
        with self.killed():
            self.call(self.second, frank)
            self.assertEqual(frank.ask(self.second, "REGISTER", "frank", "Expires: 600"), "200 OK")
            self.until(1, lambda: self.place.servers[2].log.count("heidi is gone"))
        self.call(self.first, frank)
        self.call(self.first, grace)

    def test_what_one_finds_when_it_comes_back_expires_once(self) -> None:
        ivan = self.phone("ivan")
        self.assertEqual(ivan.ask(self.second, "REGISTER", "ivan", "Expires: 4"), "200 OK")
        with self.killed():
            pass
        self.assertEqual(self.contacts(self.first, "ivan"), "200 and <null>")
        self.until("404 Nobody", self.contacts, self.first, "ivan")
        time.sleep(1.2)
        self.assertEqual(self.place.log.count("ivan is gone"), 1)

    def test_redis_is_killed_and_comes_back_empty(self) -> None:
        judy, kim, leo = (self.phone(user) for user in ("judy", "kim", "leo"))
        self.assertEqual(judy.ask(self.first, "REGISTER", "judy"), "200 OK")
        self.until("200 and <null>", self.contacts, self.second, "judy")
        before = [self.place.servers[number].log.count("is there again") for number in (1, 2)]
        self.place.redis.kill()
        self.assertEqual(kim.ask(self.first, "REGISTER", "kim"), "200 OK")
        self.assertEqual(leo.ask(self.second, "REGISTER", "leo"), "200 OK")
        self.call(self.second, judy)
        self.call(self.second, leo)
        self.assertEqual(self.contacts(self.second, "kim"), "404 Nobody")
        with self.place.machines.on(REDIS):
            self.place.redis.start()
        for number, count in zip((1, 2), before, strict=True):
            self.place.servers[number].wait_for("is there again", times=count + 1)
        for phone in (judy, kim, leo):
            for server in (self.first, self.second):
                self.until("200 and <null>", self.contacts, server, phone.user)
        self.call(self.second, kim)

    def test_a_machine_that_is_cut_off_goes_on_and_joins_the_others_again(self) -> None:
        here = self.place.machines
        if not isinstance(here, Namespaces):
            raise SkipTest(reasons[0])
        mike, nina = self.phone("mike"), self.phone("nina")
        self.assertEqual(mike.ask(self.first, "REGISTER", "mike"), "200 OK")
        self.until("200 and <null>", self.contacts, self.second, "mike")
        with here.cut(REDIS):
            self.call(self.second, mike)
            self.assertEqual(nina.ask(self.first, "REGISTER", "nina"), "200 OK")
            self.assertEqual(self.contacts(self.second, "nina"), "404 Nobody")
        for server in (self.first, self.second):
            self.until("200 and <null>", self.contacts, server, "nina")
