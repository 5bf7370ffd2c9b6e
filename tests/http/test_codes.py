"""sipapp.http.codes."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.http import codes
from sipapp.http.codes import text_of


class CodesTests(SynchronousTestCase):
    def test_numbers_of_curl_have_its_texts(self) -> None:
        self.assertEqual(text_of(7), "Couldn't connect to server")
        self.assertEqual(text_of(28), "Timeout was reached")
        self.assertEqual(text_of(20), "Unknown error")

    def test_what_is_above_99_is_an_http_status(self) -> None:
        self.assertEqual(text_of(404), "HTTP result code")

    def test_what_is_neither_is_told_so(self) -> None:
        self.assertEqual((text_of(-1), text_of(1000)), ("Bad CURL error code", "Bad CURL error code"))

    def test_every_number_with_a_name_has_a_text(self) -> None:
        named = [value for name, value in vars(codes).items() if name.isupper() and isinstance(value, int)]
        self.assertEqual([number for number in named if text_of(number) == "Unknown error"], [])
