from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module.hashes import kamailio_hash
from sipapp.modules.cfgutils import Cfgutils
from tests.modules.stage import Server, made, new_path


class HashesTests(SynchronousTestCase):
    def test_it_is_the_hash_of_kamailio(self) -> None:
        # recorded from Kamailio 5.6.3: core_hash("alice", "", 16) and so on
        module = made(Cfgutils)
        self.assertEqual(
            [
                module.core_hash(b"alice", b"", 16),
                module.core_hash(b"alice", b"bob", 16),
                module.core_hash(b"a", b"", 0),
                module.core_hash(b"", b"", 4),
                module.core_hash("grüße".encode(), b"", 16),
            ],
            [63454, 11170, 2, 1, 41530],
        )

    def test_one_byte_more_or_less_makes_another_number(self) -> None:
        numbers = {kamailio_hash(b"x" * length) for length in range(64)}
        self.assertEqual(len(numbers), 64)

    def make(self, path: str | None) -> Any:
        module = made(Cfgutils, hash_file=path)
        module.start(Server())
        return module

    def test_the_file_is_compared_with_what_it_was(self) -> None:
        path = Path(new_path(self))
        path.write_bytes(b"request_route {}\n")
        module = self.make(str(path))
        self.assertEqual(module.rpc_get_config_hash(), "ba51768ef187c3017925752df3e3e5df")
        self.assertEqual(module.rpc_check_config_hash(), "Identical hash")
        path.write_bytes(b"request_route { exit; }\n")
        self.assertEqual(module.rpc_check_config_hash(), "Different hash")

    def test_an_unreadable_file_keeps_the_server_from_starting(self) -> None:
        self.assertRaises(ConfigError, self.make, "/no/such/file")

    def test_without_a_file_there_is_nothing_to_compare(self) -> None:
        module = self.make(None)
        self.assertEqual(module.rpc_get_config_hash(), "")
        self.assertRaises(ConfigError, module.rpc_check_config_hash)
