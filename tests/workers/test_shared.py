"""sipapp/workers/shared.py: where the workers' tables are."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

from twisted.trial.unittest import SynchronousTestCase

from sipapp.workers import shared
from sipapp.workers.shared import SharedStore


class SharedStoreTests(SynchronousTestCase):
    def store(self, url: str) -> SharedStore:
        made = SharedStore(SimpleNamespace(store=url, rundir=self.mktemp()))
        self.addCleanup(made.remove)
        return made

    def test_it_is_a_file_in_a_folder_that_only_its_user_may_enter_and_goes_at_the_end(self) -> None:
        store = self.store("")
        folder = Path(store.url.removeprefix("lmdb:")).parent
        self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)
        store.remove()
        self.assertFalse(folder.exists())

    def test_what_a_killed_server_has_left_goes_when_another_begins(self) -> None:
        memory = Path(self.mktemp())
        self.patch(shared, "MEMORY", memory)
        left, others = memory / "sipapp-workers-99999999-a", memory / f"sipapp-workers-{os.getpid()}-a"
        for folder in (left, others):
            folder.mkdir(parents=True)
        self.store("")
        self.assertEqual([left.exists(), others.exists()], [False, True])

    def test_a_store_that_the_script_names_is_used(self) -> None:
        for url in ("redis://192.0.2.1", "memory:"):
            self.assertEqual(self.store(url).url, "")
