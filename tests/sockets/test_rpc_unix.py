"""sipapp/rpc/unix.py and client.py: JSON-RPC over a real UNIX socket."""

from __future__ import annotations

import json
import os
import socket
import stat
import tempfile
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from sipapp.errors import LocalError, RpcFault
from sipapp.module.declare import RpcCommand
from sipapp.rpc.client import ask
from sipapp.rpc.dispatch import Dispatcher
from sipapp.rpc.unix import LONGEST, RpcSocket


class RpcSocketTests(TestCase):
    timeout = 20

    def setUp(self) -> None:
        # Not mktemp(): a socket's path may have 107 bytes.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "rpc")
        self.cancelled: Deferred[None] = Deferred()
        commands: dict[str, Any] = {
            name: RpcCommand(name, method)
            for name, method in (("double", self.double), ("wait", self.wait), ("later", self.later))
        }
        self.socket = RpcSocket(self.path, Dispatcher(commands), reactor)
        self.socket.listen()
        self.addCleanup(self.socket.close)

    def double(self, number: int) -> int:
        return number * 2

    def wait(self) -> Deferred[Any]:
        return Deferred(lambda _: self.cancelled.callback(None))

    def later(self) -> Deferred[Any]:
        return deferLater(reactor, 0.1, lambda: 1)  # well after the end of the input

    def ask(self, method: str, *parameters: Any) -> Deferred[Any]:
        return deferToThread(ask, self.path, method, parameters, 10.0)

    async def test_a_command_is_answered(self) -> None:
        self.assertEqual(await self.ask("double", 21), 42)

    async def test_a_fault_is_raised_at_the_client(self) -> None:
        why = await self.assertFailure(self.ask("nosuch"), RpcFault)
        self.assertEqual(why.code, -32601)

    def test_only_its_owner_may_connect(self) -> None:
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)

    async def test_several_requests_go_over_one_connection(self) -> None:
        def talk() -> list[Any]:
            with socket.socket(socket.AF_UNIX) as stream:
                stream.settimeout(10)
                stream.connect(self.path)
                lines = [{"jsonrpc": "2.0", "method": "double", "params": [n], "id": n} for n in range(3)]
                stream.sendall(b"\n".join(json.dumps(line).encode() for line in lines) + b"\r\n\n")
                with stream.makefile("rb") as answers:
                    return [json.loads(answers.readline())["result"] for _ in range(3)]

        self.assertEqual(await deferToThread(talk), [0, 2, 4])

    async def test_a_client_that_leaves_takes_what_it_waits_for_along(self) -> None:
        def talk() -> None:
            with socket.socket(socket.AF_UNIX) as stream:
                stream.connect(self.path)
                stream.sendall(b'{"jsonrpc":"2.0","method":"wait","id":1}\n')

        await deferToThread(talk)
        await self.cancelled

    async def test_a_client_that_has_ended_its_input_gets_its_answers(self) -> None:
        def talk() -> list[Any]:
            with socket.socket(socket.AF_UNIX) as stream:
                stream.settimeout(10)
                stream.connect(self.path)
                stream.sendall(b'{"jsonrpc":"2.0","method":"later","id":1}\n')
                stream.sendall(b'{"jsonrpc":"2.0","method":"double","params":[2],"id":2}\n')
                stream.shutdown(socket.SHUT_WR)
                with stream.makefile("rb") as answers:
                    return [json.loads(line)["result"] for line in answers]

        self.assertEqual(await deferToThread(talk), [4, 1])

    async def test_a_request_without_an_end_ends_the_connection(self) -> None:
        def talk() -> bytes:
            with socket.socket(socket.AF_UNIX) as stream:
                stream.settimeout(10)
                stream.connect(self.path)
                try:
                    stream.sendall(b"x" * (LONGEST + 100000))
                    return stream.recv(10)
                except OSError:
                    return b""

        self.assertEqual(await deferToThread(talk), b"")

    def test_another_server_s_socket_is_left_alone(self) -> None:
        second = RpcSocket(self.path, Dispatcher({}), reactor)
        why = self.assertRaises(LocalError, second.listen)
        self.assertIn("another server", str(why))
        self.assertTrue(os.path.exists(self.path))

    async def test_a_socket_that_nobody_listens_on_any_more_is_replaced(self) -> None:
        left = self.path + "2"
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(left)
        second = RpcSocket(left, Dispatcher({}), reactor)
        second.listen()
        await second.close()
        self.assertFalse(os.path.exists(left))

    def test_a_place_that_cannot_be_had_is_a_local_error(self) -> None:
        self.assertRaises(LocalError, RpcSocket("/nonexistent/rpc", Dispatcher({}), reactor).listen)
