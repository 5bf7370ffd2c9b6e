from __future__ import annotations

from typing import Any

from zope.interface.verify import verifyObject

from sipapp.interfaces.tm import ITransaction
from sipapp.interfaces.transaction import IServerUser
from tests.modules.tm.scene import FORK, SceneTestCase

SCRIPT = f"request_route {{ {FORK} t_relay(); }}"


class TransactionTests(SceneTestCase):
    def made(self) -> Any:
        self.play(SCRIPT)
        self.rings(self.bob, 180)
        self.invite()
        return self.transactions[0]

    def test_it_provides_its_interfaces(self) -> None:
        t = self.made()
        verifyObject(ITransaction, t)
        verifyObject(IServerUser, t)

    def test_it_knows_what_it_is(self) -> None:
        t = self.made()
        self.assertEqual(
            (t.is_invite, t.is_local, t.is_canceled, t.status, len(t.branches)), (True, False, False, 180, 2)
        )

    def test_its_index_depends_on_the_call_alone(self) -> None:
        self.play(SCRIPT)
        self.invite(call_id="one")
        self.invite(call_id="one", cseq=9)
        self.invite(call_id="two")
        first, again, other = (t.index for t in self.transactions)
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertTrue(0 <= first < 1 << 16)

    def test_nothing_is_left_of_it_when_it_is_over(self) -> None:
        t = self.made()
        branches = list(t.branches)
        self.rings(self.carol, 486)
        self.bob.reply(self.bob.messages[0], 486)  # type: ignore[arg-type]
        self.sip.advance(60)
        self.assertEqual((self.transactions, t.server, t.branches, t.avps), ([], None, [], None))
        self.assertEqual([(b.client, b.reply, b.context) for b in branches], [(None, None, None)] * 2)
        layer = self.sip.server.transactions
        self.assertEqual((layer.servers, layer.clients), ({}, {}))

    def test_it_is_freed_without_the_collector(self) -> None:
        import gc
        import weakref

        self.play(SCRIPT)
        self.rings(self.bob, 180, (1.0, 200))
        self.rings(self.carol, 180)
        requests = []
        created = self.tm.table.add

        def add(t: Any) -> None:
            requests.append(weakref.ref(t.request)) if hasattr(t.request, "__weakref__") else None
            created(t)

        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        self.invite(100)
        gc.set_debug(gc.DEBUG_SAVEALL)
        self.addCleanup(gc.set_debug, 0)
        gc.collect()
        ours = [thing for thing in gc.garbage if type(thing).__module__.startswith("sipapp.modules.tm")]
        gc.garbage.clear()
        self.assertEqual(ours, [])

    def test_a_response_that_cannot_be_sent_is_logged(self) -> None:
        from sipapp.errors import TransportError

        self.play(SCRIPT, "debug=2\n")
        self.invite()
        t = self.transactions[0]
        t.server_transport_failed(t.server, TransportError("gone"))
        self.assertTrue(any("gone" in line for line in self.sip.lines()))
