"""sipapp/cli/rpc.py: the arguments of `sipapp rpc`, and how it shows results."""

from __future__ import annotations

import io
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.cli import main
from sipapp.cli.rpc import shown, typed
from sipapp.errors import RpcFault
from sipapp.rpc import client


class TypedTests(SynchronousTestCase):
    def test_digits_are_a_number_unless_marked_as_a_text(self) -> None:
        self.assertEqual([typed(t) for t in ("5", "-5", "s:5", "i:5", "2.5")], [5, -5, "5", 5, 2.5])

    def test_anything_else_is_a_text(self) -> None:
        self.assertEqual([typed(t) for t in ("a5", "s:", "i:x", "1.2.3", "")], ["a5", "", "i:x", "1.2.3", ""])


class ShownTests(SynchronousTestCase):
    def test_names_and_values_are_lines(self) -> None:
        value = {"a": 1, "b": None, "c": {"d": ["x", "y"], "e": {}}}
        self.assertEqual(list(shown(value)), ["a: 1", "b: <null>", "c:", "  d:", "    x", "    y", "  e: "])

    def test_structures_of_a_list_are_set_apart(self) -> None:
        self.assertEqual(list(shown([{"a": 1}, {"a": 2}])), ["a: 1", "", "a: 2"])
        self.assertEqual(list(shown(["a", "b"])), ["a", "b"])
        self.assertEqual(list(shown({})), [])


class CommandTests(SynchronousTestCase):
    def run_with(self, ask: Any, *arguments: str) -> tuple[int, str, str]:
        out, errors = io.StringIO(), io.StringIO()
        self.patch(client, "ask", ask)
        self.patch(__import__("sys"), "stdout", out)
        self.patch(__import__("sys"), "stderr", errors)
        return main(["rpc", "-s", "x.rpc", *arguments]), out.getvalue(), errors.getvalue()

    def test_the_result_is_printed(self) -> None:
        asked = []

        def ask(path: str, method: str, parameters: list[Any], timeout: float) -> Any:
            asked.append((path, method, parameters, timeout))
            return {"now": 5}

        self.assertEqual(self.run_with(ask, "-t", "3", "core.echo", "-x", "5"), (0, "now: 5\n", ""))
        self.assertEqual(asked, [("x.rpc", "core.echo", ["-x", 5], 3.0)])
        self.assertEqual(self.run_with(ask, "-j", "core.echo"), (0, '{"now": 5}\n', ""))

    def test_a_fault_is_status_1(self) -> None:
        def ask(*_: Any) -> Any:
            raise RpcFault("no", 404)

        self.assertEqual(self.run_with(ask, "x"), (1, "", "error: 404 - no\n"))

    def test_no_server_is_status_2(self) -> None:
        def ask(*_: Any) -> Any:
            raise FileNotFoundError(2, "No such file or directory")

        self.assertEqual(self.run_with(ask, "x"), (2, "", "sipapp: x.rpc: No such file or directory\n"))
