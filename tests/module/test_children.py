"""sipapp.module.children: real commands under the real reactor."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from twisted.internet import reactor as _reactor  # noqa: TID251
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from sipapp.module import children
from sipapp.module.children import Ended, run

reactor: Any = _reactor


class RunTests(TestCase):
    async def test_what_it_writes_and_its_status(self) -> None:
        how = await run(reactor, b"cat; echo two >&2; exit 3", b"one")
        self.assertEqual(how, Ended(3, b"one", b"two\n", ""))
        self.assertFalse(how.good)
        self.assertTrue((await run(reactor, b"true")).good)

    async def test_a_command_that_there_is_not(self) -> None:
        how = await run(reactor, b"/no/such/command")
        self.assertEqual((how.status, how.good), (127, False))

    async def test_variables_come_beside_our_own(self) -> None:
        how = await run(reactor, b'echo "$SIP_RURI $PATH"', env={b"SIP_RURI": b"sip:a b"})
        self.assertEqual(how.out, b"sip:a b %b\n" % os.environb[b"PATH"])

    async def test_input_that_is_not_read_does_no_harm(self) -> None:
        self.assertTrue((await run(reactor, b"exit 0", b"x" * 1_000_000)).good)

    async def test_a_time_limit_ends_it_and_what_it_has_started(self) -> None:
        began = time.monotonic()
        how = await run(reactor, b"sleep 30 & echo $!; sleep 30", timeout=0.2)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual((how.status, how.reason), (None, "took longer than 0.2 s"))
        await self.gone(int(how.out))

    async def test_one_that_does_not_listen_is_killed(self) -> None:
        self.patch(children, "GRACE", 0.1)
        began = time.monotonic()
        how = await run(reactor, b"trap '' TERM; echo ready; while :; do sleep 0.05; done", timeout=0.3)
        self.assertLess(time.monotonic() - began, 5)
        self.assertIsNone(how.status)

    async def test_one_that_writes_too_much_is_ended(self) -> None:
        how = await run(reactor, b"yes", max_output=1000)
        self.assertEqual(how.reason, "wrote more than 1000 bytes")

    async def test_who_gives_up_ends_it(self) -> None:
        pids = Path(self.mktemp())
        running = run(reactor, b"echo $$ >%b; sleep 30" % bytes(pids))
        while not pids.exists() or not pids.read_text():
            await self.pause()
        running.cancel()
        with self.assertRaises(CancelledError):
            await running
        await self.gone(int(pids.read_text()), ours=True)

    async def gone(self, pid: int, ours: bool = False) -> None:
        """It has ended; ours: and we have heard of it."""
        for _ in range(500):
            try:
                if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z" and not ours:
                    return
            except (FileNotFoundError, ProcessLookupError):
                return
            await self.pause()
        self.fail(f"process {pid} is still there")

    def pause(self) -> Deferred[None]:
        return deferLater(reactor, 0.02, lambda: None)
