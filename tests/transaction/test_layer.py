from __future__ import annotations

import gc
import weakref
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import LocalError, ParseError
from sipapp.interfaces.transaction import ITransactionLayer
from sipapp.message.parse import parse
from sipapp.transaction.timers import Timers
from tests.transaction.helpers import World, request, response


class LayerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()
        self.layer = self.world.layer

    def test_it_provides_its_interface(self) -> None:
        verifyObject(ITransactionLayer, self.layer)

    def test_a_new_request_has_no_transaction(self) -> None:
        self.assertFalse(self.layer.receive_request(request()))
        self.assertIsNone(self.layer.find_server(request()))

    def test_a_request_finds_its_transaction(self) -> None:
        server = self.world.server()
        self.assertIs(self.layer.find_server(request()), server)
        self.assertIs(self.layer.find_server(request("ACK")), server)
        self.assertIsNone(self.layer.find_server(request("CANCEL")))

    def test_a_request_that_was_looked_up_gets_its_own_transaction(self) -> None:
        first, second = request(call_id="1@example.com"), request(call_id="2@example.com")
        self.layer.receive_request(first)
        self.layer.receive_request(second)
        one = self.layer.server(first, self.world.user)
        two = self.layer.server(second, self.world.user)
        self.assertIs(self.layer.find_server(first), one)
        self.assertIs(self.layer.find_server(second), two)

    def test_a_cancel_finds_the_invite_that_it_is_for(self) -> None:
        server = self.world.server()
        self.assertIs(self.layer.find_cancelled(request("CANCEL")), server)
        self.assertIsNone(self.layer.find_cancelled(request("CANCEL", cseq=2)))

    def test_a_cancel_is_a_transaction_of_its_own(self) -> None:
        self.world.server()
        self.assertFalse(self.layer.receive_request(request("CANCEL")))
        self.layer.server(request("CANCEL"), self.world.user)
        self.assertTrue(self.layer.receive_request(request("CANCEL")))

    def test_a_request_has_one_transaction(self) -> None:
        self.world.server()
        self.assertRaises(LocalError, self.world.server)

    def test_a_response_finds_its_transaction_by_branch_and_method(self) -> None:
        client = self.world.client()
        self.assertIs(self.layer.find_client(response(180)), client)
        self.assertIsNone(self.layer.find_client(response(180, branch=b"z9hG4bKother")))
        self.assertIsNone(self.layer.find_client(response(200, "OPTIONS")))
        self.assertIsNone(self.layer.find_client(response(200, "CANCEL")))

    def test_the_response_to_a_cancel_is_told_from_the_invite_s(self) -> None:
        self.world.client()
        cancel = self.world.client("CANCEL")
        self.assertIs(self.layer.find_client(response(200, "CANCEL")), cancel)
        self.assertTrue(self.world.receive(200, "CANCEL"))
        self.assertTrue(self.world.receive(487))
        self.assertEqual([more for _, _, more in self.world.told], [200, 487])

    def test_the_call_id_of_a_response_counts_only_where_that_is_asked_for(self) -> None:
        client = self.world.client()
        other = response(180, call_id="other@example.com")
        self.assertIs(self.layer.find_client(other), client)
        self.layer.check_call_id = True
        self.assertIsNone(self.layer.find_client(other))
        self.assertIs(self.layer.find_client(response(180)), client)

    def test_a_stray_response_is_not_absorbed(self) -> None:
        self.assertFalse(self.layer.receive_response(response(200)))

    def test_what_cannot_be_matched_gets_no_transaction(self) -> None:
        message: Any = parse(request().raw.replace(b"CSeq", b"X-CSeq"))
        self.assertRaises(ParseError, self.layer.server, message, self.world.user)
        self.assertIsNone(self.layer.find_server(message))
        self.assertIsNone(self.layer.find_cancelled(message))

    def test_timers_may_be_replaced(self) -> None:
        self.layer.timers = Timers(t1=0.1)
        self.world.client()
        self.world.clock.advance(60)
        self.assertEqual(self.world.told[0], (6.4, "timed_out", None))

    def test_a_finished_transaction_is_freed_without_the_collector(self) -> None:
        gc.disable()
        try:
            gone = weakref.WeakSet[object]()

            class User(type(self.world.user)):  # type: ignore[misc]
                pass

            user = User(self.world.clock)
            gone.add(user)
            self.layer.server(request(), user).respond(486, b"SIP/2.0 486 Busy Here")
            del user
            self.world.clock.advance(60)
            self.assertEqual((len(gone), self.layer.servers), (0, {}))
        finally:
            gc.enable()

    def test_however_many_transactions_wait_in_one_delayed_call(self) -> None:
        for number in range(2000):
            self.layer.server(request("OPTIONS", call_id=f"{number}@example.com"), self.world.user).respond(
                200, b"SIP/2.0 200 OK"
            )
        self.assertEqual(len(self.world.clock.getDelayedCalls()), 1)
        self.world.clock.advance(33)
        self.assertEqual((self.layer.servers, len(self.world.wheel)), ({}, 0))
