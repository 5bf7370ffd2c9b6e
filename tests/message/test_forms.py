"""forms: the values that every message has. See also test_leaf_twins, where the other twin says the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.forms import READERS
from sipapp.message.plain import BROADCAST, PLAIN_ADDRESS, PLAIN_VIAS, has, parameter

PIECES = (
    *(b"SIP/2.0/UDP ", b"h", b"192.0.2.1", b":5060", b";", b";", b"branch=", b"BRANCH=", b"xbranch=", b"branch"),
    *(b"rport", b"maddr=", b"=", b"x", b" ", b",", b'"', b"<sip:a>", b"<", b">", b">;tag=", b"tag=", b"TAG=", b"\n"),
    BROADCAST,
)
values = st.lists(st.sampled_from(PIECES), max_size=9).map(b"".join)


def via_of(value: bytes) -> tuple[Any, ...] | None:
    """A Via by regular expressions alone."""
    match = PLAIN_VIAS(value)
    if match is None or BROADCAST in value:
        return None
    transport, host, port, tail = match.group(1, 2, 3, 4)
    tail = tail or b""
    return value, transport, host, port, parameter(tail, b"branch"), has(tail, b"rport") and not has(tail, b"maddr")


def address_of(value: bytes) -> tuple[bytes | None] | None:
    match = PLAIN_ADDRESS(value)
    return None if match is None else (parameter(match[3] or b"", b"tag"),)


class FormTests(SynchronousTestCase):
    def read(self, key: bytes, value: bytes) -> Any:
        first = READERS[key](value)
        self.assertEqual(READERS[key](value), first)
        return first

    def via(self, value: bytes) -> Any:
        """Without what stands before and after the branch."""
        found = self.read(b"via", value)
        if found is None:
            return None
        *facts, before, after = found
        if before is not None:
            self.assertEqual(b"%b%b%b" % (before, facts[4], after), value)
        return tuple(facts)

    def test_vias(self) -> None:
        for tail, branch, symmetric in (
            *((b"", None, False), (b";branch=1", b"1", False), (b";rport;branch=1", b"1", True)),
            *((b";branch=1;rport", b"1", True), (b";branch=1;rport=9;maddr=h", b"1", False), (b";rport", None, True)),
            *((b";BRANCH=1;branch=2", b"1", False), (b";xbranch=1;branch=2", b"2", False), (b";branch=", b"", False)),
            *((b";branch;branch=2", None, False), (b";branch=1 , SIP/2.0/TCP g;branch=2;rport", b"1", False)),
        ):
            value = b"SIP/2.0/UDP h:5070" + tail
            self.assertEqual(self.via(value), (value, b"UDP", b"h", b"5070", branch, symmetric))
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
            *((b"cseq", b"1 ACK", (1, b"ACK")), (b"cseq", b"1  ACK", None), (b"max-forwards", b"070", (70,))),
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
