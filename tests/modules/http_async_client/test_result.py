"""sipapp.modules.http_async_client.result."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import HttpError
from sipapp.interfaces.http import HttpResponse, Times
from sipapp.modules.http_async_client.result import Result

RESPONSE = HttpResponse(
    200, b"OK", [(b"X-A", b"1"), (b"X-A", b"2")], b"body", b"", times=Times(total=0.25, connect=0.001)
)


class ResultTests(SynchronousTestCase):
    def test_of_an_answer(self) -> None:
        result = Result(b"1", response=RESPONSE)
        self.assertIsNone(result.error_text)
        self.assertEqual(result.message, b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\n\r\nbody")
        self.assertEqual((result.microseconds("total"), result.microseconds("connect")), (250000, 1000))

    def test_header_fields_by_index(self) -> None:
        result = Result(b"1", response=RESPONSE)
        found = [result.header(b"x-a", index) for index in (None, 0, 1, 2, -1, -2, -3)]
        self.assertEqual(found, [b"1", b"1", b"2", None, b"2", b"1", None])
        self.assertEqual((result.headers(b"X-A"), result.headers(b"X-B")), (b"1,2", None))

    def test_of_an_error(self) -> None:
        self.assertEqual(Result(b"1", error=HttpError(28, "x")).error_text, b"TIMEOUT")
        result = Result(b"1", error=HttpError(7, "x"))
        self.assertEqual(result.error_text, b"Couldn't connect to server")
        self.assertEqual((result.message, result.header(b"X", 0), result.headers(b"X")), (None, None, None))
        self.assertEqual(result.microseconds("total"), 0)
