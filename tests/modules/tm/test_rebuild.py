from __future__ import annotations

from tests.modules.tm.scene import FORK, SceneTestCase


class RebuildTests(SceneTestCase):
    def test_what_branch_route_has_changed_can_be_read_by_this_branch_alone(self) -> None:
        self.play(
            f"""request_route {{ {FORK} t_on_branch("B"); t_relay(); }}
            branch_route[B] {{ append_hf("X-Branch: $T_branch_idx\\r\\n"); t_msg_apply_changes();
            append_hf("X-Read: $(hdr(X-Branch)[*])\\r\\n"); }}"""
        )
        self.invite()
        for peer, number in ((self.bob, b"0"), (self.carol, b"1")):
            self.assertEqual(self.last(peer).raw.count(b"X-Branch: "), 1)
            self.assertEqual(self.last(peer).first(b"x-branch"), number)
            self.assertEqual(self.last(peer).first(b"x-read"), number)

    def test_the_message_stays_where_it_came_from(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_branch("B"); t_relay(); }
            branch_route[B] { t_msg_apply_changes(); xlog("$si:$sp $ru $Ri"); }"""
        )
        self.invite()
        self.assertEqual(self.said(), ["192.0.2.1:5060 sip:bob@192.0.2.100:5060 192.0.2.100"])
        self.assertEqual(self.bob.received, [(0.0, "INVITE")])
        self.assertEqual(len(self.last(self.bob).vias), 2)
