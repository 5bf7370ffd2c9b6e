"""sipapp.http.authentication."""

from __future__ import annotations

import re
from hashlib import md5, sha256
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.http.authentication import answer, at_once, methods
from sipapp.interfaces.http import BASIC, DIGEST, HttpRequest, HttpResponse

BASIC_VALUE = b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="  # RFC 7617 §2


def request(authentication: int = BASIC | DIGEST, user: bytes | None = b"Aladdin") -> HttpRequest:
    return HttpRequest(
        b"GET", b"http://example.com/x", user=user, password=b"open sesame", authentication=authentication
    )


def challenged(*challenges: bytes, status: int = 401) -> HttpResponse:
    return HttpResponse(status, b"", [(b"WWW-Authenticate", one) for one in challenges], b"", b"")


class MethodsTests(SynchronousTestCase):
    def test_those_that_are_not_known_are_left_out(self) -> None:
        self.assertEqual([methods(bits) for bits in (0, 1, 2, 3, 15, 16, 24)], [0, 1, 2, 3, 3, 2, 2])

    def test_none_that_is_known_is_a_mistake(self) -> None:
        for bits in (4, 8, 12):
            self.assertIn("no NTLM (8)", str(self.assertRaises(ConfigError, methods, bits)))


class BasicTests(SynchronousTestCase):
    def test_where_nothing_else_is_allowed_it_needs_no_challenge(self) -> None:
        self.assertEqual(at_once(request(BASIC)), BASIC_VALUE)
        self.assertIsNone(at_once(request()))
        self.assertIsNone(at_once(request(BASIC, None)))

    def test_it_answers_its_challenge(self) -> None:
        self.assertEqual(answer(request(), challenged(b'Basic realm="x"'), b"/x"), BASIC_VALUE)

    def test_it_is_not_answered_where_it_is_not_allowed(self) -> None:
        self.assertIsNone(answer(request(DIGEST), challenged(b'Basic realm="x"'), b"/x"))

    def test_other_schemes_and_statuses_are_not_answered(self) -> None:
        self.assertIsNone(answer(request(), challenged(b"Negotiate"), b"/x"))
        self.assertIsNone(answer(request(), challenged(b'Basic realm="x"', status=403), b"/x"))
        self.assertIsNone(answer(request(user=None), challenged(b'Basic realm="x"'), b"/x"))


class DigestTests(SynchronousTestCase):
    def parts(self, challenge: bytes) -> dict[str, str]:
        value = answer(request(), challenged(b'Basic realm="r"', challenge), b"/x")
        assert value is not None
        self.assertTrue(value.startswith(b"Digest "))
        return dict(re.findall(r'(\w+)="?([^",]*)', value.decode()))

    def check(self, challenge: bytes, make: Any) -> None:
        """The response is that of RFC 7616 §3.4.1, worked out here in its own way."""
        parts = self.parts(challenge)

        def hashed(text: str) -> str:
            return str(make(text.encode()).hexdigest())

        first = hashed("Aladdin:r:open sesame")
        if "-sess" in challenge.decode().lower():
            first = hashed(f"{first}:n:{parts['cnonce']}")
        second = hashed("GET:/x")
        middle = f"n:00000001:{parts['cnonce']}:auth" if "qop" in parts else "n"
        self.assertEqual(parts["response"], hashed(f"{first}:{middle}:{second}"))
        self.assertEqual((parts["username"], parts["realm"], parts["uri"]), ("Aladdin", "r", "/x"))

    def test_it_is_preferred_to_basic(self) -> None:
        self.check(b'Digest realm="r", nonce="n", qop="auth-int, auth"', md5)

    def test_without_a_quality_of_protection(self) -> None:
        self.check(b'Digest realm="r", nonce="n"', md5)

    def test_with_other_algorithms(self) -> None:
        self.check(b'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256', sha256)
        self.check(b'Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess', md5)

    def test_opaque_and_algorithm_are_given_back(self) -> None:
        parts = self.parts(b'Digest realm="r", nonce="n", opaque="o", algorithm=md5')
        self.assertEqual((parts["opaque"], parts["algorithm"]), ("o", "MD5"))

    def test_an_unknown_algorithm_falls_back_to_basic(self) -> None:
        found = answer(request(), challenged(b'Digest realm="r", nonce="n", algorithm=X', b'Basic realm="r"'), b"/x")
        self.assertEqual(found, BASIC_VALUE)

    def test_a_malformed_challenge_is_passed_over(self) -> None:
        self.assertIsNone(answer(request(), challenged(b"Digest ,,=", b""), b"/x"))
