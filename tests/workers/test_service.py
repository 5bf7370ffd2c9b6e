"""Several workers, as operators run them: `children=2` in a script that twistd serves."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from functools import cache
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers.ownership import worker_of
from tests.served import Caller, Standin
from tests.workers.running import Workers

SCRIPT = """
debug=0
children=2
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
rpc_socket="@RPC@"
loadmodule "sl" loadmodule "tm" loadmodule "pv" loadmodule "textops" loadmodule "cfgutils" loadmodule "htable"
loadmodule "kex" loadmodule "tmx" loadmodule "mqueue"
modparam("mqueue", "mqueue", "name=q")
modparam("htable", "htable", "calls=>size=4;")
request_route {
    if (is_method("ACK")) { t_check_trans(); exit; }
    append_to_reply("X-Pid: $pp\\r\\nX-Count: $shv(n) $sht(calls=>set)\\r\\n");
    $shv(n) = $shv(n) + 1;
    if ($rU == "set") { $sht(calls=>set) = $ci; }
    if ($rU == "hold") {
        t_newtran();
        $sht(calls=>i) = $T(id_index);
        $sht(calls=>l) = $T(id_label);
        t_suspend();
        exit;
    }
    if ($rU == "put") { mq_add("q", "$ci", "x"); }
    if ($rU == "take") { mq_fetch("q"); append_to_reply("X-Taken: $mqk(q)\\r\\n"); }
    if ($rU == "go") { t_continue("$sht(calls=>i)", "$sht(calls=>l)", "GO"); }
    if ($rU == "refuse") { t_reply_callid("$hdr(X-Call)", "1", "603", "No"); }
    if ($rU == "slow") { t_newtran(); sleep("2"); t_reply("200", "Late"); exit; }
    if (is_method("INVITE")) { t_newtran(); t_reply("486", "Busy"); exit; }
    sl_send_reply("200", "OK");
}
route[GO] { t_reply("480", "Gone on"); }
"""

CALL_IDS = {worker: [f"c{n}" for n in range(80) if worker_of(b"c%d" % n, 2) == worker] for worker in (1, 2)}


def field(message: str, name: str) -> str:
    found = re.search(rf"(?m)^{name}: *(.*?)\s*$", message)
    return found[1] if found else ""


@cache
def shared() -> Workers:
    """One for all these tests."""
    return Workers(Standin.until_exit(), SCRIPT)


class ServiceTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = shared()
        self.alice = Caller(self, self.sip.port)

    def options(self, call_id: str, user: str = "bob", caller: Caller | None = None, name: str = "Call-ID") -> str:
        caller = caller or self.alice
        caller.send("OPTIONS", user, call_id=call_id)
        return caller.final()[1]

    def worker(self, message: str) -> int:
        """Which one has answered."""
        return self.sip.pids().index(int(field(message, "X-Pid"))) + 1

    def test_each_call_is_with_the_worker_that_it_belongs_to(self) -> None:
        for worker, call_ids in CALL_IDS.items():
            self.assertEqual({self.worker(self.options(call_id)) for call_id in call_ids[:5]}, {worker})

    def test_so_are_those_that_come_to_the_other_one_and_are_handed_over(self) -> None:
        before = self.sip.rpc("stats.fetchn", "handed_over")["workers.handed_over"]
        for worker, call_ids in CALL_IDS.items():
            for call_id in call_ids[:5]:
                self.alice.send_raw(
                    f"OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:{self.alice.port};"
                    f"branch=z9hG4bKc{call_id}\r\nf: <sip:a@b>;tag=1\r\nt: <sip:b@b>\r\ni: {call_id}\r\n"
                    f"CSeq: 1 OPTIONS\r\nMax-Forwards: 9\r\nl: 0\r\n\r\n".encode()
                )
                self.assertEqual(self.worker(self.alice.final()[1]), worker)
        after = self.sip.rpc("stats.fetchn", "handed_over")["workers.handed_over"]
        self.assertGreaterEqual(after - before, 5)

    def test_calls_by_one_stream_are_with_their_workers_too(self) -> None:
        stream = Caller(self, self.sip.port, "tcp")
        for worker, call_ids in CALL_IDS.items():
            for call_id in call_ids[5:8]:
                self.assertEqual(self.worker(self.options(call_id, caller=stream)), worker)

    def test_an_invite_and_its_ack_meet(self) -> None:
        for call_ids in CALL_IDS.values():
            self.alice.send("INVITE", call_id=call_ids[9])
            self.assertIn(" 486 ", self.alice.final()[1])
        self.assertEqual(self.alice.receive(0.7)[1], "")  # not a second time

    def test_a_script_that_waits_goes_on_in_its_worker(self) -> None:
        callers = {worker: Caller(self, self.sip.port) for worker in CALL_IDS}
        for worker, caller in callers.items():
            caller.send("OPTIONS", "slow", call_id=CALL_IDS[worker][10])
        self.assertEqual([row["worker"] for row in self.sip.rpc("async.list")], [1, 2])
        for worker, caller in callers.items():
            self.assertEqual(self.worker(caller.final(15)[1]), worker)

    def test_a_call_that_was_put_aside_goes_on_when_one_of_another_worker_says_so(self) -> None:
        for worker in (1, 2):
            bob = Caller(self, self.sip.port)
            bob.send("INVITE", "hold", call_id=CALL_IDS[worker][19])
            self.assertIn(" 100 ", bob.receive()[1])
            self.options(CALL_IDS[3 - worker][19], "go")
            self.assertIn(" 480 Gone on", bob.final()[1])

    def test_it_may_be_answered_from_there_too(self) -> None:
        bob = Caller(self, self.sip.port)
        bob.send("INVITE", "hold", call_id=CALL_IDS[1][8])
        self.assertIn(" 100 ", bob.receive()[1])
        self.alice.send("OPTIONS", "refuse", f"X-Call: {CALL_IDS[1][8]}", call_id=CALL_IDS[2][8])
        self.alice.final()
        self.assertIn(" 603 No", bob.final()[1])

    def test_what_one_puts_into_a_queue_the_other_takes_out(self) -> None:
        for worker, call_ids in CALL_IDS.items():
            self.options(call_ids[7], "put")
            self.assertEqual(field(self.options(CALL_IDS[3 - worker][7], "take"), "X-Taken"), call_ids[7])

    def test_variables_and_tables_are_one_for_all(self) -> None:
        counts = []
        for call_ids in CALL_IDS.values():
            self.options(call_ids[11], "set")
            counts.append(int(field(self.options(call_ids[12]), "X-Count").split()[0]))
            for other in CALL_IDS.values():
                self.assertEqual(field(self.options(other[13]), "X-Count").split()[1], call_ids[11])
        self.assertGreater(counts[1], counts[0])

    def test_figures_are_of_all_and_processes_are_listed(self) -> None:
        first = self.sip.rpc("tm.stats")["total"]
        for call_ids in CALL_IDS.values():
            self.alice.send("INVITE", call_id=call_ids[14])
            self.alice.final()
        self.assertEqual(self.sip.rpc("tm.stats")["total"] - first, 2)
        listed = self.sip.rpc("core.ps")
        names = dict(zip(listed[::2], listed[1::2], strict=True))  # by process id
        self.assertEqual(listed[1], "supervisor")
        self.assertEqual(len([name for name in names.values() if name != "spare worker"]), 3)

    def test_a_worker_that_is_killed_is_back_at_once_and_what_is_shared_is_still_there(self) -> None:
        kept = CALL_IDS[1][15]
        self.options(kept, "set")
        for number, call_ids in CALL_IDS.items():
            self.wait_for_spare()
            killed = self.sip.pids()[number - 1]
            began = self.sip.log.count("serves again")
            os.kill(killed, signal.SIGKILL)
            for other in CALL_IDS.values():
                self.alice.send("OPTIONS", "keep", call_id=other[16])
                took, message = self.alice.final()
                self.assertLess(took, 3.0)
                self.assertIn(" 200 ", message)
            self.sip.wait_for("serves again", times=began + 1)
            self.assertEqual(field(self.options(call_ids[17]), "X-Count").split()[1], kept)
            self.assertNotIn(killed, self.sip.pids())

    def wait_for_spare(self) -> None:
        end = time.monotonic() + 30
        while "spare worker" not in self.sip.rpc("core.ps") and time.monotonic() < end:
            select.select([], [], [], 0.05)


class EndTests(SynchronousTestCase):
    def test_without_the_supervisor_there_are_no_workers(self) -> None:
        holder = Standin()
        self.addCleanup(holder.close)
        sip = Workers(holder, SCRIPT)
        pids = sip.pids()
        sip.process.kill()
        sip.process.wait()
        end = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < end:
            select.select([], [], [], 0.05)
        self.assertEqual([pid for pid in pids if Path(f"/proc/{pid}").exists()], [])

    def test_a_term_ends_all_processes_in_good_order(self) -> None:
        holder = Standin()
        self.addCleanup(holder.close)
        sip = Workers(holder, SCRIPT)
        pids = sip.pids()
        alice = Caller(self, sip.port)
        alice.send("INVITE", "slow")
        sip.rpc("async.list")
        sip.process.send_signal(signal.SIGTERM)
        self.assertIn(" 503 ", alice.final()[1])
        self.assertEqual(sip.process.wait(20), -signal.SIGTERM)
        for pid in pids:
            self.assertFalse(Path(f"/proc/{pid}").exists())
