"""auth: credentials and challenges."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.auth import Challenge, Credentials

DIGEST = (
    b'Digest username="alice\\"x", realm="atlanta.example", nonce="n0nce,1",\r\n'
    b' uri="sip:bob@biloxi.example", response="0123456789abcdef0123456789abcdef",algorithm=MD5, cnonce="cn0", '
    b'opaque="op0", qop=auth, nc=00000001'
)


class AuthTests(SynchronousTestCase):
    def test_digest_credentials(self) -> None:
        value = Credentials.parse(DIGEST)
        self.assertTrue(value.is_digest)
        self.assertEqual(
            [value.username, value.realm, value.nonce, value.uri, value.response],
            [
                b'alice"x',
                b"atlanta.example",
                b"n0nce,1",
                b"sip:bob@biloxi.example",
                b"0123456789abcdef0123456789abcdef",
            ],
        )
        self.assertEqual(
            [value.algorithm, value.cnonce, value.opaque, value.qop, value.nc],
            [b"MD5", b"cn0", b"op0", b"auth", b"00000001"],
        )

    def test_values_are_there_as_received_too(self) -> None:
        self.assertEqual(dict(Credentials.parse(b'Digest a="b", C=d')), {b"a": b'"b"', b"c": b"d"})
        self.assertIn(b"a", Credentials.parse(b'Digest a="b"'))
        self.assertNotIn(b"b", Credentials.parse(b'Digest a="b"'))

    def test_what_is_absent_is_none(self) -> None:
        value = Credentials.parse(b"Digest")
        self.assertIsNone(value.username)
        self.assertIsNone(value.algorithm)

    def test_of_two_with_one_name_the_first_counts(self) -> None:
        self.assertEqual(Credentials.parse(b"Digest realm=a, Realm=b").realm, b"a")

    def test_any_scheme_is_taken(self) -> None:
        value = Credentials.parse(b"NoOneKnowsThisScheme opaque-data=here")
        self.assertEqual(value.scheme, b"NoOneKnowsThisScheme")
        self.assertFalse(value.is_digest)
        self.assertEqual(value.get(b"opaque-data"), b"here")
        self.assertTrue(Credentials.parse(b"dIGEST realm=a").is_digest)

    def test_challenge(self) -> None:
        value = Challenge.parse(b'Digest realm="r", nonce="n", stale=TRUE, qop="auth,auth-int"')
        self.assertTrue(value.stale)
        self.assertEqual(value.qop, b"auth,auth-int")
        self.assertFalse(Challenge.parse(b"Digest realm=r").stale)

    def test_malformed_ones_are_refused(self) -> None:
        for text in (b"", b"  ", b"Dig/est a=b", b'Digest a="b', b"Digest a", b"Digest a=b c=d", b"Digest =b"):
            self.assertRaises(ParseError, Credentials.parse, text)

    def test_the_text_comes_back_as_it_was(self) -> None:
        self.assertEqual(bytes(Credentials.parse(DIGEST)), DIGEST)

    def test_what_it_proves_is_not_printed(self) -> None:
        self.assertEqual(repr(Credentials.parse(DIGEST)), "Credentials(b'Digest', realm=b'atlanta.example')")
