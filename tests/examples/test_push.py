"""etc/examples/push: calls that wake phones."""

from __future__ import annotations

from typing import Any

from sipapp.testing.peer import Peer
from tests.examples.http import ExampleCase

TO_BOB = "sip:bob@example.com"


class PushTests(ExampleCase):
    """With phones of bob's that may register; they answer calls."""

    example = "push"

    def serve(self, answer: Any) -> None:
        super().serve(answer)
        self.phone = self.plug_in("udp:192.0.2.3:5060")

    def plug_in(self, address: str) -> Peer:
        phone = self.sip.peer(address)
        phone.answers = lambda request: [(0, 200)]
        return phone

    def register(self, phone: Peer | None = None, **facts: Any) -> None:
        """facts: see Peer.send()."""
        (phone or self.phone).send("REGISTER", "sip:example.com", **facts)
        self.sip.advance(0)

    def rung(self, phone: Peer | None = None) -> int:
        """How many calls have reached a phone."""
        return sum(what == "INVITE" for _, what in (phone or self.phone).received)

    def test_a_registered_phone_rings_at_once(self) -> None:
        self.serve(None)
        self.register()
        self.assertEqual((self.call(TO_BOB), self.rung(), self.urls()), ([200], 1, []))

    def test_a_sleeping_one_is_woken_and_the_call_waits_for_it(self) -> None:
        self.serve(b"")
        self.assertEqual((self.call(TO_BOB), self.alice.statuses), ([], [100]))
        self.assertEqual(self.urls(), ["POST http://127.0.0.1:8080/push/bob"])
        self.sip.advance(5)
        self.assertEqual(self.rung(), 0)
        self.register()
        self.assertEqual((self.phone.statuses, self.rung(), self.heard()), ([200], 1, [200]))

    def test_one_whose_registration_has_ended_sleeps(self) -> None:
        self.serve(b"")
        self.register()
        self.sip.advance(60)
        self.assertEqual((self.call(TO_BOB), self.rung()), ([], 0))
        self.register()
        self.assertEqual((self.rung(), self.heard()), (1, [200]))

    def test_it_may_ring_for_longer_than_it_may_sleep(self) -> None:
        self.serve(b"")
        self.phone.answers = lambda request: [(0, 180), (40, 200)] if request.method == b"INVITE" else [(0, 200)]
        self.call(TO_BOB)
        self.sip.advance(15)
        self.register()
        self.sip.advance(39.9)
        self.assertEqual(self.heard(), [180])
        self.sip.advance(0.1)
        self.assertEqual(self.heard(), [180, 200])

    def test_a_second_phone_rings_too(self) -> None:
        self.serve(b"")
        self.phone.answers = lambda request: [(0, 180)] if request.method == b"INVITE" else [(0, 200)]
        self.call(TO_BOB)
        self.register()
        self.sip.advance(5)
        second = self.plug_in("udp:192.0.2.4:5060")
        self.register(second)
        self.assertEqual((self.rung(), self.rung(second), self.heard()[-1]), (1, 1, 200))
        self.assertEqual(self.phone.received[-1][1], "CANCEL")

    def test_one_that_does_not_wake_is_480(self) -> None:
        self.serve(b"")
        self.call(TO_BOB)
        self.sip.advance(19.5)
        self.assertEqual(self.heard(), [])
        self.sip.advance(0.6)
        self.assertEqual(self.heard(), [480])
        self.register()
        self.assertEqual(self.rung(), 0)

    def test_one_that_the_push_service_does_not_know_is_480(self) -> None:
        self.serve(404)
        self.assertEqual(self.call(TO_BOB), [480])
        self.assertTrue(self.logged("bob cannot be woken: 404, HTTP result code"))

    def test_without_the_push_service_it_is_480_as_well(self) -> None:
        self.serve(None)
        self.call(TO_BOB)
        self.sip.advance(2)
        self.assertEqual(self.heard(), [480])

    def test_a_phone_that_has_come_by_itself_needs_no_push_service(self) -> None:
        self.serve(None)
        self.phone.answers = lambda request: [(0, 180), (5, 200)] if request.method == b"INVITE" else [(0, 200)]
        self.call(TO_BOB)
        self.sip.advance(1)
        self.register()
        self.sip.advance(6)
        self.assertEqual(self.heard(), [180, 200])

    def test_a_caller_who_hangs_up_is_not_called_back(self) -> None:
        self.serve(b"")
        self.call(TO_BOB)
        self.alice.cancel()
        self.sip.advance(0)
        self.assertEqual(sorted(self.heard()), [200, 487])
        self.register()
        self.assertEqual((self.phone.statuses, self.rung()), ([200], 0))

    def test_what_is_no_call_wakes_nobody(self) -> None:
        self.serve(b"")
        self.alice.send("MESSAGE", TO_BOB)
        self.sip.advance(0)
        self.assertEqual((self.heard(), self.urls()), ([480], []))
