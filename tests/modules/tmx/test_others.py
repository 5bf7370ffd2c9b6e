"""modules/tmx/others.py: what is wanted of transactions that another worker has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc
from sipapp.modules.tmx.others import Others
from tests.modules.stage import Server


class Rpc:
    """Who is asked what; `answer` is what comes of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[Any]]] = []
        self.answer: Deferred[Any] = succeed(None)

    def call(self, method: str, parameters: Sequence[Any] = ()) -> Deferred[Any]:
        self.asked.append((method, list(parameters)))
        return self.answer


class Tm:
    """A tm without the transaction that is looked for."""

    def find_call(self, callid: bytes, cseq: bytes) -> None:
        return None

    def resume(self, index: int, label: int, route: Any) -> int:
        return -1


class OthersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rpc = Rpc()
        self.others = Others()
        server = Server(provide={IRpc: self.rpc})
        server.worker, server.workers = 1, 2
        self.others.server, self.others.tm = server, Tm()

    def test_the_worker_that_a_label_tells_is_asked(self) -> None:
        self.assertTrue(self.others.ask_owner(7, "tmx.continue", 3, 7, "GO"))
        self.assertEqual(self.rpc.asked, [("workers.ask", [2, "tmx.continue", 3, 7, "GO"])])

    def test_of_its_own_a_worker_asks_nobody(self) -> None:
        self.assertFalse(self.others.ask_owner(8, "tmx.continue", 3, 8, "GO"))
        self.assertEqual(self.rpc.asked, [])

    def test_where_only_a_call_id_is_known_all_are_asked(self) -> None:
        self.assertTrue(self.others.ask_all("tmx.reply_callid", b"a@b", b"1", 603, b"No"))
        self.assertEqual(self.rpc.asked, [("tmx.reply_callid", ["a@b", "1", 603, "No"])])

    def test_one_process_asks_nobody(self) -> None:
        self.others.server.workers = 1
        self.assertFalse(self.others.ask_all("tmx.reply_callid", b"a@b", b"1", 603, b"No"))
        self.assertFalse(self.others.ask_owner(7, "tmx.continue", 3, 7, "GO"))

    def test_what_could_not_be_done_is_logged(self) -> None:
        self.rpc.answer = fail(RpcFault("nothing to continue: 3:7, GO", 404))
        with capturedLogs() as events:
            self.others.ask_owner(7, "tmx.continue", 3, 7, "GO")
        self.assertEqual([formatEvent(one) for one in events], ["another worker: nothing to continue: 3:7, GO"])

    def test_who_is_asked_for_what_it_has_not_says_so(self) -> None:
        self.others.server.script.routes["GO"] = object()
        for call in (
            lambda: self.others.rpc_continue(3, 7, "GO"),
            lambda: self.others.rpc_continue(3, 7, "NOWHERE"),
            lambda: self.others.rpc_cancel(b"a", b"1", 0, 0),
            lambda: self.others.rpc_reply(b"a", b"1", 603, b"No"),
        ):
            self.assertEqual(self.assertRaises(RpcFault, call).code, 404)
