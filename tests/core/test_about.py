"""sipapp/core/about.py: what the server says of itself."""

from __future__ import annotations

import os
import signal
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp import __version__
from sipapp.errors import RpcFault
from sipapp.testing.harness import Harness


class AboutTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = Harness('#!define WHO "me"\n#!define BARE\nloadmodule "sl" loadmodule "pv"\nrequest_route { exit; }')
        self.addCleanup(self.sip.close)

    def ask(self, command: str, *parameters: Any) -> Any:
        return self.sip.rpc(command, *parameters)

    def test_the_version_is_the_package_s(self) -> None:
        self.assertTrue(self.ask("core.version").startswith(f"sipapp {__version__} ("))
        self.assertEqual(self.ask("core.info")["version"], f"sipapp {__version__}")
        self.assertEqual(self.ask("core.info")["flags"], self.ask("core.flags"))

    def test_the_uptime_goes_with_the_clock(self) -> None:
        self.sip.advance(90061.5)
        self.assertEqual(self.ask("core.uptime")["uptime"], 90061)
        self.assertEqual(self.ask("core.runinfo")["utime_days"], "1d 1h 1m 1s")

    def test_modules_are_listed_as_kamailio_does_the_last_first(self) -> None:
        self.assertEqual(self.ask("core.modules"), ["pv", "sl"])

    def test_defines_with_and_without_their_values(self) -> None:
        self.assertEqual([name for name in self.ask("core.ppdefines") if name in ("WHO", "BARE")], ["WHO", "BARE"])
        full = {row["name"]: row["value"] for row in self.ask("core.ppdefines_full")}
        self.assertEqual((full["WHO"], full["BARE"]), ('"me"', "none"))

    def test_one_process_in_three_shapes(self) -> None:
        pid = os.getpid()
        self.assertEqual(self.ask("core.ps"), [pid, "main process"])
        self.assertEqual(self.ask("core.psx"), [{"IDX": 0, "PID": pid, "DSC": "main process"}])
        self.assertEqual(self.ask("core.psa")[0]["description"], "main process")

    def test_where_and_how_it_was_started(self) -> None:
        self.assertEqual(self.ask("core.pwd"), [os.getcwd()])
        self.assertIsInstance(self.ask("core.arg"), list)

    def test_memory_in_units(self) -> None:
        in_bytes, in_kilobytes = self.ask("core.shmmem"), self.ask("core.shmmem", "K")
        self.assertEqual(in_kilobytes["total"], in_bytes["total"] >> 10)
        self.assertRaises(RpcFault, self.ask, "core.shmmem", "x")

    def test_the_line_gives_back_what_it_is_given(self) -> None:
        self.assertEqual(self.ask("core.echo", "a", 5), ["a", "5"])
        self.assertEqual(self.ask("core.prints", "a", "b"), ["a", "b"])
        self.assertEqual(self.ask("core.printi", 1, 2), [1, 2])

    def test_a_signal_comes_once_the_answer_is_out(self) -> None:
        sent: list[tuple[int, int]] = []
        self.patch(os, "kill", lambda pid, number: sent.append((pid, number)))
        self.ask("core.kill", signal.SIGTERM)
        self.assertEqual(sent, [])
        self.sip.advance(0.2)
        self.assertEqual(sent, [(os.getpid(), signal.SIGTERM)])
