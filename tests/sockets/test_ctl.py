"""modules/ctl over real sockets, and what Kamailio's kamcmd makes of it."""

from __future__ import annotations

import shutil
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import TestCase

from sipapp.errors import LocalError
from sipapp.interfaces.module import IModule
from sipapp.interfaces.rpc import IRpc
from sipapp.module.declare import RpcCommand
from sipapp.modules.ctl import Ctl
from sipapp.modules.ctl.binrpc import read_packet, request
from sipapp.modules.ctl.place import Place
from sipapp.rpc.dispatch import Dispatcher

KAMCMD = shutil.which("kamcmd")


class CtlSocketTests(TestCase):
    timeout = 20

    def setUp(self) -> None:
        # Not mktemp(): a socket's path may have 107 bytes.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.module = Ctl()

    def start(self, *places: Place) -> None:
        rpc = Dispatcher(
            {c.name: c for c in (RpcCommand("double", self.double), *cast(IModule, self.module).rpc_commands())}
        )
        server: Any = SimpleNamespace(
            reactor=reactor,
            clock=reactor,
            worker=1,
            get={IRpc: rpc}.__getitem__,
            config=SimpleNamespace(rundir=str(self.folder)),
        )
        self.module.binrpc = list(places)
        self.module.start(server)
        self.module.started()
        self.addCleanup(self.module.stop)

    def double(self, number: int) -> dict[str, Any]:
        return {"double": number * 2, "list": [{"one": {"a": "b"}}, {"one": {"a": "c"}}]}

    async def test_streams_and_datagrams_are_answered(self) -> None:
        stream, datagram = str(self.folder / "s"), str(self.folder / "d")
        self.start(Place("unixs", stream), Place("unixd", datagram), Place("tcp", "127.0.0.1", 0))
        wanted = request(b"\x05", "ctl.connections")

        def talk(kind: int, path: str) -> list[Any]:
            with socket.socket(socket.AF_UNIX, kind) as asker:
                asker.settimeout(10)
                if kind == socket.SOCK_DGRAM:
                    asker.bind(f"{path}.answer")
                asker.connect(path)
                asker.send(wanted)
                found = read_packet(asker.recv(1000))
                assert found is not None
                return found[0].records

        self.assertEqual(await deferToThread(talk, socket.SOCK_STREAM, stream), [1])
        self.assertEqual(await deferToThread(talk, socket.SOCK_DGRAM, datagram), [0])

    def test_without_a_place_the_usual_one_is_taken(self) -> None:
        self.start()
        self.assertTrue((self.folder / "kamailio_ctl").is_socket())

    def test_a_place_that_cannot_be_had_keeps_the_server_from_starting(self) -> None:
        why = self.assertRaises(LocalError, self.start, Place("unixs", "/nonexistent/s"))
        self.assertIn("/nonexistent", str(why))

    def test_a_usual_place_that_cannot_be_had_is_only_warned_of(self) -> None:
        self.folder = Path("/nonexistent")
        self.start()
        self.assertEqual(self.module.open, [])

    def kamcmd(self, *words: str) -> Deferred[Any]:
        assert KAMCMD is not None
        output: Deferred[Any] = getProcessOutputAndValue(KAMCMD, ["-s", f"unixs:{self.folder / 's'}", *words])
        return output

    async def test_kamcmd_prints_what_it_prints_of_kamailio(self) -> None:
        self.start(Place("unixs", str(self.folder / "s")))
        out, errors, status = await self.kamcmd("double", "21")
        self.assertEqual((errors, status), (b"", 0))
        lines = [line.strip() for line in out.decode().splitlines()]
        self.assertEqual(lines, ["{", "double: 42", "list: {", "one: {", "a: b", "}", "one: {", "a: c", "}", "}", "}"])
        out, errors, status = await self.kamcmd("nosuch")
        self.assertIn(b"500 - no such command: nosuch", out + errors)

    if KAMCMD is None:
        test_kamcmd_prints_what_it_prints_of_kamailio.skip = "kamcmd is not installed"  # type: ignore[attr-defined]
