"""sipapp/rpc/dispatch.py: RPC commands by name, their parameters, and what becomes of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import LocalError, ParseError, RpcFault
from sipapp.module.declare import RpcCommand
from sipapp.rpc.dispatch import Dispatcher


class Commands:
    """What the tests call."""

    def __init__(self) -> None:
        self.cancelled = False

    def add(self, one: int, two: int = 10) -> int:
        return one + two

    def kinds(self, text: str, number: int | None = None, share: float = 0.5) -> list[Any]:
        return [text, number, share]

    def many(self, first: str, *rest: int) -> list[Any]:
        return [first, *rest]

    def raw(self, data: bytes) -> dict[Any, Any]:
        return {b"key": data, "tuple": (1, None, True)}

    def busy(self) -> None:
        raise LocalError("busy")

    def gone(self) -> None:
        raise RpcFault("gone", 404)

    def wrong(self) -> None:
        raise ParseError("no URI", 3)

    def bug(self) -> None:
        raise ZeroDivisionError("a bug")

    async def later(self) -> str:
        return "later"

    def never(self) -> Deferred[int]:
        def cancelled(_: Any) -> None:
            self.cancelled = True

        return Deferred(cancelled)


class DispatcherTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.commands = Commands()
        names = [name for name in vars(Commands) if not name.startswith("_")]
        made = {f"t.{name}": RpcCommand(f"t.{name}", getattr(self.commands, name)) for name in names}
        self.call: Callable[..., Deferred[Any]] = Dispatcher(made).call

    def answer(self, method: str, *parameters: Any) -> Any:
        return self.successResultOf(self.call(method, parameters))

    def fault(self, method: str, parameters: Any = ()) -> tuple[int, str]:
        error = self.failureResultOf(self.call(method, parameters), RpcFault).value
        assert isinstance(error, RpcFault)
        return error.code, error.reason

    def test_parameters_go_by_position(self) -> None:
        self.assertEqual(self.answer("t.add", 1, 2), 3)
        self.assertEqual(self.answer("t.add", 1), 11)
        self.assertEqual(self.answer("t.many", "a", 1, 2), ["a", 1, 2])

    def test_parameters_go_by_name(self) -> None:
        self.assertEqual(self.successResultOf(self.call("t.kinds", {"share": 1.5, "text": "a"})), ["a", None, 1.5])

    def test_names_that_mean_nothing_count_as_they_come(self) -> None:
        self.assertEqual(self.successResultOf(self.call("t.add", {"x": 1, "y": 2})), 3)

    def test_texts_are_read_as_numbers_where_those_are_wanted_and_the_other_way_round(self) -> None:
        self.assertEqual(self.answer("t.add", "1", "2"), 3)
        self.assertEqual(self.answer("t.kinds", 5, "7", "2.5"), ["5", 7, 2.5])
        self.assertEqual(self.answer("t.many", "a", "1"), ["a", 1])

    def test_a_value_of_no_fitting_type_is_refused_by_name(self) -> None:
        self.assertEqual(self.fault("t.add", ["x"]), (-32602, "t.add: one cannot be 'x'"))
        self.assertEqual(self.fault("t.add", [[1]]), (-32602, "t.add: one cannot be [1]"))

    def test_too_few_or_many_parameters_are_told_what_there_are(self) -> None:
        self.assertEqual(self.fault("t.add"), (-32602, "t.add takes one, [two]"))
        self.assertEqual(self.fault("t.add", [1, 2, 3]), (-32602, "t.add takes one, [two]"))
        self.assertEqual(self.fault("t.add", {"two": 1}), (-32602, "t.add: one is missing"))
        self.assertEqual(self.fault("t.busy", [1]), (-32602, "t.busy takes no parameters"))

    def test_an_unknown_command_names_the_nearest(self) -> None:
        code, reason = self.fault("t.ad")
        self.assertEqual(code, -32601)
        self.assertIn("t.add", reason)

    def test_bytes_become_texts(self) -> None:
        self.assertEqual(self.answer("t.raw", "\xe4"), {"key": "\xe4", "tuple": [1, None, True]})

    def test_what_a_command_complains_about_is_a_fault(self) -> None:
        self.assertEqual(self.fault("t.busy"), (500, "busy"))
        self.assertEqual(self.fault("t.gone"), (404, "gone"))
        self.assertEqual(self.fault("t.wrong")[0], 400)

    def test_a_bug_is_logged_and_not_told(self) -> None:
        self.assertEqual(self.fault("t.bug"), (-32603, "t.bug failed; the log says why"))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_a_coroutine_is_waited_for(self) -> None:
        self.assertEqual(self.answer("t.later"), "later")

    def test_cancelling_reaches_the_command(self) -> None:
        waiting = self.call("t.never")
        self.assertNoResult(waiting)
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.assertTrue(self.commands.cancelled)
