from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.modules.tm.relays import Proxy, flags_of, hop_of, proxy_of, proxy_or_flags
from sipapp.modules.tm.transaction import DISABLE_FAILOVER
from tests.modules.tm.scene import SceneTestCase


class AddressTests(SynchronousTestCase):
    def shown(self, address: bytes) -> tuple[bytes | None, int | None, str | None]:
        found = proxy_of(address)
        return found.uri.host, found.uri.port, found.proto

    def test_an_address_may_have_a_protocol_and_a_port(self) -> None:
        for address, shown in (
            (b"192.0.2.1", (b"192.0.2.1", 0, None)),
            (b"192.0.2.1:5070", (b"192.0.2.1", 5070, None)),
            (b"udp:192.0.2.1:5070", (b"192.0.2.1", 5070, "udp")),
            (b"TCP:example.com", (b"example.com", 0, "tcp")),
            (b"tls:[2001:db8::1]:5061", (b"[2001:db8::1]", 5061, "tls")),
            (b"example.com:5060", (b"example.com", 5060, None)),
        ):
            host, port, proto = self.shown(address)
            self.assertEqual((host, port or 0, proto), shown, address)

    def test_a_host_of_ipv6_gets_its_brackets(self) -> None:
        self.assertEqual(hop_of(b"2001:db8::1", b"5060").host, b"[2001:db8::1]")

    def test_what_is_no_address_is_a_mistake_of_the_script(self) -> None:
        for address in (b"host:x", b"host:99999", b"ho st"):
            self.assertRaises(ConfigError, proxy_of, address)
        self.assertRaises(ConfigError, hop_of, b"host", b"x")
        self.assertRaises(ConfigError, flags_of, b"x")

    def test_flags_are_numbers(self) -> None:
        self.assertEqual((flags_of(b"7"), flags_of(b"0x3"), proxy_or_flags(b"4")), (7, 3, 4))
        self.assertIsInstance(proxy_or_flags(b"192.0.2.1"), Proxy)


class RelayFunctionTests(SceneTestCase):
    def relay(self, script: str, more: str = "", method: str = "OPTIONS") -> None:
        self.play(f"request_route {{ {script} }} {more}")
        self.tcp = self.sip.peer("tcp:192.0.2.2:5060")
        self.alice.send(method)
        self.sip.advance(0)

    def where(self) -> str:
        found = [name for name in ("bob", "carol", "tcp") if getattr(self, name).received]
        return " ".join(found)

    def test_each_goes_where_it_says(self) -> None:
        for statement, where in (
            ('t_relay("192.0.2.2", "5060");', "bob"),
            ('t_relay_to("udp:192.0.2.2:5060");', "bob"),
            ('t_relay_to("tcp:192.0.2.2:5060");', "tcp"),
            ('t_relay_to_udp("192.0.2.2", "5060");', "bob"),
            ('t_relay_to_tcp("192.0.2.2", "5060");', "tcp"),
            ('$du = "sip:192.0.2.2"; t_relay_to_udp();', "bob"),
            ('$du = "sip:192.0.2.2"; t_relay_to_tcp();', "tcp"),
            ('$du = "sip:192.0.2.2"; t_relay_to("0x1");', "bob"),
            ('$var(p) = "udp:192.0.2.2"; t_relay_to_proxy("$var(p)");', "bob"),
            ('$avp(p) = "tcp"; $avp(h) = "192.0.2.2:5060"; t_relay_to_avp($avp(p), $avp(h));', "tcp"),
            ('t_newtran(); t_forward_nonack("192.0.2.2", "5060");', "bob"),
            ('t_newtran(); t_forward_nonack_udp("192.0.2.2", "5060");', "bob"),
            ('t_newtran(); t_forward_nonack_tcp("192.0.2.2", "5060");', "tcp"),
            ('$du = "sip:192.0.2.2"; t_newtran(); t_forward_nonack_uri();', "bob"),
            ('$avp(p) = "udp"; $avp(h) = "192.0.2.2:5060"; t_newtran(); t_forward_nonack_to($avp(p), $avp(h));', "bob"),
            ('t_replicate("sip:192.0.2.2");', "bob"),
            ('t_replicate("192.0.2.2", "5060");', "bob"),
            ('t_replicate_udp("192.0.2.2", "5060");', "bob"),
            ('t_replicate_tcp("192.0.2.2", "5060");', "tcp"),
            ('$avp(p) = "udp"; $avp(h) = "192.0.2.2:5060"; t_replicate_to($avp(p), $avp(h));', "bob"),
        ):
            self.relay(f'{statement} xlog("$rc");')
            self.assertEqual((self.where(), self.said()), (where, ["1"]), statement)

    def test_there_is_no_sctp_and_no_tls_socket_here(self) -> None:
        for statement in (
            't_relay_to_sctp("192.0.2.2", "5060");',
            't_relay_to_tls("192.0.2.2", "5061");',
            '$du = "sip:192.0.2.2"; t_relay_to_sctp();',
            '$du = "sip:192.0.2.2"; t_relay_to_tls();',
            't_newtran(); t_forward_nonack_tls("192.0.2.2", "5061");',
            't_newtran(); t_forward_nonack_sctp("192.0.2.2", "5060");',
            't_replicate_tls("192.0.2.2", "5061");',
            't_replicate_sctp("192.0.2.2", "5060");',
        ):
            self.relay(f'{statement} xlog("$rc");')
            self.assertEqual((self.where(), self.said()), ("", ["-7"]), statement)

    def test_the_flags_of_t_relay_to_switch_things_off(self) -> None:
        self.relay('t_relay_to("192.0.2.2", "1");', method="INVITE")
        self.assertEqual(self.alice.statuses, [])
        self.relay('t_relay_to("x.invalid", "2"); xlog("$rc");', method="INVITE")
        self.assertEqual((self.alice.statuses, self.said()), ([100], ["-4"]))
        self.relay('$du = "sip:192.0.2.2"; t_relay_to("4");', method="INVITE")
        self.assertTrue(self.transactions[0].flags & DISABLE_FAILOVER)

    def test_a_bad_address_does_not_load(self) -> None:
        for statement in (
            't_relay("h", "x");',
            't_relay_to("h:x");',
            't_relay_to("h", "x");',
            't_replicate("h", "x");',
        ):
            self.assertIn("app.cfg:", str(self.assertRaises(ConfigErrors, self.relay, statement)), statement)

    def test_a_bad_address_in_a_variable_is_false(self) -> None:
        for statement in (
            '$var(p) = "h:x"; t_relay_to_proxy("$var(p)");',
            "t_relay_to_avp($avp(none), $avp(none));",
            '$var(u) = "nonsense"; t_replicate("$var(u)");',
        ):
            self.relay(f'{statement} xlog("$rc");')
            self.assertEqual(self.said(), ["-1"], statement)

    def test_t_forward_nonack_needs_a_transaction(self) -> None:
        self.relay('t_forward_nonack("192.0.2.2", "5060"); xlog("$rc");')
        self.assertEqual((self.where(), self.said()), ("", ["-1"]))

    def test_a_response_is_nothing_to_forward(self) -> None:
        for statement in ('t_forward_nonack("192.0.2.2", "5060");', 't_replicate("sip:192.0.2.2");', "t_relay();"):
            self.play(
                f"""request_route {{ $du = "sip:192.0.2.3"; t_on_reply("R"); t_relay(); }}
                onreply_route[R] {{ route(FORWARD); }} route[FORWARD] {{ {statement} xlog("$rc"); }}"""
            )
            self.carol.answers = lambda request: [404]
            self.options(1)
            self.assertEqual((self.said(), self.bob.received, self.alice.statuses), (["-1"], [], [404]), statement)

    def test_it_says_no_100_and_answers_no_failure(self) -> None:
        self.relay('t_newtran(); t_forward_nonack("x.invalid", "5060"); xlog("$rc");', method="INVITE")
        self.assertEqual((self.said(), self.alice.received), (["-478"], []))

    def test_in_failure_route_it_is_minus_1_or_1(self) -> None:
        self.relay(
            '$du = "sip:192.0.2.2"; t_on_failure("F"); t_relay();',
            """failure_route[F] { $du = "sip:x.invalid"; t_relay(); xlog("$rc");
            $du = "sip:192.0.2.3"; t_relay(); xlog("$rc"); }""",
        )
        self.bob.reply(self.bob.messages[0], 486)  # type: ignore[arg-type]
        self.sip.advance(0)
        self.assertEqual((self.said(), self.where()), (["-1", "1"], "bob carol"))

    def test_t_relay_cancel_ends_the_script_where_it_finds_the_invite(self) -> None:
        self.play(
            """request_route { if (is_method("CANCEL")) { t_relay_cancel(); xlog("no such call"); exit; }
            t_relay_cancel(); xlog("$rm $rc"); $du = "sip:192.0.2.2"; t_relay(); }"""
        )
        self.rings(self.bob, 180)
        self.alice.send("CANCEL")
        self.invite()
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(self.said(), ["no such call", "INVITE 1"])
        self.assertEqual((self.alice.statuses, self.bob.received[-1][1]), ([100, 180, 200], "CANCEL"))


