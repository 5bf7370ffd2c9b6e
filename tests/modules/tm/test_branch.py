from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.interfaces.tm import IBranch
from sipapp.interfaces.transaction import IClientUser
from sipapp.modules.tm.branch import CANCEL_USER, NEVER, Branch
from tests.modules.tm.scene import FORK, SceneTestCase
from tests.transaction.helpers import response


class Told:
    """A transaction, and its tm."""

    on_reply, on_failure, on_branch_failure = "R", "F", "B"

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.tm = self

    def __getattr__(self, name: str) -> Any:
        return lambda *facts: self.told.append((name, *facts))


class BranchTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.told = Told()
        transaction: Any = self.told
        self.branch = Branch(transaction, 3, b"sip:bob@example.com")

    def test_it_provides_its_interfaces(self) -> None:
        verifyObject(IBranch, self.branch)
        verifyObject(IClientUser, self.branch)
        verifyObject(IClientUser, CANCEL_USER)

    def test_it_has_the_routes_that_are_armed_when_it_is_made(self) -> None:
        self.assertEqual((self.branch.on_reply, self.branch.on_failure, self.branch.on_branch_failure), ("R", "F", "B"))

    def test_what_its_client_transaction_says_goes_to_tm(self) -> None:
        client, message, error = Any, response(180), Any
        branch: Any = self.branch
        branch.responded(client, message)
        branch.timed_out(client)
        branch.client_transport_failed(client, error)
        branch.expired()
        self.assertEqual(
            self.told.told,
            [
                ("take_response", branch, message),
                ("branch_timed_out", branch),
                ("branch_not_sent", branch, error),
                ("timer_c", branch),
            ],
        )

    def test_a_response_is_heard_even_where_another_is_still_worked_on(self) -> None:
        branch: Any = self.branch
        branch.due, branch.waiting, final = 5.0, [], response(200)
        branch.responded(Any, final)
        self.assertEqual((branch.heard, branch.due), (200, NEVER))
        self.assertEqual((branch.waiting, self.told.told), ([final], []))

    def test_the_end_of_its_client_transaction_stops_timer_c(self) -> None:
        branch: Any = self.branch
        branch.client, branch.due = Any, 5.0
        branch.client_terminated(Any)
        self.assertEqual((branch.client, branch.due, self.told.told), (None, NEVER, [("branch_over",)]))


class CallTests(SceneTestCase):
    def test_its_number_is_the_end_of_its_branch_parameter(self) -> None:
        self.play(f"request_route {{ {FORK} t_relay(); }}")
        self.invite()
        first, second = (peer.messages[0].via.branch for peer in (self.bob, self.carol))  # type: ignore[union-attr]
        assert first is not None
        assert second is not None
        self.assertTrue(first.startswith(b"z9hG4bK"))
        self.assertEqual((first[-2:], second[-2:], first[:-2]), (b".0", b".1", second[:-2]))
