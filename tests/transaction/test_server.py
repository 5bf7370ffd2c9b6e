from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.errors import TransportError
from sipapp.interfaces.transaction import IServerTransaction
from tests.transaction.helpers import World, request


class ServerTransactionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()

    def test_it_provides_its_interface(self) -> None:
        verifyObject(IServerTransaction, self.world.server())

    def test_resend_sends_the_last_response_again(self) -> None:
        server = self.world.server()
        self.assertFalse(server.resend())
        server.respond(180, b"SIP/2.0 180 Ringing")
        self.assertTrue(server.resend())
        self.assertEqual(self.world.sent, [(0.0, b"180"), (0.0, b"180")])

    def test_a_response_that_was_forgotten_is_made_again_by_the_user(self) -> None:
        server = self.world.server()
        server.forget_response()
        self.assertFalse(server.resend())
        server.respond(100, b"SIP/2.0 100 Trying")
        server.forget_response()
        self.assertTrue(self.world.layer.receive_request(request()))
        self.assertEqual(len(self.world.sent), 1)  # the user has none either
        self.world.user.again = b"SIP/2.0 183 Again"
        self.world.layer.receive_request(request())
        self.assertTrue(server.resend())
        self.assertEqual(self.world.sent[1:], [(0.0, b"183")] * 2)
        server.respond(180, b"SIP/2.0 180 Ringing")
        self.world.layer.receive_request(request())
        self.assertEqual(self.world.sent[-1], (0.0, b"180"))

    def test_terminate_forgets_it_without_a_word(self) -> None:
        server = self.world.server()
        server.respond(486, b"SIP/2.0 486 Busy Here")
        server.terminate()
        self.assertFalse(self.world.layer.receive_request(request()))
        self.world.clock.advance(60)
        self.assertEqual((self.world.told, len(self.world.sent)), ([], 1))
        self.assertIsNone(server.user)

    def test_a_send_that_fails_once_it_is_terminated_is_nobody_s(self) -> None:
        server = self.world.server()
        server.respond(180, b"SIP/2.0 180 Ringing")
        server.terminate()
        self.world.network.failed(TransportError("connection refused"))
        self.assertEqual(self.world.told, [])
