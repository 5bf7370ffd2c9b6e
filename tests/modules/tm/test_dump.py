from __future__ import annotations

import os
import socket
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.tm.dump import Append, Element, parse_append
from tests.modules.tm.scene import SceneTestCase

HEADERS = ("Record-Route: <sip:192.0.2.7;lr>", "Record-Route: <sip:192.0.2.8;lr>")


class DumpTests(SceneTestCase):
    """t_write_req() and t_write_unix()."""

    def lines(
        self, action: str, head: str = "", statement: str = "t_newtran();", method: str = "OPTIONS"
    ) -> list[bytes]:
        """What a reader of the FIFO gets."""
        self.path = self.mktemp()
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.play(
            f"""request_route {{ setflag(4); $avp(a) = "one"; {statement}
            t_write_req("{self.path}", "{action}"); xlog("$rc"); }}""",
            head,
        )
        self.alice.send(method, "sip:bob@example.com", headers=HEADERS, body="hello")
        self.sip.advance(0)
        try:
            return os.read(reader, 65536).split(b"\n")
        except BlockingIOError:
            return [b""]

    def test_the_lines_are_kamailio_s(self) -> None:
        lines = self.lines("action")
        t = self.transactions[0]
        self.assertEqual(
            lines,
            [
                *(b"0.3", b"sip_request.action", b"OPTIONS", b"bob", b"example.com"),
                *(b"192.0.2.100", b".", b"sip:bob@example.com", b"sip:alice@192.0.2.1:5060"),
                *(b"<sip:alice@example.com>;tag=from-5060", b"<sip:bob@example.com>", b"192.0.2.1-5060-1"),
                *(b"from-5060", b"", b"1", b"%d:%d" % (t.index, t.label)),
                *(b"<sip:192.0.2.7;lr>,<sip:192.0.2.8;lr>", b"sip:192.0.2.7;lr"),
                *(b"P-MsgFlags: 10", b".", b".", b""),
            ],
        )
        self.assertEqual(self.said(), ["1"])

    def test_the_body_of_an_invite_is_there(self) -> None:
        self.assertEqual(self.lines("action", method="INVITE")[-2:], [b"hello", b""])

    def test_more_can_be_appended(self) -> None:
        lines = self.lines("action/more", 'modparam("tm", "tw_append", "more:A=avp[a];hdr[Max-Forwards];msg[body]")\n')
        self.assertEqual(lines[18:], [b"P-MsgFlags: 10", b"A: one", b"Max-Forwards: 70", b".", b"hello", b""])

    def test_an_unknown_append_or_no_transaction_is_false(self) -> None:
        for action, statement in (("action/none", "t_newtran();"), ("action", "")):
            self.assertEqual(self.lines(action, statement=statement), [b""])
            self.assertEqual(self.said(), ["-1"])

    def test_nobody_who_reads_is_false(self) -> None:
        self.play('request_route { t_newtran(); t_write_req("/nowhere/fifo", "x"); xlog("$rc"); }')
        self.options()
        self.assertEqual(self.said(), ["-1"])

    def test_a_unix_socket_gets_one_datagram(self) -> None:
        # The name of a UNIX socket may not be long.
        path = os.path.relpath(self.mktemp())
        reader = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(reader.close)
        reader.bind(path)
        reader.setblocking(False)
        self.addCleanup(Path(path).unlink)
        self.play(f'request_route {{ t_newtran(); t_write_unix("{path}", "x"); xlog("$rc"); }}')
        self.options()
        self.assertEqual(self.said(), ["1"])
        self.assertTrue(reader.recv(65536).startswith(b"0.3\nsip_request.x\nOPTIONS\n"))

    def test_a_unix_socket_that_is_not_there_is_false(self) -> None:
        self.play('request_route { t_newtran(); t_write_unix("/nowhere/socket", "x"); xlog("$rc"); }')
        self.options()
        self.assertEqual(self.said(), ["-1"])


class AppendTests(SynchronousTestCase):
    def test_elements_have_titles(self) -> None:
        name, append = parse_append("name: T=avp[x] ; hdr[From];U=hdr[To]")
        elements = [Element(b"T", "avp", b"x"), Element(b"From", "hdr", b"From"), Element(b"U", "hdr", b"To")]
        self.assertEqual((name, append), ("name", Append(elements, False)))
        self.assertEqual(parse_append("n:msg[body]"), ("n", Append([], True)))

    def test_what_is_none_is_a_mistake_of_the_script(self) -> None:
        for given in ("name", "name:", ":avp[x]", "name:avp", "name:avp[x", "name:foo[x]", "name:msg[head]"):
            error = self.assertRaises(ConfigError, parse_append, given)
            self.assertIn("tw_append", str(error))
