"""sipapp.redis.protocol: why a connection was lost. The rest is tried with real servers."""

from __future__ import annotations

from ipaddress import IPv4Address

from OpenSSL.SSL import Error
from service_identity import VerificationError
from service_identity.exceptions import IPAddressMismatch
from service_identity.hazmat import IPAddress_ID
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from sipapp.redis.protocol import Connection


class LostTests(SynchronousTestCase):
    def lost(self, why: Exception) -> str:
        connection = Connection()
        connection.makeConnection(StringTransport())
        connection.connectionLost(Failure(why))
        return connection.why_lost

    def test_the_other_side_has_closed_it(self) -> None:
        for why in (ConnectionDone(), ConnectionLost()):
            self.assertEqual(self.lost(why), "the connection is lost")

    def test_tls_says_what_it_minds(self) -> None:
        self.assertEqual(
            self.lost(Error([("SSL routines", "", "certificate verify failed")])), "TLS: certificate verify failed"
        )
        self.assertEqual(self.lost(Error([])), "TLS: the handshake was broken off")
        mismatch = IPAddressMismatch(IPAddress_ID(IPv4Address("192.0.2.1")))
        self.assertIn("192.0.2.1", self.lost(VerificationError(errors=[mismatch])))
