from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.corex import Corex
from tests.modules.stage import Server, made, new_path


class RpcTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server()
        self.module = made(Corex)
        self.module.start(self.server)

    def test_the_log_level_is_told_and_set(self) -> None:
        self.assertEqual(self.module.rpc_debug(), {"debug": 2})
        self.assertEqual(self.module.rpc_debug(3), {"old": 2, "new": 3})
        self.assertEqual(self.server.config.debug, 3)

    def test_memory_is_that_of_the_process(self) -> None:
        found = self.module.rpc_stats()
        self.assertEqual(found["total"], found["free"] + found["used"])
        self.assertTrue(1_000_000 < found["used"] <= found["total"])
        self.assertEqual(self.module.rpc_info()["size"], found["total"])
        self.assertIn("builtins.dict", self.module.rpc_report()["kinds"])

    def test_reports_go_to_the_log(self) -> None:
        self.module.rpc_status()
        self.module.rpc_summary("idx", 0)

    def test_kinds_of_objects_go_to_a_file(self) -> None:
        path = new_path(self)
        self.module.rpc_print(path, "builtins.function")
        text = Path(path).read_text()
        self.assertIn("builtins.function\n", text)
        self.assertNotIn("builtins.dict\n", text)
