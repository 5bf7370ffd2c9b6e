"""sipapp.http.failures."""

from __future__ import annotations

from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet import error
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web._newclient import ParseError, ResponseFailed, ResponseNeverReceived

from sipapp.errors import HttpError
from sipapp.http.failures import http_error


def code(why: BaseException, answering: bool = False) -> tuple[int, bool]:
    found = http_error(Failure(why), answering)
    assert isinstance(found, HttpError)
    return found.code, found.connecting


class FailureTests(SynchronousTestCase):
    def test_what_kept_us_from_connecting(self) -> None:
        for why, number in (
            (error.DNSLookupError(), 6),
            (error.ConnectionRefusedError(), 7),
            (error.NoRouteError(), 7),
            (error.TimeoutError(), 28),
            (error.ConnectBindError(), 45),
        ):
            self.assertEqual(code(why), (number, True), why)

    def test_how_a_connection_ended(self) -> None:
        self.assertEqual(code(error.ConnectionDone()), (52, False))
        self.assertEqual(code(error.ConnectionDone(), answering=True), (18, False))
        self.assertEqual(code(error.ConnectionLost()), (56, False))
        self.assertEqual(code(error.ConnectionLost(), answering=True), (56, False))

    def test_what_is_no_http(self) -> None:
        self.assertEqual(code(ParseError("x", b"")), (1, False))
        self.assertEqual(code(ParseError("x", b""), answering=True), (8, False))

    def test_tls(self) -> None:
        self.assertEqual(code(SSL.Error([("SSL routines", "", "certificate verify failed")])), (60, False))
        self.assertEqual(code(SSL.Error([("SSL routines", "", "wrong version number")])), (35, False))
        self.assertEqual(code(SSL.Error()), (35, False))
        self.assertEqual(code(VerificationError(errors=[])), (60, False))

    def test_the_reason_within_an_exception_counts(self) -> None:
        inner = ResponseFailed([Failure(error.ConnectionLost())], None)
        self.assertEqual(code(ResponseNeverReceived([Failure(inner)])), (56, False))

    def test_what_was_cancelled_stays_so(self) -> None:
        for why in (CancelledError(), error.ConnectingCancelledError(None)):
            self.assertIsInstance(http_error(Failure(ResponseNeverReceived([Failure(why)]))), CancelledError)

    def test_an_http_error_stays_what_it_is(self) -> None:
        self.assertEqual(code(HttpError(77, "x", connecting=True)), (77, True))

    def test_what_nobody_foresaw_is_a_receive_error(self) -> None:
        self.assertEqual(code(ValueError("x")), (56, False))
