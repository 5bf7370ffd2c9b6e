"""What the process uses."""

from __future__ import annotations

import os
import tracemalloc

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.kex.memory import Memory, free, peak, total, used
from sipapp.modules.textops.methods import method_names
from tests.modules.texts import made


class ProcessTests(SynchronousTestCase):
    def test_what_is_used_is_less_than_there_is(self) -> None:
        self.assertLess(0, used())
        self.assertLess(used(), total())
        self.assertLess(0, peak())
        self.assertLess(free(), total())

    def test_there_is_one_row_for_one_process(self) -> None:
        (row,) = made(Memory).rpc_pkg_stats()
        self.assertEqual((row["pid"], row["entry"], row["rank"]), (os.getpid(), 0, 0))
        self.assertEqual(made(Memory).rpc_pkg_stats("pid", os.getpid())[0]["pid"], os.getpid())
        self.assertEqual(len(made(Memory).rpc_pkg_stats("rank", 0)), 1)
        self.assertEqual(made(Memory).rpc_pkg_stats("index", 1), [])
        self.assertRaises(ScriptError, made(Memory).rpc_pkg_stats, "name", 1)

    def test_the_memory_manager_is_pythons(self) -> None:
        self.assertEqual(made(Memory).rpc_pkg_info()["size"], total())


class ModuleTests(SynchronousTestCase):
    def test_is_told_line_by_line_where_memory_is_traced(self) -> None:
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        kept = [method_names(b"INVITE|ACK|BYE") for _ in range(50)]
        title, lines = made(Memory).rpc_mod_stats("textops", "pkg")
        self.assertEqual(title, "Module: textops")
        self.assertGreater(lines["Total"], 50 * 100)
        self.assertTrue(any(name.startswith("methods.py(") for name in lines))
        _, details = made(Memory).rpc_mod_statsx("textops", "all")
        self.assertTrue(any(isinstance(shown, str) and shown.endswith(")") for shown in details.values()))
        self.assertIn("Module: textops", made(Memory).rpc_mod_stats("all", "shm"))
        self.assertEqual(made(Memory).rpc_mod_stats("nosuch", "pkg"), ["Module: nosuch", {"Total": 0}])
        self.assertEqual(len(kept), 50)

    def test_needs_tracing_and_a_known_sort_of_memory(self) -> None:
        self.assertRaises(ScriptError, made(Memory).rpc_mod_stats, "all", "heap")
        self.assertRaises(ScriptError, made(Memory).rpc_mod_stats, "all", "pkg")
