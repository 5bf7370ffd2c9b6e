# -*- test-case-name: tests.http.test_failures -*-
"""failures: Twisted's exceptions as curl's numbers."""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL import SSL
from service_identity import VerificationError
from twisted.internet import error
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from twisted.web import http
from twisted.web._newclient import ParseError

from sipapp.errors import HttpError
from sipapp.http import codes


def http_error(failure: Failure, answering: bool = False) -> HttpError | CancelledError:
    """What kept an exchange from its end. answering: the head of the answer had come."""
    causes = list(_causes(failure.value))
    if any(isinstance(why, (CancelledError, error.ConnectingCancelledError)) for why in causes):
        return CancelledError()
    for why in causes:
        found = _known(why, answering)
        if found is not None:
            return found
    return HttpError(codes.RECEIVE_ERROR, str(failure.value) or type(failure.value).__name__)


def _causes(error_: BaseException | None) -> Iterator[BaseException]:
    """An exception that stands for several: these, the innermost first."""
    reasons = getattr(error_, "reasons", None)
    if reasons:
        for reason in reasons:
            yield from _causes(reason.value if isinstance(reason, Failure) else reason)
    elif error_ is not None:
        yield error_


def _known(why: BaseException, answering: bool) -> HttpError | None:
    if isinstance(why, HttpError):
        return why
    if isinstance(why, VerificationError):
        return HttpError(codes.PEER_CERTIFICATE, "the certificate is for another host")
    if isinstance(why, SSL.Error):
        return _tls(why)
    if isinstance(why, ParseError):
        return HttpError(codes.WEIRD_REPLY if answering else codes.UNSUPPORTED_PROTOCOL, "the answer is not HTTP")
    for kind, code, connecting in _TWISTED:
        if isinstance(why, kind):
            if answering and code == codes.NO_ANSWER:
                code = codes.PARTIAL_FILE
            return HttpError(code, str(why) or kind.__name__, connecting)
    return None


_TWISTED: tuple[tuple[type[BaseException], int, bool], ...] = (
    (error.DNSLookupError, codes.NO_HOST, True),
    (error.ConnectBindError, codes.INTERFACE_FAILED, True),
    (error.TimeoutError, codes.TIMED_OUT, True),
    (error.ConnectError, codes.NO_CONNECTION, True),  # refused, no route, and the like
    (http._DataLoss, codes.PARTIAL_FILE, False),
    (error.ConnectionDone, codes.NO_ANSWER, False),
    (error.ConnectionLost, codes.RECEIVE_ERROR, False),
    (error.ConnectionAborted, codes.RECEIVE_ERROR, False),
)


def _tls(why: SSL.Error) -> HttpError:
    text = ", ".join(str(one[-1]) for one in why.args[0]) if why.args and isinstance(why.args[0], list) else str(why)
    if "certificate verify failed" in text:
        return HttpError(codes.PEER_CERTIFICATE, "nobody we trust has signed the certificate")
    return HttpError(codes.TLS_HANDSHAKE, f"TLS: {text or 'the connection was closed'}")
