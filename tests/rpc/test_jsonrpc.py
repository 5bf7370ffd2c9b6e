"""sipapp/rpc/jsonrpc.py: JSON-RPC 2.0 as bytes."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.rpc.jsonrpc import answer


@implementer(IRpc)
class Rpc:
    """Answers with what it was asked."""

    commands: dict[str, Any] = {}

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.waiting: Deferred[Any] | None = None

    def call(self, method: str, parameters: Any = ()) -> Deferred[Any]:
        self.asked.append((method, parameters))
        if method == "wait":
            self.waiting = Deferred()
            return self.waiting
        if method == "fault":
            return fail(RpcFault("no", 404))
        return succeed(parameters if method == "echo" else None)


class AnswerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rpc = Rpc()

    def answer(self, request: Any) -> Any:
        data = request if isinstance(request, bytes) else json.dumps(request).encode()
        got = self.successResultOf(answer(self.rpc, data))
        return json.loads(got) if got else None

    def test_a_result_has_the_id_of_its_request(self) -> None:
        request = {"jsonrpc": "2.0", "method": "echo", "params": ["\xe4\u20ac", 1], "id": "a"}
        self.assertEqual(self.answer(request), {"jsonrpc": "2.0", "result": ["\xe4\u20ac", 1], "id": "a"})

    def test_nothing_is_an_empty_object(self) -> None:
        self.assertEqual(
            self.answer({"jsonrpc": "2.0", "method": "x", "id": 1}), {"jsonrpc": "2.0", "result": {}, "id": 1}
        )
        self.assertEqual(self.rpc.asked, [("x", ())])

    def test_a_fault_is_an_error(self) -> None:
        got = self.answer({"jsonrpc": "2.0", "method": "fault", "id": 2})
        self.assertEqual(got, {"jsonrpc": "2.0", "error": {"code": 404, "message": "no"}, "id": 2})

    def test_a_notification_gets_no_response(self) -> None:
        self.assertIsNone(self.answer({"jsonrpc": "2.0", "method": "fault"}))
        self.assertEqual(self.rpc.asked, [("fault", ())])

    def test_what_is_no_json_is_told_so(self) -> None:
        got = self.answer(b"{bad")
        self.assertEqual((got["error"]["code"], got["id"]), (-32700, None))
        self.assertEqual(self.answer(b"\xff")["error"]["code"], -32700)
        self.assertEqual(self.answer(b"[" * 100000)["error"]["code"], -32700)

    def test_what_is_no_request_is_told_why(self) -> None:
        for request, message in (
            (5, "a request is an object"),
            ({"method": "x", "id": 1}, '"jsonrpc": "2.0" is missing'),
            ({"jsonrpc": "2.0", "id": 1}, '"method" must be a text'),
            ({"jsonrpc": "2.0", "method": "x", "params": 5, "id": 1}, '"params" must be a list or an object'),
            ({"jsonrpc": "2.0", "method": "x", "id": [1]}, '"id" must be a text or a number'),
        ):
            self.assertEqual(self.answer(request)["error"], {"code": -32600, "message": message})
        self.assertEqual(self.rpc.asked, [])

    def test_a_batch_is_answered_in_its_order_once_all_is_ready(self) -> None:
        batch = [{"jsonrpc": "2.0", "method": m, "id": m} for m in ("wait", "fault", "echo")]
        batch.append({"jsonrpc": "2.0", "method": "echo"})
        got = answer(self.rpc, json.dumps([*batch, 7]).encode())
        self.assertNoResult(got)
        assert self.rpc.waiting is not None
        self.rpc.waiting.callback("done")
        found = json.loads(self.successResultOf(got))
        self.assertEqual([response["id"] for response in found], ["wait", "fault", "echo", None])
        self.assertEqual(found[0]["result"], "done")

    def test_an_empty_or_endless_batch_is_refused(self) -> None:
        self.assertEqual(self.answer([])["error"]["code"], -32600)
        self.assertEqual(self.answer([1] * 101)["error"]["code"], -32600)

    def test_cancelling_reaches_the_command(self) -> None:
        got = answer(self.rpc, b'[{"jsonrpc":"2.0","method":"wait","id":1}]')
        got.cancel()
        self.failureResultOf(got)
        assert self.rpc.waiting is not None
        self.assertTrue(self.rpc.waiting.called)
        single = answer(self.rpc, b'{"jsonrpc":"2.0","method":"wait"}')
        single.cancel()
        self.failureResultOf(single, CancelledError)
