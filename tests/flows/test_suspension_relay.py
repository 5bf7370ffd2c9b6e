"""Requests that are relayed after their script has waited, or while it does."""

from __future__ import annotations

from typing import Any

from tests.flows.waiting import BOB, CAROL, TRYING, WaitingTestCase


class RelayTests(WaitingTestCase):
    def test_a_relayed_request_gets_the_callees_answer(self) -> None:
        """G-28."""
        self.play(f'request_route {{ async_ms_route("RES","300"); }} route[RES] {{ $du="{BOB}"; t_relay(); }}')
        self.rings(self.bob, 486)
        self.invite(5)
        self.assertEqual(self.bob.received, [(0.3, "INVITE"), (0.3, "ACK")])
        self.assertEqual([(at, status) for at, status, _ in self.answers], [(0.0, 100), (0.3, 486)])

    def test_routes_armed_before_the_wait_are_run(self) -> None:
        """G-29."""
        self.play(
            f"""request_route {{ t_on_failure("F"); t_on_reply("R"); async_ms_route("RES","300"); }}
            route[RES] {{ $du="{BOB}"; t_relay(); }}
            onreply_route[R] {{ xlog("R $rs\\n"); }}
            failure_route[F] {{ xlog("F\\n"); t_reply("603","from F"); }}"""
        )
        self.rings(self.bob, 486)
        self.invite(5)
        self.assertEqual(self.answers, [(0.0, 100, TRYING), (0.3, 603, b"from F")])
        self.assertEqual(self.said(), ["R 486", "F"])

    def test_a_cancel_is_passed_on(self) -> None:
        """G-30."""
        self.play(f'request_route {{ async_ms_route("RES","300"); }} route[RES] {{ $du="{BOB}"; t_relay(); }}')
        invites: list[Any] = []

        def answer(request: Any) -> Any:
            if request.method == b"INVITE":
                invites.append(request)
                return [180]
            self.bob.reply(request, 200)
            self.bob.reply(invites[0], 487)
            return []

        self.bob.answers = answer
        self.invite(1)
        self.alice.cancel()
        self.sip.advance(5)
        self.assertEqual(self.bob.received, [(0.3, "INVITE"), (1.0, "CANCEL"), (1.0, "ACK")])
        self.assertEqual([(at, s) for at, s, _ in self.answers], [(0.0, 100), (0.3, 180), (1.0, 200), (1.0, 487)])
        self.assertEqual(self.answers[2][2], b"canceling")

    def test_a_response_that_comes_while_the_script_waits_is_not_lost(self) -> None:
        """G-38, improved."""
        self.play(
            f"""request_route {{ $du="{BOB}"; t_relay(); async_ms_route("X","500"); exit; }}
            route[X] {{ xlog("X\\n"); }}"""
        )
        self.rings(self.bob, 480)
        self.invite(12)
        self.assertEqual([status for _, status, _ in self.answers], [100, 480])
        self.assertIn(self.answers[1][0], (0.0, 0.5))
        self.assertEqual(self.said(), ["X"])

    def test_that_response_goes_through_the_failure_route(self) -> None:
        """G-38, improved."""
        self.play(
            f"""request_route {{ t_on_failure("F"); $du="{BOB}"; t_relay(); async_ms_route("X","500"); exit; }}
            route[X] {{ xlog("X\\n"); }}
            failure_route[F] {{ t_reply("603","from F"); }}"""
        )
        self.rings(self.bob, 480)
        self.invite(12)
        self.assertEqual([status for _, status, _ in self.answers], [100, 603])

    def test_a_failure_route_may_wait_and_call_somebody_else(self) -> None:
        """G-39."""
        self.play(
            f"""request_route {{ t_on_failure("F"); $du="{BOB}"; t_relay(); }}
            failure_route[F] {{ async_ms_route("R2","300"); }}
            route[R2] {{ $du="{CAROL}"; t_on_failure("F2"); t_relay(); }}
            failure_route[F2] {{ xlog("F2 $T_reply_code\\n"); }}"""
        )
        self.rings(self.bob, 486)
        self.rings(self.carol, 480)
        self.invite(5)
        self.assertEqual(self.carol.received, [(0.3, "INVITE"), (0.3, "ACK")])
        self.assertEqual([(at, status) for at, status, _ in self.answers], [(0.0, 100), (0.3, 480)])
        self.assertEqual(self.said(), ["F2 480"])

    def test_a_failure_route_that_does_nothing_after_its_wait_leaves_the_response(self) -> None:
        """G-40, improved."""
        self.play(
            f"""request_route {{ t_on_failure("F"); $du="{BOB}"; t_relay(); }}
            failure_route[F] {{ async_ms_route("R2","300"); }}
            route[R2] {{ xlog("R2\\n"); }}"""
        )
        self.rings(self.bob, 486)
        self.invite(5)
        self.assertEqual([(at, status) for at, status, _ in self.answers], [(0.0, 100), (0.3, 486)])
        self.assertEqual(self.said(), ["R2"])
