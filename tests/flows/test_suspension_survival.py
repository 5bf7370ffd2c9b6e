"""What a script finds again after its wait: everything."""

from __future__ import annotations

from sipapp.testing.peer import Peer
from tests.flows.waiting import BOB, WaitingTestCase


class SurvivalTests(WaitingTestCase):
    def test_variables_of_the_run_and_of_all(self) -> None:
        """G-41, improved."""
        self.play(
            """request_route { $var(v)="v1"; $shv(s)="sh"; async_ms_route("RES","300"); }
            route[RES] { xlog("$var(v) $shv(s)\\n"); t_reply("404","x"); }"""
        )
        self.options(1)
        self.assertEqual(self.said(), ["v1 sh"])

    def test_items_of_hash_tables(self) -> None:
        """G-41."""
        self.play(
            """request_route { $sht(a=>k)="ht"; async_ms_route("RES","300"); }
            route[RES] { xlog("$sht(a=>k)\\n"); t_reply("404","x"); }""",
            'modparam("htable","htable","a=>size=8;")',
            modules=("htable",),
        )
        self.options(1)
        self.assertEqual(self.said(), ["ht"])

    def test_a_uri_that_was_changed_behind_t_newtran(self) -> None:
        """G-42, improved."""
        self.play(
            f"""request_route {{ t_newtran(); $ru="sip:x@192.0.2.9:5060"; $du="{BOB}"; async_ms_route("RES","300"); }}
            route[RES] {{ xlog("$ru $du\\n"); t_relay(); }}"""
        )
        self.rings(self.bob, 486)
        self.invite(1)
        self.assertEqual(self.said(), [f"sip:x@192.0.2.9:5060 {BOB}"])
        self.assertEqual(self.bob.received[0], (0.3, "INVITE"))

    def test_further_branches(self) -> None:
        """G-43, improved."""
        self.play(
            """request_route {
                append_branch("sip:b@192.0.2.3:5060"); $ru="sip:a@192.0.2.2:5060"; async_ms_route("RES","300");
            }
            route[RES] { t_relay(); }"""
        )
        self.invite(1)
        self.assertEqual(self.bob.received[0], (0.3, "INVITE"))
        self.assertEqual(self.carol.received[0], (0.3, "INVITE"))

    def test_flags_of_message_branch_and_script(self) -> None:
        """G-44, improved."""
        self.play(
            """request_route { setbflag(5); setsflag("2"); setflag(3); async_ms_route("RES","300"); }
            route[RES] {
                if (isbflagset(5)) xlog("branch\\n");
                if (issflagset("2")) xlog("script\\n");
                if (isflagset(3)) xlog("message\\n");
                if (isflagset(4)) xlog("none\\n");
                t_reply("404","x");
            }"""
        )
        self.options(1)
        self.assertEqual(self.said(), ["branch", "script", "message"])

    def test_the_socket_that_the_request_came_in_on(self) -> None:
        """G-45, improved."""
        for receiving in ("192.0.2.100", "192.0.2.101"):
            self.play(
                f'request_route {{ $du="{BOB}"; async_ms_route("RES","300"); }} route[RES] {{ t_relay(); }}',
                listen=("udp:192.0.2.100:5060", "udp:192.0.2.101:5060"),
            )
            self.alice = Peer(self.sip.network, self.sip.clock, "udp:192.0.2.1:5060", ("udp", receiving, 5060))
            self.rings(self.bob, 486)
            self.invite(1)
            sources = [p.source for p in self.sip.network.packets if p.target == self.bob.address]
            self.assertEqual(sources[0], ("udp", receiving, 5060))

    def test_each_caller_its_own(self) -> None:
        """G-46."""
        self.play(
            """request_route { $avp(me)=$rU; async_ms_route("R","300"); }
            route[R] { t_reply("404","$avp(me)"); }"""
        )
        for number in range(5):
            self.alice.send("OPTIONS", user=f"avp{number}")
        self.sip.advance(1)
        self.assertEqual([reason for _, _, reason in self.answers], [b"avp0", b"avp1", b"avp2", b"avp3", b"avp4"])

    def test_changes_to_the_message(self) -> None:
        """G-47."""
        self.play(
            f"""request_route {{
                append_hf("X-A: 1\\r\\n"); subst_hf("Subject","/old/new/","a"); msg_apply_changes();
                $du="{BOB}"; async_ms_route("RES","300");
            }}
            route[RES] {{ xlog("$hdr(X-A) $hdr(Subject)\\n"); t_relay(); }}"""
        )
        self.rings(self.bob, 486)
        self.invite(1, headers=("Subject: old",))
        self.assertEqual(self.said(), ["1 new"])
        relayed = self.bob.messages[0]
        self.assertEqual((relayed.values(b"x-a"), relayed.values(b"subject")), ([b"1"], [b"new"]))

    def test_a_route_may_wait_as_often_as_it_likes(self) -> None:
        """G-48, improved."""
        self.play(
            """request_route { $avp(n) = 0; route(LOOP); }
            route[LOOP] {
                $avp(n) = $avp(n) + 1;
                if ($avp(n) > 20) { t_reply("404","$avp(n)"); exit; }
                async_ms_route("LOOP","20");
                xlog("refused $avp(n)\\n");
            }"""
        )
        self.options(5)
        self.assertEqual((self.answers, self.said()), ([(0.4, 404, b"21")], []))

    def test_source_and_uri_are_those_of_the_request(self) -> None:
        """B.6."""
        self.play(
            """request_route { async_ms_route("RES","300"); }
            route[RES] { xlog("$si:$sp $ou $rm\\n"); t_reply("404","x"); }"""
        )
        self.options(1)
        self.assertEqual(self.said(), ["192.0.2.1:5060 sip:bob@192.0.2.100:5060 OPTIONS"])
