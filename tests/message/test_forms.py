"""forms: the values that every message has. See also test_leaf_twins, where the other twin says the same."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.forms import READERS
from sipapp.message.line import Lines
from sipapp.message.plain import BROADCAST, PLAIN_ADDRESS, PLAIN_VIAS, has, parameter

PIECES = (
    *(b"SIP/2.0/UDP ", b"h", b"192.0.2.1", b":5060", b";", b";", b"branch=", b"BRANCH=", b"xbranch=", b"branch"),
    *(b"rport", b"maddr=", b"=", b"x", b" ", b",", b'"', b"<sip:a>", b"<", b">", b">;tag=", b"tag=", b"TAG=", b"\n"),
    BROADCAST,
)
values = st.lists(st.sampled_from(PIECES), max_size=9).map(b"".join)


Via = tuple[bytes, bytes | None, bool]
"""Host and branch, and whether a response goes where the request came from."""


def via_of(value: bytes) -> Via | None:
    """A Via by regular expressions alone."""
    match = PLAIN_VIAS(value)
    if match is None or re.search(rb"(?:\A|[;,])(?!branch=)[^;,]*" + re.escape(BROADCAST), value):
        return None
    host, tail = match[2], match[4] or b""
    return host, parameter(tail, b"branch"), has(tail, b"rport") and not has(tail, b"maddr")


def address_of(value: bytes) -> tuple[bytes | None] | None:
    match = PLAIN_ADDRESS(value)
    return None if match is None else (parameter(match[3] or b"", b"tag"),)


class FormTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.lines = Lines(4)

    def read(self, key: bytes, value: bytes) -> Any:
        """What the line says, of which the front may be known by heart; the value alone says the same."""
        found = READERS[key](value)
        if not value or b"\n" in value or value != value.strip():
            return found  # not what stands in a line
        for name in (key, key.upper(), key.title() + b" "):
            line = self.lines[name + b": " + value]
            self.assertEqual((line.value, line.at), (value, len(name) + 2))
            self.assertEqual(line.part, key if found is not None else b":" + key)
            if found is None or key != b"via":
                self.assertEqual(line.found, found)
            else:
                branch, (*facts, before, after) = line.found
                self.assertEqual((branch, facts), (found[0], [*found[1][:-2]]))
                if before is not None:
                    self.assertEqual(b"%b%b%b" % (before, branch, after), line.text)
        return found

    def via(self, value: bytes) -> Via | None:
        found = self.read(b"via", value)
        if found is None:
            return None
        branch, (_, host, symmetric, _, _) = found
        return host, branch, symmetric

    def test_vias(self) -> None:
        for tail, branch, symmetric in (
            *((b"", None, False), (b";branch=1", b"1", False), (b";rport;branch=1", b"1", True)),
            *((b";branch=1;rport", b"1", True), (b";branch=1;rport=9;maddr=h", b"1", False), (b";rport", None, True)),
            *((b";BRANCH=1;branch=2", b"1", False), (b";xbranch=1;branch=2", b"2", False), (b";branch=", b"", False)),
            *((b";branch;branch=2", None, False), (b";branch=1 , SIP/2.0/TCP g;branch=2;rport", b"1", False)),
        ):
            value = b"SIP/2.0/UDP h:5070" + tail
            self.assertEqual(self.via(value), (b"h", branch, symmetric))
            self.assertEqual(self.read(b"via", value)[1][0], b"5070 h")
        for port in (b"", b":5060", b":05061", b":0"):
            self.assertEqual(self.read(b"via", b"SIP/2.0/UDP h%b;branch=1" % port)[1][0], b"0 h")
        broadcast = b"255.255.255.255"
        self.assertEqual(self.via(b"SIP/2.0/UDP h;branch=x" + broadcast), (b"h", b"x" + broadcast, False))
        for tail in (b";branch=1,", b';branch=1;x="y"', b";branch=1 ", b";branch=1;received=255.255.255.255"):
            self.assertIsNone(self.read(b"via", b"SIP/2.0/UDP h" + tail), tail)

    def test_addresses(self) -> None:
        for value, found in (
            *((b"<sip:a@b>;tag=1", (b"1",)), (b"<sip:a@b>", (None,)), (b"<sip:a@b>;x;tag=1;tag=2", (b"1",))),
            *((b'"A>;tag=3" <sip:a@b>;tag=1', (b"1",)), (b"A B <sip:a@b>;tag=1;x", (b"1",)), (b"<a>;tag=", (b"",))),
            *((b"<sip:a@b", None), (b"sip:a@b;tag=1", None), (b"<a>;tag=1,", None), (b"<a>;tag=1 ", None)),
            *((b"<a>;x>;tag=1", None), (b"<a b>;tag=1", None), (b"<>;tag=1", None)),
        ):
            self.assertEqual(self.read(b"from", value), found, value)

    def test_numbers_and_names(self) -> None:
        for key, value, found in (
            *((b"call-id", b"a@b", (b"a@b",)), (b"call-id", b"a b", None), (b"call-id", b"", None)),
            *((b"cseq", b"1 ACK", (1, b"ACK", b"1")), (b"cseq", b"1  ACK", None), (b"max-forwards", b"070", (70,))),
            *(
                (b"content-length", b"", None),
                (b"content-length", b"1234567890", None),
                (b"content-length", b"+1", None),
            ),
        ):
            self.assertEqual(self.read(key, value), found, value)

    @given(values)
    @settings(max_examples=1000, deadline=None)
    def test_what_is_known_by_heart_is_what_the_expressions_say(self, pieces: bytes) -> None:
        for start in (b"", b"SIP/2.0/UDP h;", b"<sip:a>;"):
            value = start + pieces
            self.assertEqual(self.via(value), via_of(value))
            self.assertEqual(self.read(b"to", value), address_of(value))
