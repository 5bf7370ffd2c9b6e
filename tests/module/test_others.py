from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.rpc import IRpc
from sipapp.module.others import ask, ask_one, owner_of
from tests.modules.stage import Server


class Rpc:
    """Answers with what it was asked."""

    def call(self, method: str, parameters: Sequence[Any] = ()) -> Deferred[Any]:
        return succeed([method, *parameters])


class OthersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.server = Server(provide={IRpc: Rpc()})
        self.server.worker, self.server.workers = 2, 3

    def test_a_label_tells_whose_transaction_it_is(self) -> None:
        self.assertEqual([owner_of(self.server, label) for label in (9, 10, 11)], [1, 0, 3])

    def test_all_are_asked_by_the_command_itself(self) -> None:
        asked = ask(self.server, "tmx.reply_callid", b"a\xff", 603, "No")
        self.assertEqual(self.successResultOf(asked), ["tmx.reply_callid", "a\udcff", 603, "No"])

    def test_one_is_asked_by_its_number(self) -> None:
        asked = ask_one(self.server, 3, "ts.append", b"location", 5)
        self.assertEqual(self.successResultOf(asked), ["workers.ask", 3, "ts.append", "location", 5])