class MoreBranchesTests(SceneTestCase):
    """t_cell_append_branches()."""

    SCRIPT = """request_route {
        if (is_method("OPTIONS")) {
            append_branch("sip:carol@192.0.2.3"); append_branch("sip:dave@192.0.2.4");
            t_cell_append_branches("$shv(i)", "$shv(l)"); xlog("$rc"); sl_send_reply("200", "x"); exit; }
        $du = "sip:192.0.2.2"; t_on_branch("B"); t_relay(); $shv(i) = $T(id_index); $shv(l) = $T(id_label); }
        branch_route[B] { append_hf("X-B: $T_branch_idx\\r\\n"); }"""

    def test_another_request_adds_targets_to_a_call_that_rings(self) -> None:
        self.play(self.SCRIPT)
        self.rings(self.bob, 180)
        self.rings(self.dave, (1.0, 200))
        self.invite(1)
        self.carol.send("OPTIONS")
        self.sip.advance(2)
        self.assertEqual(self.said(), ["2"])
        self.assertIn((1.0, "INVITE"), self.carol.received)
        self.assertEqual(self.dave.received[0], (1.0, "INVITE"))
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (2.0, 200)])
        self.assertEqual((self.bob.received[-1], self.dave.messages[0].first(b"x-b")), ((2.0, "CANCEL"), b"2"))

    def test_the_same_target_is_not_added_twice(self) -> None:
        self.play(self.SCRIPT)
        self.rings(self.bob, 180)
        self.invite(1)
        self.carol.send("OPTIONS")
        self.sip.advance(0)
        self.carol.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual(self.said()[0], "2")
        self.assertEqual(len(self.transactions[0].branches), 3)

    def test_a_call_that_is_over_gets_none(self) -> None:
        self.play(self.SCRIPT)
        self.rings(self.bob, 200)
        self.invite(1)
        self.carol.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual((self.said(), self.dave.received), (["-3"], []))

    def test_an_unknown_one_neither(self) -> None:
        self.play(self.SCRIPT)
        self.carol.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual((self.said(), self.dave.received), (["-1"], []))
