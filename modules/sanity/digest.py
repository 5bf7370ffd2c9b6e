# -*- test-case-name: tests.modules.sanity.test_digest -*-
"""digest: whether credentials have what a proof needs. RFC 3261 §22, RFC 8760."""

from __future__ import annotations

from sipapp.errors import ParseError
from sipapp.message.auth import Credentials
from sipapp.message.message import Message
from sipapp.modules.sanity.checks import Subject
from sipapp.modules.sanity.insane import Insane, silent

_NEEDED = ("username", "realm", "nonce", "uri", "response")
_FILLED = (("username", "Auth Empty User"), ("nonce", "Auth Empty Nonce"), ("response", "Auth Empty Response"))
_WITH_COUNT = (b"auth", b"auth-int")


def credentials(subject: Subject) -> None:
    """2048: all credentials are of the scheme Digest, and whole."""
    if not _check(subject.message):
        raise silent("credentials that are no digest")


def authorization(subject: Subject) -> None:
    """8192: as 2048, but from credentials of another scheme on, nothing is checked."""
    _check(subject.message)


def _check(message: Message) -> bool:
    """Whether all are of the scheme Digest; those before one that is not are checked."""
    for key in (b"authorization", b"proxy-authorization"):
        for value in message.values(key):
            try:
                given = Credentials.parse(value)
            except ParseError:
                raise Insane(400, "Bad Auth Header") from None
            if not given.is_digest:
                return False
            _check_digest(given)
    return True


def _check_digest(given: Credentials) -> None:
    counted = (given.qop or b"").lower() in _WITH_COUNT
    if any(getattr(given, name) is None for name in _NEEDED) or (counted and None in (given.cnonce, given.nc)):
        raise Insane(400, "Bad Auth Credentials")
    for name, reason in _FILLED:
        if not getattr(given, name):
            raise Insane(400, reason)
