"""Another From and To for a whole dialog."""

from __future__ import annotations

from sipapp.errors import ConfigError
from tests.modules.uac.scene import SceneCase

NEO = 'record_route(); uac_replace_from("Neo", "sip:neo@matrix.example");'


class ReplaceTests(SceneCase):
    def test_the_callee_sees_the_new_one_and_the_caller_the_old_one(self) -> None:
        self.call(NEO)
        invite, ok = self.requests()[0], self.responses()[-1]
        self.assertEqual(bytes(invite.from_), b"Neo <sip:neo@matrix.example>;tag=from-5060")
        self.assertEqual(bytes(ok.from_), b"<sip:alice@example.com>;tag=from-5060")

    def test_the_same_for_to(self) -> None:
        self.call('uac_replace_to("sip:al@x.example"); record_route();')
        self.assertEqual(bytes(self.requests()[0].to), b"<sip:al@x.example>")
        self.assertEqual(bytes(self.responses()[-1].to), b"<sip:bob@example.com>;tag=peer-5060")

    def test_requests_in_the_dialog_are_translated_both_ways(self) -> None:
        self.play(
            f"""request_route {{
            if (has_totag()) {{ loose_route(); t_relay(); exit; }}
            {NEO} $du = "sip:192.0.2.2:5060"; t_relay(); exit; }}""".replace("has_totag()", "$tt != $null")
        )
        self.bob.answers = lambda request: [200]
        self.alice.send("INVITE")
        self.sip.advance(0)
        route = self.requests()[0].first(b"record-route").decode()
        self.alice.send("BYE", "sip:bob@192.0.2.2", [f"Route: {route}"], to_tag="peer-5060", cseq=2)
        self.sip.advance(0)
        self.assertEqual(bytes(self.requests()[-1].from_), b"<sip:neo@matrix.example>;tag=from-5060")
        self.assertEqual(bytes(self.responses()[-1].from_), b"<sip:alice@example.com>;tag=from-5060")
        self.bob.send_raw(
            b"BYE sip:alice@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKbob\r\n"
            b"Max-Forwards: 70\r\nRoute: %b\r\nFrom: <sip:bob@example.com>;tag=peer-5060\r\n"
            b"To: Neo <sip:neo@matrix.example>;tag=from-5060\r\nCall-ID: b\r\nCSeq: 9 BYE\r\n"
            b"Content-Length: 0\r\n\r\n" % route.encode()
        )
        self.sip.advance(0)
        self.assertEqual(bytes(self.requests(self.alice)[-1].to), b"Neo <sip:alice@example.com>;tag=from-5060")

    def test_an_end_point_that_has_changed_its_uri_keeps_it(self) -> None:
        self.play('request_route { loose_route(); $du = "sip:192.0.2.2:5060"; t_relay(); exit; }')
        route = "Route: <sip:192.0.2.100;lr;ftag=from-5060;vsf=AAAA>"
        self.alice.send("BYE", "sip:bob@192.0.2.2", [route], to_tag="x")
        self.sip.advance(0)
        self.assertEqual(bytes(self.requests()[0].from_), b"<sip:alice@example.com>;tag=from-5060")
        self.assertTrue(self.logged("in a dialog stays"))

    def test_twice_or_in_a_dialog_is_refused(self) -> None:
        self.call(NEO + 'if (uac_replace_from("sip:x@y")) { sl_send_reply(500, "Twice"); exit; }')
        self.assertEqual(self.alice.statuses[-1], 200)
        self.call(NEO, to_tag="known")
        self.assertEqual(bytes(self.requests()[0].from_), b"<sip:alice@example.com>;tag=from-5060")

    def test_mode_none_keeps_nothing(self) -> None:
        self.call(NEO, modparams='modparam("uac", "restore_mode", "none")')
        self.assertNotIn(b"vsf", self.requests()[0].first(b"record-route"))
        self.assertEqual(self.responses()[-1].from_.uri, b"sip:neo@matrix.example")

    def test_mode_manual_restores_when_it_is_told(self) -> None:
        modes = 'modparam("uac", "restore_mode", "manual") modparam("uac", "restore_passwd", "sesame")'
        self.call(NEO, modparams=modes)
        route = self.requests()[0].first(b"record-route").decode()
        for restores, wanted in (("", b"sip:alice@example.com"), ("uac_restore_from();", b"sip:neo@matrix.example")):
            self.call("loose_route();" + restores, "BYE", modes, headers=[f"Route: {route}"], to_tag="x")
            self.assertEqual(self.requests()[0].from_.uri, wanted)

    def test_nothing_to_restore_is_false(self) -> None:
        self.call('if (uac_restore_from() || uac_restore_to()) { sl_send_reply(500, "What?"); exit; }')
        self.assertEqual(self.alice.statuses[-1], 200)

    def test_the_old_one_may_be_kept_in_an_avp(self) -> None:
        modparam = 'modparam("uac", "restore_from_avp", "$avp(old)")'
        self.call(
            NEO + 'append_hf("X-Old: $avp(old)\\r\\n"); $avp(old) = "<sip:other@example.com>";', modparams=modparam
        )
        self.assertEqual(self.requests()[0].first(b"x-old"), b"<sip:alice@example.com>")
        self.assertEqual(bytes(self.responses()[-1].from_), b"<sip:other@example.com>;tag=from-5060")

    def test_in_a_branch_route(self) -> None:
        self.call(
            'record_route(); t_on_branch("B");', routes='branch_route[B] { uac_replace_from("sip:neo@m.example"); }'
        )
        self.assertEqual(self.requests()[0].from_.uri, b"sip:neo@m.example")
        self.assertEqual(self.responses()[-1].from_.uri, b"sip:alice@example.com")

    def test_what_cannot_be_is_refused(self) -> None:
        for modparam in ('"restore_mode", "always"', '"restore_dlg", 1', '"rr_from_store_param", ""'):
            self.assertRaises(ConfigError, self.play, f'modparam("uac", {modparam}) request_route {{ exit; }}')
