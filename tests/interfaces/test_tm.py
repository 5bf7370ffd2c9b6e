from __future__ import annotations

from zope.interface.verify import verifyObject

from sipapp.interfaces.tm import Answered, IBranch, ITm, ITransaction
from tests.modules.tm.scene import SceneTestCase


class ProviderTests(SceneTestCase):
    def test_tm_and_what_it_keeps_of_a_call(self) -> None:
        self.play('request_route { $du = "sip:192.0.2.2"; t_relay(); }')
        self.invite()
        (transaction,) = self.transactions
        verifyObject(ITm, self.sip.server.get(ITm))
        verifyObject(ITransaction, transaction)
        verifyObject(IBranch, transaction.branches[0])

    def test_an_answer_without_a_response_is_our_own(self) -> None:
        answered: list[Answered] = []
        self.play("request_route { exit; }", 'modparam("tm", "fr_timer", 1000)\n')
        waiting = self.sip.server.get(ITm).request(
            b"OPTIONS", b"sip:bob@192.0.2.2", b"<sip:me@example.com>", b"<sip:bob@example.com>"
        )
        waiting.addCallback(answered.append)
        self.sip.advance(2)
        self.assertEqual(answered, [Answered(408, b"Request Timeout", None)])
