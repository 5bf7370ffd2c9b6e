from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.corex import Corex
from sipapp.modules.corex.branches import thousandths
from tests.modules.stage import UDP_5080, context, made


class BranchesTests(SynchronousTestCase):
    def test_a_uri_becomes_a_target_with_what_was_set(self) -> None:
        ctx = context()
        ctx.draft.next_hop, ctx.draft.path = b"sip:192.0.2.8", b"<sip:p;lr>"
        ctx.draft.branch_flags, ctx.draft.send_socket = 6, UDP_5080
        self.assertEqual(made(Corex).append_branch(ctx, b"sip:x@example.com", b"0.5"), 1)
        (target,) = ctx.draft.targets
        self.assertEqual(
            (target.uri, target.next_hop, target.path, target.q, target.flags, target.send_socket),
            (b"sip:x@example.com", b"sip:192.0.2.8", b"<sip:p;lr>", 500, 6, UDP_5080),
        )
        self.assertEqual(ctx.draft.next_hop, b"sip:192.0.2.8")

    def test_without_a_uri_the_request_uri_moves_with_all_it_has(self) -> None:
        ctx = context()
        ctx.draft.request_uri, ctx.draft.next_hop = b"sip:now@example.com", b"sip:192.0.2.8"
        ctx.draft.branch_flags, ctx.draft.send_socket = 6, UDP_5080
        made(Corex).append_branch(ctx)
        self.assertEqual(ctx.draft.targets[0].uri, b"sip:now@example.com")
        self.assertEqual(ctx.draft.targets[0].q, -1)
        self.assertEqual((ctx.draft.next_hop, ctx.draft.branch_flags, ctx.draft.send_socket), (None, 0, None))

    def test_q_has_three_decimals_at_most(self) -> None:
        for text, value in ((b"0", 0), (b"0.5", 500), (b".25", 250), (b"1", 1000), (b"1.000", 1000), (b"0.123", 123)):
            self.assertEqual(thousandths(text), value)
        for text in (b"", b"2", b"1.1", b"0.1234", b"x", b"-1", b"."):
            self.assertRaises(ScriptError, thousandths, text)
