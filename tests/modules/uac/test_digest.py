"""Answers to challenges."""

from __future__ import annotations

from hashlib import md5

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.auth import Challenge
from sipapp.module import ScriptError
from sipapp.modules.uac.digest import Asked, Credential, authorization, can_answer

JOE = Credential(b"q.example", b"u1", b"p1")
ASKED = Asked(b"OPTIONS", b"sip:127.0.0.1:15071")


class DigestTests(SynchronousTestCase):
    def answer(self, challenge: bytes, credential: Credential = JOE, status: int = 401) -> bytes:
        return authorization(status, Challenge.parse(challenge), credential, ASKED)

    def response(self, challenge: bytes, credential: Credential = JOE) -> bytes:
        return self.answer(challenge, credential).partition(b'response="')[2].partition(b'"')[0]

    def test_what_kamailio_answers_to_the_same_challenge(self) -> None:
        self.assertEqual(
            self.answer(b'Digest realm="q.example", nonce="abcdef0123", qop="auth"'),
            b'Authorization: Digest username="u1", realm="q.example", nonce="abcdef0123", '
            b'uri="sip:127.0.0.1:15071", qop=auth, nc=00000001, cnonce="3610965847", '
            b'response="d87961904da97590c92d5d6fffcdab05", algorithm=MD5\r\n',
        )

    def test_without_qop_as_rfc_2069_has_it(self) -> None:
        line = self.answer(b'Digest realm="q.example", nonce="n", opaque="o"', status=407)
        self.assertTrue(line.startswith(b"Proxy-Authorization: Digest "))
        self.assertIn(b'opaque="o"', line)
        self.assertNotIn(b"cnonce", line)

    def test_a_hash_stands_for_the_password(self) -> None:
        challenge = b'Digest realm="q.example", nonce="n"'
        hashed = Credential(b"q.example", b"u1", md5(b"u1:q.example:p1").hexdigest().encode(), hashed=True)
        self.assertEqual(self.response(challenge, hashed), self.response(challenge))

    def test_every_algorithm_has_its_length(self) -> None:
        lengths = {b"MD5": 32, b"MD5-sess": 32, b"SHA-256": 64, b"SHA-256-sess": 64, b"SHA-512-256": 64}
        found = {a: len(self.response(b'Digest realm="r", nonce="n", qop="auth", algorithm=%b' % a)) for a in lengths}
        self.assertEqual(found, lengths)

    def test_auth_is_taken_before_auth_int(self) -> None:
        self.assertIn(b"qop=auth,", self.answer(b'Digest realm="r", nonce="n", qop="auth-int,auth"'))
        self.assertIn(b"qop=auth-int,", self.answer(b'Digest realm="r", nonce="n", qop="auth-int"'))

    def test_what_cannot_be_answered(self) -> None:
        for wrong in (b'Digest realm="r"', b'Digest nonce="n"', b'Digest realm="r", nonce="n", algorithm=X'):
            self.assertRaises(ScriptError, self.answer, wrong)
        self.assertFalse(can_answer(Challenge.parse(b'Digest realm="r", algorithm=X')))
        self.assertFalse(can_answer(Challenge.parse(b"Basic realm=r")))
