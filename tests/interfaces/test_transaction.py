from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from sipapp.interfaces.transaction import (
    IClientTransaction,
    IClientUser,
    IServerTransaction,
    IServerUser,
    ITransactionLayer,
)
from sipapp.modules.tm.branch import Branch, CancelUser
from sipapp.modules.tm.transaction import Transaction
from tests.transaction.helpers import World


class ProviderTests(SynchronousTestCase):
    def test_the_layer_and_its_transactions(self) -> None:
        world = World()
        verifyObject(ITransactionLayer, world.layer)
        for method in ("INVITE", "OPTIONS"):
            verifyObject(IServerTransaction, world.server(method))
            verifyObject(IClientTransaction, world.client(method))

    def test_tm_is_their_user(self) -> None:
        verifyClass(IServerUser, Transaction)
        for kind in (Branch, CancelUser):
            verifyClass(IClientUser, kind)
