"""Digest credentials."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.sanity.digest import authorization, credentials
from tests.modules.sanity.subjects import subject, verdict

GOOD = 'Digest username="a", realm="r", nonce="n", uri="sip:r", response="0"'


class DigestTests(SynchronousTestCase):
    def test_whole_credentials_pass(self) -> None:
        for given in (subject(), subject(authorization=GOOD), subject(authorization=GOOD, proxy_authorization=GOOD)):
            self.assertIsNone(verdict(credentials, given))
            self.assertIsNone(verdict(authorization, given))

    def test_what_is_missing_is_answered(self) -> None:
        bad = (400, "Bad Auth Credentials")
        for text, wanted in (
            (GOOD.replace('username="a", ', ""), bad),
            (GOOD.replace(', uri="sip:r"', ""), bad),
            (GOOD + ", qop=auth", bad),
            (GOOD + ', qop=auth, cnonce="x", nc=1', None),
            (GOOD + ", qop=other", None),
            (GOOD.replace('"a"', '""'), (400, "Auth Empty User")),
            (GOOD.replace('"n"', '""'), (400, "Auth Empty Nonce")),
            (GOOD.replace('"0"', '""'), (400, "Auth Empty Response")),
            ("Digest @@", (400, "Bad Auth Header")),
        ):
            for check in (credentials, authorization):
                self.assertEqual(verdict(check, subject(authorization=text)), wanted, text)
                self.assertEqual(verdict(check, subject(proxy_authorization=text)), wanted, text)

    def test_another_scheme_fails_one_check_and_passes_the_other(self) -> None:
        given = subject(authorization="Basic abc=")
        self.assertEqual(verdict(credentials, given), (0, ""))
        self.assertIsNone(verdict(authorization, given))

    def test_all_are_looked_at(self) -> None:
        given = subject(authorization=GOOD, proxy_authorization=GOOD.replace('"a"', '""'))
        self.assertEqual(verdict(credentials, given), (400, "Auth Empty User"))
