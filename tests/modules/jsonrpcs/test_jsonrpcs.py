"""sipapp.modules.jsonrpcs, asked over each of its transports."""

from __future__ import annotations

import json
import os
import socket
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.jsonrpcs.datagrams import parse_place
from tests.modules.talk import TalkCase
from tests.served import Served, Standin, free_ports

SCRIPT = """
listen=tcp:127.0.0.1:@PORT@
loadmodule "sl" loadmodule "xhttp" loadmodule "jsonrpcs"
modparam("jsonrpcs", "fifo_name", "@FOLDER@/rpc.fifo")
modparam("jsonrpcs", "fifo_reply_dir", "@FOLDER@")
modparam("jsonrpcs", "fifo_mode", 0600)
modparam("jsonrpcs", "dgram_socket", "@PLACE@")
request_route { sl_send_reply("404", "Not Found"); }
event_route[xhttp:request] {
    if ($hu =~ "^/RPC") { jsonrpc_dispatch(); } else { xhttp_reply("200", "OK", "text/plain", "no"); }
}
"""

ECHO = {"jsonrpc": "2.0", "method": "jsonrpc.echo", "params": ["a", "b"], "id": 7}


class ServedTests(SynchronousTestCase):
    served: Served | None = None
    folder: Path

    def setUp(self) -> None:
        cls = type(self)
        if cls.served is None:
            holder = Standin.until_exit()
            cls.folder = Path(holder.mktemp())
            cls.folder.mkdir()
            cls.served = Served(holder, SCRIPT, FOLDER=str(cls.folder), PLACE=f"{cls.folder}/rpc.sock")

    def post(self, body: bytes) -> tuple[int, bytes]:
        assert self.served is not None
        client = HTTPConnection("127.0.0.1", self.served.port, timeout=5)
        self.addCleanup(client.close)
        client.request("POST", "/RPC", body)
        response = client.getresponse()
        return response.status, response.read()

    def test_http(self) -> None:
        status, body = self.post(json.dumps(ECHO).encode())
        self.assertEqual((status, json.loads(body)), (200, {"jsonrpc": "2.0", "result": ["a", "b"], "id": 7}))

    def test_http_without_a_body_and_with_nonsense(self) -> None:
        self.assertEqual(self.post(b"")[0], 400)
        self.assertEqual(json.loads(self.post(b"{")[1])["error"]["code"], -32700)

    def test_a_notification_has_no_content(self) -> None:
        self.assertEqual(self.post(b'{"jsonrpc": "2.0", "method": "jsonrpc.echo"}'), (204, b""))

    def test_datagrams(self) -> None:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        client.bind(str(self.folder / "client"))
        client.settimeout(5)
        client.sendto(json.dumps(ECHO).encode(), str(self.folder / "rpc.sock"))
        self.assertEqual(json.loads(client.recv(65535))["result"], ["a", "b"])

    def test_a_fifo_and_requests_in_pieces(self) -> None:
        reply = self.folder / "reply"
        os.mkfifo(reply)
        read = os.open(reply, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, read)
        text = json.dumps({**ECHO, "reply_name": "reply"})
        with (self.folder / "rpc.fifo").open("w") as fifo:
            fifo.write(text[:20])
            fifo.flush()
            fifo.write(text[20:] + "\n")
        end = time.monotonic() + 5
        answer = b""
        while not answer and time.monotonic() < end:
            try:
                answer = os.read(read, 4096)
            except BlockingIOError:
                answer = b""
        self.assertEqual(json.loads(answer)["id"], 7)
        self.assertEqual((self.folder / "rpc.fifo").stat().st_mode & 0o777, 0o600)


class UdpTests(SynchronousTestCase):
    def test_datagrams_over_udp(self) -> None:
        holder = Standin()
        self.addCleanup(holder.close)
        folder, (port,) = Path(holder.mktemp()), free_ports()
        folder.mkdir()
        Served(holder, SCRIPT, FOLDER=str(folder), PLACE=f"udp:127.0.0.1:{port}")
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(client.close)
        client.settimeout(5)
        client.sendto(json.dumps(ECHO).encode(), ("127.0.0.1", port))
        self.assertEqual(json.loads(client.recv(65535))["id"], 7)


class ScriptTests(TalkCase):
    modules = "jsonrpcs"

    def test_a_script_runs_commands_too(self) -> None:
        request: Any = json.dumps(ECHO).replace('"', '\\"')
        said = self.run_script(
            f'jsonrpc_exec("{request}"); say("$jsonrpl(code) $jsonrpl(text)"); say("$jsonrpl(body)");'
        )
        self.assertEqual(said[0], "200 OK")
        self.assertEqual(json.loads(said[1])["result"], ["a", "b"])

    def test_what_went_wrong(self) -> None:
        said = self.run_script('jsonrpc_exec(\'{"jsonrpc":"2.0","method":"no.such","id":1}\'); say("$jsonrpl(code)");')
        self.assertEqual(said, ["-32601"])

    def test_there_is_nothing_to_dispatch_without_http(self) -> None:
        self.assertEqual(self.run_script('if (!jsonrpc_dispatch()) { say("no"); }'), ["no"])


class PlaceTests(SynchronousTestCase):
    def test_places(self) -> None:
        self.assertEqual(parse_place("/run/x.sock"), "/run/x.sock")
        self.assertEqual(parse_place("udp:[2001:db8::1]:8090"), ("2001:db8::1", 8090))
        self.assertRaises(ConfigError, parse_place, "udp:8090")
