from __future__ import annotations

from typing import Any

from tests.modules.tm.scene import FORK, SceneTestCase

SCRIPT = """
request_route {
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    if (is_method("ACK")) { t_relay(); exit; }
    $du = "sip:192.0.2.2:5060";
    t_relay();
}
"""
FORKING = f'request_route {{ if (is_method("CANCEL")) {{ t_relay(); exit; }} {FORK} t_relay(); }}'


class CancelTests(SceneTestCase):
    """From the caller."""

    def test_it_goes_to_a_branch_that_rings(self) -> None:
        self.play(SCRIPT)
        self.rings(self.bob, 180)
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (1.0, "CANCEL")])
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 200)])
        self.assertEqual(self.last().reason, b"canceling")
        self.bob.reply(self.bob.messages[0], 487)  # type: ignore[arg-type]
        self.sip.advance(60)
        self.assertEqual(self.alice.received[3:], [(1.0, 487)])
        self.assertEqual([what for _, what in self.bob.received], ["INVITE", "CANCEL", "ACK"])
        self.assertEqual(self.transactions, [])

    def test_the_cancel_is_that_of_the_branch(self) -> None:
        self.play(SCRIPT)
        self.rings(self.bob, 180)
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        invite: Any
        cancel: Any
        invite, cancel = self.bob.messages
        self.assertEqual(cancel.raw.split(b"\r\n")[0].split(b" ")[1], invite.raw.split(b" ")[1])
        self.assertEqual(bytes(cancel.vias[0]), bytes(invite.vias[0]))
        self.assertEqual((len(cancel.vias), bytes(cancel.cseq)), (1, b"1 CANCEL"))
        for key in (b"from", b"to", b"call-id"):
            self.assertEqual(cancel.first(key), invite.first(key))

    def test_it_waits_for_the_first_provisional_response(self) -> None:
        self.play(SCRIPT)
        self.rings(self.bob, (2.0, 180))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(2)
        self.assertEqual([what for what in self.bob.received if what[1] == "CANCEL"], [(2.0, "CANCEL")])
        # RFC 3261 §9.1: the response that it waited for goes no further
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 200)])

    def test_the_method_may_be_another(self) -> None:
        head = 'modparam("tm", "cancel_b_method", {})\nmodparam("tm", "fr_timer", 3000)\n'
        self.play(SCRIPT, head.format(0))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 487), (1.0, 200)])
        self.assertEqual({what for _, what in self.bob.received}, {"INVITE"})
        self.play(SCRIPT, head.format(2))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 200)])
        self.assertEqual(self.bob.received[-1], (1.0, "CANCEL"))

    def test_without_answer_to_the_invite_the_call_ends_as_cancelled(self) -> None:
        self.play(SCRIPT, 'modparam("tm", "fr_timer", 3000)\n')
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(9)
        self.assertEqual(self.alice.received, [(0.0, 100), (1.0, 200), (3.0, 487)])

    def test_who_answers_the_cancel_alone_is_given_up(self) -> None:
        self.play(SCRIPT)
        self.rings(self.bob, 180)
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(60)
        self.assertEqual(self.alice.received[2:], [(1.0, 200), (33.0, 487)])
        self.assertEqual(self.transactions, [])

    def test_a_call_that_has_ended_is_answered_with_ok(self) -> None:
        self.play(SCRIPT)
        self.rings(self.bob, 486)
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 486), (1.0, 200)])
        self.assertEqual(self.last().reason, b"ok -- no more pending branches")

    def test_a_2xx_may_still_win(self) -> None:
        self.play(SCRIPT)
        self.rings(self.bob, 180, (1.1, 200))
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(1)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 200), (1.1, 200)])
        self.assertEqual(self.last().method, b"INVITE")

    def test_it_reaches_every_branch_that_rings(self) -> None:
        self.play(FORKING)
        self.rings(self.bob, 180)
        self.rings(self.carol, 183)
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual((self.bob.received[-1], self.carol.received[-1]), ((1.0, "CANCEL"), (1.0, "CANCEL")))

    def test_its_reason_goes_on(self) -> None:
        for parameter, reason in ((1, b"SIP;cause=200"), (0, None)):
            self.play(SCRIPT, f'modparam("tm", "e2e_cancel_reason", {parameter})\n')
            self.rings(self.bob, 180)
            invite = self.alice.send("INVITE")
            self.sip.advance(1)
            self.alice.send_raw(cancel_of(invite, b"Reason: SIP;cause=200\r\nX-Other: x\r\n"))
            self.sip.advance(0)
            self.assertEqual(self.bob.received[-1], (1.0, "CANCEL"))
            self.assertEqual(self.last(self.bob).first(b"reason"), reason)
            self.assertIsNone(self.last(self.bob).first(b"x-other"))

    def test_all_its_fields_may_go_on(self) -> None:
        self.play(SCRIPT, 'modparam("tm", "headers_mode", 1)\n')
        self.rings(self.bob, 180)
        invite = self.alice.send("INVITE")
        self.sip.advance(1)
        self.alice.send_raw(cancel_of(invite, b"Reason: SIP;cause=200\r\nX-Other: x\r\n"))
        self.sip.advance(0)
        self.assertEqual(self.last(self.bob).first(b"x-other"), b"x")
        self.assertEqual(self.last(self.bob).raw.count(b"Reason:"), 1)

    def test_a_cancel_for_nothing_goes_on_as_a_request_of_its_own(self) -> None:
        script = 'request_route { $du = "sip:192.0.2.2:5060"; t_relay(); }'
        for mode, received, answered in ((0, ["CANCEL"], [200]), (1, ["CANCEL"], [200]), (2, [], [])):
            self.play(script, f'modparam("tm", "unmatched_cancel", {mode})\n')
            self.bob.answers = lambda request: [200]
            self.alice.send("CANCEL")
            self.sip.advance(0)
            self.assertEqual([what for _, what in self.bob.received], received)
            self.assertEqual(self.alice.statuses, answered)
            self.assertEqual(len(self.transactions), 1 if mode == 0 else 0)


