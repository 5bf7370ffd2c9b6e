"""The core parameter `store`."""

from __future__ import annotations

import sys

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from sipapp.assemble import assemble_text
from sipapp.errors import ConfigError, ConfigErrors
from sipapp.store.lmdb import LmdbStore
from sipapp.store.mapped import MEGABYTE
from sipapp.store.memory import MemoryStore
from sipapp.store.open import open_store


class OpenTests(SynchronousTestCase):
    def wrong(self, url: str) -> str:
        return str(self.assertRaises(ConfigError, open_store, url, Clock()))

    def test_without_a_word_it_is_the_memory_of_the_process(self) -> None:
        for url in ("", "memory:"):
            self.assertIsInstance(open_store(url, Clock()), MemoryStore)

    def test_lmdb_has_a_file_and_a_size(self) -> None:
        made = [open_store(url, Clock()) for url in ("lmdb:/dev/shm/a", "lmdb:/dev/shm/a%20b?size=5")]
        files = [(s.mapped.path, s.mapped.size) for s in made if isinstance(s, LmdbStore)]
        self.assertEqual(files, [("/dev/shm/a", 1024 * MEGABYTE), ("/dev/shm/a b", 5 * MEGABYTE)])

    def test_what_is_wrong_is_said(self) -> None:
        self.assertEqual(
            [self.wrong(url) for url in ("lmbd:/x", "lmdb:x", "lmdb:/x/", "lmdb:/x?size=0", "lmdb:/x?siez=3")],
            [
                "store: 'lmbd:/x' is no URL of a store; did you mean \"lmdb\"?",
                "store: not lmdb:/FOLDER/NAME: 'lmdb:x'",
                "store: not lmdb:/FOLDER/NAME: 'lmdb:/x/'",
                "store: size is a number of MB, not '0'",
                "store: no option 'siez'; did you mean \"size\"?",
            ],
        )

    def test_without_the_package_it_says_how_to_get_it(self) -> None:
        self.patch(sys, "path", [])
        self.patch(sys, "modules", {name: module for name, module in sys.modules.items() if name != "lmdb"})
        self.assertEqual(self.wrong("lmdb:/dev/shm/a"), "store: there is no lmdb: pip install sipapp[lmdb]")

    def test_a_script_with_a_wrong_one_is_refused_at_its_line(self) -> None:
        errors = self.assertRaises(ConfigErrors, assemble_text, 'debug=1\nstore="lmdb:x"\nrequest_route { exit; }')
        self.assertEqual(str(errors), "app.cfg:2:1: store: not lmdb:/FOLDER/NAME: 'lmdb:x'")
