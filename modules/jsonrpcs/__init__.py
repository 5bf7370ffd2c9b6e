# -*- test-case-name: tests.modules.jsonrpcs.test_jsonrpcs -*-
"""jsonrpcs: RPC commands as JSON-RPC 2.0: over HTTP, datagrams and a FIFO, and from the script itself."""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.defer import Deferred, succeed

from sipapp.interfaces.foreign import IHttpReplies
from sipapp.interfaces.rpc import IRpc
from sipapp.log import Logger
from sipapp.module import (
    ANY,
    Context,
    IServer,
    ScriptError,
    modparam,
    module,
    pseudo_variable,
    rpc_command,
    script_function,
)
from sipapp.module.owner import Owner, group_id, user_id
from sipapp.modules.jsonrpcs.datagrams import DatagramRpc, parse_place
from sipapp.modules.jsonrpcs.fifo import Fifo
from sipapp.rpc.jsonrpc import answer

log = Logger()

RESULT = "jsonrpcs.result"
"""`ctx.extra[RESULT]`: (status, its text, body) of the last jsonrpc_exec() of this run."""

_HTTP, _FIFO, _DATAGRAM = 1, 2, 4
"""What the parameter `transport` is made of; 0: all."""


@module("jsonrpcs")
class JsonRpcs:
    """Kamailio's module of this name. FIFO and socket are there where the script names them."""

    pretty_format: int = modparam(default=0, doc="1: responses have line breaks")
    transport: int = modparam(default=0, doc="1: HTTP, 2: FIFO, 4: datagrams, or a sum of them; 0: all")
    fifo_name: str = modparam(default="", doc="path of the FIFO; none without it")
    fifo_mode: int = modparam(default=0o660, doc="its permissions")
    fifo_group: int | str = modparam(default=-1, parse=group_id, doc="its group, a number or a name")
    fifo_user: int | str = modparam(default=-1, parse=user_id, doc="its owner, a number or a name")
    fifo_reply_dir: str = modparam(default="/tmp/", doc="where the FIFOs are that responses go to")
    dgram_socket: Any = modparam(
        default=None, parse=parse_place, doc="path of a UNIX socket, or udp:HOST:PORT; none without it"
    )
    dgram_workers: int = modparam(default=1, doc="of Kamailio's processes; without effect here")
    dgram_timeout: int = modparam(
        default=2000, minimum=0, unit="ms", doc="how long Kamailio tries to send a response; without effect here"
    )
    dgram_mode: int = modparam(default=0o660, doc="the socket's permissions")
    dgram_group: int | str = modparam(default=-1, parse=group_id, doc="its group")
    dgram_user: int | str = modparam(default=-1, parse=user_id, doc="its owner")

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a FIFO or socket cannot be had."""
        self.rpc = server.get(IRpc)
        self.http: IHttpReplies | None = server.find(IHttpReplies) if self._wants(_HTTP) else None
        self._open: list[Any] = []
        if server.worker > 1:
            return  # one worker answers for all
        if self.fifo_name and self._wants(_FIFO):
            owner = Owner(self.fifo_mode, int(self.fifo_user), int(self.fifo_group))
            self._open.append(Fifo(server.reactor, self.fifo_name, owner, self.fifo_reply_dir, self._answer))
        if self.dgram_socket is not None and self._wants(_DATAGRAM):
            owner = Owner(self.dgram_mode, int(self.dgram_user), int(self.dgram_group))
            self._open.append(DatagramRpc(server.reactor, self.dgram_socket, owner, self._answer))

    def stop(self) -> None:
        for one in self._open:
            one.close()

    def _wants(self, kind: int) -> bool:
        return not self.transport or bool(self.transport & kind)

    def _answer(self, data: bytes) -> Deferred[bytes]:
        done = answer(self.rpc, data)
        return done.addCallback(_pretty) if self.pretty_format else done

    # -- functions

    @script_function(routes=ANY)
    def jsonrpc_dispatch(self, ctx: Context) -> int | Deferred[int]:
        """Run the command in the body of the HTTP request that event_route[xhttp:request] is about, and answer it.

        Waits where the command does. False: this is no HTTP request, or xhttp is not loaded.
        """
        http = self.http
        if http is None or not http.is_http(ctx):
            raise ScriptError("jsonrpc_dispatch(): there is no HTTP request to answer")

        def done(body: bytes) -> int:
            assert http is not None
            status, reason = (200, b"OK") if body else (204, b"No Content")
            return 1 if http.reply(ctx, status, reason, b"application/json", body) else -1

        if not ctx.message.body:
            return 1 if http.reply(ctx, 400, b"Bad Request", b"text/plain", b"a body is missing\n") else -1
        return self._answer(ctx.message.body).addCallback(done)

    @script_function(routes=ANY)
    def jsonrpc_exec(self, ctx: Context, command: bytes) -> Deferred[int]:
        """Run a command, a whole JSON-RPC document; $jsonrpl(code), $jsonrpl(text) and $jsonrpl(body) have what came
        of it. Waits where the command does. True, whatever came of it."""

        def done(body: bytes) -> int:
            found = json.loads(body) if body else {}
            error = found.get("error") if isinstance(found, dict) else None
            code, text = (error["code"], error["message"]) if error else (200, "OK")
            ctx.extra[RESULT] = code, text.encode(), body
            return 1

        ctx.extra.pop(RESULT, None)
        return (self._answer(command) if command else succeed(b"")).addCallback(done)

    @pseudo_variable("jsonrpl", keys=("code", "text", "body"))
    def pv_jsonrpl(self, ctx: Context, inner: bytes) -> int | bytes | None:
        """$jsonrpl(code): 200, or the number of the error that jsonrpc_exec() has met; $jsonrpl(text): its text;
        $jsonrpl(body): the whole response."""
        result = ctx.extra.get(RESULT)
        return None if result is None else result[(b"code", b"text", b"body").index(inner)]

    @rpc_command("jsonrpc.echo")
    def rpc_echo(self, *values: str) -> list[str]:
        """Answer the parameters."""
        return list(values)


def _pretty(response: bytes) -> bytes:
    return json.dumps(json.loads(response), indent="\t").encode() + b"\n" if response else b""