class OwnCancelTests(SceneTestCase):
    """Of branches that shall not go on."""

    def test_who_is_too_late_is_told_that_the_call_was_taken(self) -> None:
        self.play(FORKING)
        self.rings(self.bob, 180)
        self.rings(self.carol, 180, (1.0, 200))
        self.invite(2)
        self.assertEqual(self.bob.received, [(0.0, "INVITE"), (1.0, "CANCEL")])
        self.assertEqual(self.last(self.bob).first(b"reason"), b'SIP;cause=200;text="Call completed elsewhere"')

    def test_a_6xx_ends_the_others_with_its_cause(self) -> None:
        self.play(FORKING)
        self.rings(self.bob, 180)
        self.rings(self.carol, (1.0, 603))
        self.invite(2)
        self.assertEqual(self.last(self.bob).first(b"reason"), b"SIP;cause=603")

    def test_the_reason_can_be_left_out(self) -> None:
        self.play(FORKING, 'modparam("tm", "local_cancel_reason", 0)\n')
        self.rings(self.bob, 180)
        self.rings(self.carol, 180, (1.0, 200))
        self.invite(2)
        self.assertEqual(self.bob.received[-1], (1.0, "CANCEL"))
        self.assertIsNone(self.last(self.bob).first(b"reason"))

    def test_it_may_take_fields_of_the_invite_along(self) -> None:
        self.play(FORKING, 'modparam("tm", "ac_extra_hdrs", "X-Keep")\n')
        self.rings(self.bob, 180)
        self.rings(self.carol, 180, (1.0, 200))
        self.invite(2, headers=("X-Keep-1: a", "X-Other: b", "x-keep-2: c"))
        cancel = self.last(self.bob).raw
        self.assertIn(b"\r\nX-Keep-1: a\r\n", cancel)
        self.assertIn(b"\r\nx-keep-2: c\r\n", cancel)
        self.assertNotIn(b"X-Other", cancel)

    def test_who_has_not_answered_at_all_gets_no_cancel(self) -> None:
        self.play(FORKING)
        self.rings(self.carol, 180, (0.2, 200))
        self.invite(60)
        self.assertEqual([what for _, what in self.bob.received], ["INVITE"])
        self.assertEqual(self.transactions, [])

    def test_a_cancel_that_is_not_answered_is_sent_again(self) -> None:
        self.play(FORKING)
        self.bob.answers = lambda request: [180] if request.method == b"INVITE" else []
        self.rings(self.carol, 180, (1.0, 200))
        self.invite(3)
        self.assertEqual([at for at, what in self.bob.received if what == "CANCEL"], [1.0, 1.5, 2.5])

    def test_event_route_tm_local_request_may_see_it(self) -> None:
        self.play(
            FORKING + 'event_route[tm:local-request] { append_hf("X-Seen: $rm\\r\\n"); }',
            'modparam("tm", "evlreq_mode", 1)\n',
        )
        self.rings(self.bob, 180)
        self.rings(self.carol, 180, (1.0, 200))
        self.invite(2)
        self.assertEqual(self.last(self.bob).first(b"x-seen"), b"CANCEL")


def cancel_of(invite: bytes, fields: bytes) -> bytes:
    """RFC 3261 §9.1, with further header lines."""
    head = invite.partition(b"\r\n\r\n")[0].split(b"\r\n")
    kept = [line for line in head[1:] if line.split(b":")[0] in (b"Via", b"From", b"To", b"Call-ID")]
    start = head[0].replace(b"INVITE", b"CANCEL")
    return b"\r\n".join([start, *kept, b"CSeq: 1 CANCEL", b"Max-Forwards: 70", fields + b"Content-Length: 0\r\n\r\n"])
