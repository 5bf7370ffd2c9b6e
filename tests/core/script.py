"""A script of the core's own functions, run on one request by a server on the memory network."""

from __future__ import annotations

from typing import Any

from sipapp.interfaces.transport import Flow
from sipapp.message.draft import Draft
from sipapp.message.parse import parse
from sipapp.message.request import Request
from sipapp.script.run import execute
from sipapp.script.runtime import Context
from sipapp.testing.harness import Harness

HEAD = '#!KAMAILIO\nloadmodule "pv"\n'
TEXT = (
    b"INVITE %b SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1\r\n"
    b"From: <sip:alice@example.com>;tag=1\r\n"
    b"To: <sip:bob@example.com>\r\n"
    b"Call-ID: call-1\r\n"
    b"CSeq: 1 INVITE\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class Script:
    """`body` is the request_route, `head` stands before it."""

    def __init__(self, body: str, head: str = "", uri: bytes = b"sip:bob@192.0.2.7:5070;transport=tcp") -> None:
        self.harness = Harness(f"{HEAD}{head}\nrequest_route {{\n{body}\n}}")
        request = parse(TEXT % uri)
        assert isinstance(request, Request)
        server: Any = self.harness.server
        request.flow = Flow(server.transport.sockets[0], "192.0.2.1", 5060)
        self.ctx = Context(server, request, Draft())
        self.ended: list[int] = []
        route = server.script.request_route
        assert route is not None
        execute(route, self.ctx, lambda _, code: self.ended.append(code))

    @property
    def draft(self) -> Draft:
        return self.ctx.draft

    def var(self, name: str) -> Any:
        return self.ctx.vars.get(name.encode(), 0)
