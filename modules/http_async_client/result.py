# -*- test-case-name: tests.modules.http_async_client.test_result -*-
"""result: what became of a request, as the variables of its route show it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sipapp.errors import HttpError
from sipapp.http import codes
from sipapp.interfaces.http import HttpResponse, Times
from sipapp.module import Value

TIMES = ("total", "lookup", "connect", "redirect", "appconnect", "pretransfer", "starttransfer")


@dataclass(slots=True)
class Result:
    """A response, or the error that came in its place."""

    number: bytes  # $http_req_id
    data: bytes | None = None  # $http_xdata
    response: HttpResponse | None = None
    error: HttpError | None = None

    @property
    def error_text(self) -> bytes | None:
        """curl's words, and TIMEOUT for what took too long."""
        if self.error is None:
            return None
        return b"TIMEOUT" if self.error.code == codes.TIMED_OUT else codes.text_of(self.error.code).encode()

    @property
    def message(self) -> bytes | None:
        """The whole response, as bytes."""
        response = self.response
        if response is None:
            return None
        fields = b"".join(b"%b: %b\r\n" % field for field in response.fields)
        head = b"%b %d %b\r\n%b\r\n" % (response.version, response.status, response.reason, fields)
        return head + response.body

    def header(self, name: bytes, index: int | None) -> Value:
        """The header field of this name, the last for -1; null where there is none."""
        if self.response is None:
            return None
        values = self.response.all(name)
        index = index or 0
        return values[index] if -len(values) <= index < len(values) else None

    def headers(self, name: bytes) -> Value:
        """All of this name, separated by commas."""
        if self.response is None:
            return None
        return b",".join(self.response.all(name)) or None

    def microseconds(self, phase: str) -> int:
        """When a phase was over (µs after the start); 0 without a response."""
        times = self.response.times if self.response is not None else Times()
        return int(asdict(times)[phase] * 1_000_000)
