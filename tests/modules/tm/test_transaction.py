from __future__ import annotations

from typing import Any

from zope.interface.verify import verifyObject

from sipapp.interfaces.tm import ITransaction
from sipapp.interfaces.transaction import IServerUser
from sipapp.message.draft import Draft
from sipapp.message.request import Request
from sipapp.message.resting import resting
from sipapp.modules.tm.transaction import worth_keeping
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

    def answered(self, *answers: Any, script: str = "request_route { t_relay(); }") -> Any:
        self.play(script)
        self.rings(self.bob, *answers)
        self.invite(1, uri="sip:bob@192.0.2.2:5060")
        return self.transactions[0]

    def test_once_it_is_answered_it_is_bytes(self) -> None:
        for answers in ((180, 200), (180, 486)):
            t = self.answered(*answers)
            self.assertEqual((t.status, [b.data for b in t.branches]), (answers[-1], [b""]))
            self.assertIs(type(t.request), resting(Request))
        self.assertEqual(self.answered(200).draft, None)

    def test_what_is_refused_without_branches_keeps_its_draft_only_where_that_says_something(self) -> None:
        for change, kept in (
            ("", False),
            ('append_branch("sip:x@192.0.2.9"); ', True),
            ('$du = "sip:192.0.2.9"; ', True),
        ):
            self.play(f'request_route {{ t_newtran(); {change}t_reply("404", "Not Found"); }}')
            self.invite()
            self.assertEqual(self.transactions[0].draft is not None, kept)

    def test_whatever_a_draft_may_hold_is_worth_keeping(self) -> None:
        by_itself = {"flags", "xflags", "reply_fields", "reply_body"}  # the transaction's own, in `context`
        self.assertIsNone(worth_keeping(Draft()))
        for name in set(Draft.__slots__) - by_itself:
            draft = Draft()
            setattr(draft, name, [1] if name in ("edits", "targets") else 1)
            self.assertIs(worth_keeping(draft), draft, name)

    def test_what_has_been_acknowledged_keeps_no_response(self) -> None:
        self.play('request_route { if (!is_method("ACK")) { t_newtran(); t_reply("404", "Not Found"); } }')
        self.invite()
        t = self.transactions[0]
        self.assertEqual(t.server.state.name, "CONFIRMED")
        self.assertEqual(t.server._last, b"forgotten")
        self.alice.again()
        self.sip.advance(0)
        self.assertEqual([m.status for m in self.alice.messages], [404])  # type: ignore[union-attr]

    def test_an_invite_that_comes_again_after_its_2xx_needs_no_copy_of_that(self) -> None:
        t = self.answered(200)
        self.assertEqual(t.server._last, b"forgotten")
        self.alice.again()
        self.sip.advance(0)
        self.assertEqual([m.status for m in self.alice.messages], [100, 200])  # type: ignore[union-attr]

    def test_what_rings_can_still_be_cancelled_when_time_is_over(self) -> None:
        self.play('request_route { t_set_fr("1000"); t_relay(); }')
        self.rings(self.bob, 180)
        self.invite(2, uri="sip:bob@192.0.2.2:5060")
        self.assertEqual(self.last().status, 408)
        self.assertEqual([m.method for m in self.bob.messages], [b"INVITE", b"CANCEL"])

    def test_what_comes_late_is_sent_on_all_the_same(self) -> None:
        t = self.answered(200)
        self.bob.reply(self.bob.messages[0], 200)  # type: ignore[arg-type]
        self.sip.advance(0)
        self.assertEqual([m.status for m in self.alice.messages][-2:], [200, 200])  # type: ignore[union-attr]
        self.assertEqual(t.request.cseq.number, self.bob.messages[0].cseq.number)  # type: ignore[union-attr]

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
