from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.draft import Branch
from sipapp.modules.tm.serial import by_lot, by_q
from tests.modules.tm.scene import SceneTestCase

HEAD = """
modparam("tm", "contacts_avp", "tm_contacts")
modparam("tm", "contact_flows_avp", "tm_flows")
modparam("tm", "xavp_contact", "ulattrs")
"""
SCRIPT = """
request_route {
    %s
    if (!t_load_contacts()) xlog("not loaded");
    t_next_contacts();
    xlog("$rc $ru");
    t_on_failure("NEXT");
    t_relay();
}
failure_route[NEXT] {
    t_next_contacts();
    $var(rc) = $rc;
    xlog("$var(rc)");
    if ($var(rc) > 0) { t_on_failure("NEXT"); t_relay(); }
}
"""
THREE = """$ru = "sip:bob@192.0.2.2"; append_branch("sip:carol@192.0.2.3", "0.5");
    append_branch("sip:dave@192.0.2.4", "0.9"); """


class SerialTests(SceneTestCase):
    def test_contacts_are_tried_one_group_after_the_other(self) -> None:
        self.play(SCRIPT % THREE, HEAD)
        self.rings(self.dave, (1.0, 486))
        self.rings(self.carol, (1.0, 486))
        self.rings(self.bob, (1.0, 404))
        self.invite(9)
        self.assertEqual(self.said(), ["1 sip:dave@192.0.2.4", "1", "1", "-2"])
        self.assertEqual(
            [peer.received[0] for peer in (self.dave, self.carol, self.bob)],
            [(0.0, "INVITE"), (1.0, "INVITE"), (2.0, "INVITE")],
        )
        self.assertEqual(self.alice.received, [(0.0, 100), (3.0, 404)])

    def test_those_with_one_q_go_out_together(self) -> None:
        self.play(SCRIPT % THREE.replace("0.5", "0.9"), HEAD)
        self.invite()
        self.assertEqual((len(self.dave.received), len(self.carol.received), len(self.bob.received)), (1, 1, 0))

    def test_one_contact_alone_needs_no_order(self) -> None:
        self.play(SCRIPT % '$ru = "sip:bob@192.0.2.2";', HEAD)
        self.invite()
        self.assertEqual((self.said(), len(self.bob.received)), (["-2 sip:bob@192.0.2.2"], 1))

    def test_a_contact_keeps_all_that_is_known_of_it(self) -> None:
        self.play(
            """request_route { $ru = "sip:bob@192.0.2.2"; append_branch("sip:carol@192.0.2.3", "0.5");
            $(branch(dst_uri)[0]) = "sip:192.0.2.4"; $(branch(path)[0]) = "<sip:p;lr>"; $(branch(flags)[0]) = 6;
            t_load_contacts(); xlog("$xavp(tm_contacts=>uri) $xavp(tm_contacts=>q_flag)");
            t_next_contacts(); xlog("$ru $du $bf"); }""",
            HEAD,
        )
        self.options()
        self.assertEqual(self.said(), ["sip:carol@192.0.2.3 4", "sip:carol@192.0.2.3 sip:192.0.2.4 6"])

    def test_several_flows_of_one_instance_are_tried_after_one_another(self) -> None:
        self.play(
            """request_route { $xavp(tm_contacts=>uri) = "sip:bob@192.0.2.2";
            $xavp(tm_contacts[0]=>instance) = "one"; $xavp(tm_contacts[0]=>flags) = 0;
            $xavp(tm_contacts=>uri) = "sip:carol@192.0.2.3"; $xavp(tm_contacts[0]=>instance) = "one";
            t_next_contacts(); xlog("$ru $xavp(tm_flows=>uri)");
            t_on_branch_failure("next"); t_relay(); }
            event_route[tm:branch-failure:next] { t_next_contact_flow(); xlog("$rc"); t_on_branch_failure("next");
            t_relay(); }""",
            HEAD,
        )
        self.rings(self.carol, (1.0, 486))
        self.rings(self.bob, (1.0, 404))
        self.invite(5)
        self.assertEqual(self.said(), ["sip:carol@192.0.2.3 sip:bob@192.0.2.2", "1", "-2"])
        self.assertEqual(self.alice.received, [(0.0, 100), (2.0, 404)])

    def test_attributes_of_contacts_travel_with_them(self) -> None:
        self.play(
            """request_route { $ru = "sip:bob@192.0.2.2"; append_branch("sip:carol@192.0.2.3", "0.5");
            $xavp(ulattrs=>name) = "carol"; $xavp(ulattrs=>name) = "bob"; t_load_contacts();
            xlog("$xavp(ulattrs=>name)"); t_next_contacts(); xlog("$xavp(ulattrs=>name)"); }""",
            HEAD,
        )
        self.options()
        self.assertEqual(len(self.said()), 2)
        self.assertEqual(self.said()[0], "<null>")
        self.assertIn(self.said()[1], ("bob", "carol"))

    def test_without_the_parameters_it_is_false_and_says_so(self) -> None:
        self.play('request_route { t_load_contacts(); xlog("$rc"); t_next_contacts(); xlog("$rc"); }')
        self.options()
        self.assertEqual(self.said(), ["-1", "-1"])
        self.assertTrue(any("contacts_avp" in line for line in self.sip.lines()))

    def test_there_are_two_modes(self) -> None:
        self.play('request_route { t_load_contacts("2"); xlog("$rc"); }', HEAD)
        self.options()
        self.assertEqual(self.said(), ["-1"])


class OrderTests(SynchronousTestCase):
    def contacts(self, *qs: int) -> list[Branch]:
        return [Branch(b"%d" % number, q=q) for number, q in enumerate(qs)]

    def test_the_best_comes_first_and_the_last_of_a_group_is_marked(self) -> None:
        ordered = [(contact.uri, flag) for contact, flag in by_q(self.contacts(500, 900, -1, 900))]
        self.assertEqual([uri for uri, _ in ordered[2:]], [b"0", b"2"])
        self.assertEqual(sorted(uri for uri, _ in ordered[:2]), [b"1", b"3"])
        self.assertEqual([flag for _, flag in ordered], [0, 4, 4, 0])

    def test_by_lot_all_come_once_and_those_without_q_last(self) -> None:
        for _ in range(20):
            ordered = [contact.uri for contact, _ in by_lot(self.contacts(500, 0, 900, -1))]
            self.assertEqual(sorted(ordered[:2]), [b"0", b"2"])
            self.assertEqual(ordered[2:], [b"1", b"3"])

    def test_twice_the_q_comes_first_twice_as_often(self) -> None:
        first = sum(by_lot(self.contacts(250, 500))[0][0].uri == b"1" for _ in range(3000))
        self.assertTrue(1850 < first < 2150, first)
