"""sipapp.interfaces.http."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.http import HttpRequest, HttpResponse


class ResponseTests(SynchronousTestCase):
    RESPONSE = HttpResponse(200, b"OK", [(b"X-A", b"1"), (b"x-a", b"2")], b"", b"http://example.com/")

    def test_header_fields_are_found_by_name_in_any_case(self) -> None:
        self.assertEqual(self.RESPONSE.first(b"X-a"), b"1")
        self.assertEqual(self.RESPONSE.all(b"X-A"), [b"1", b"2"])

    def test_those_that_are_not_there_are_none(self) -> None:
        self.assertIsNone(self.RESPONSE.first(b"X-B"))
        self.assertEqual(self.RESPONSE.all(b"X-B"), [])


class RequestTests(SynchronousTestCase):
    def test_certificates_are_verified_unless_told_otherwise(self) -> None:
        profile = HttpRequest(b"GET", b"http://example.com/").profile
        self.assertEqual((profile.verify_peer, profile.verify_host), (True, True))

    def test_it_does_not_show_its_password(self) -> None:
        self.assertNotIn("secret", repr(HttpRequest(b"GET", b"", password=b"secret")))

    def test_fields_are_each_requests_own(self) -> None:
        HttpRequest(b"GET", b"").fields.append((b"X", b"1"))
        self.assertEqual(HttpRequest(b"GET", b"").fields, [])
