"""modules/ctl/binrpc.py: packets, byte for byte as Kamailio 5.6.3 writes them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.modules.ctl.binrpc import FAULT, REQUEST, fault, read_packet, reply, request

COOKIE = b"\x01\x02\x03\x04"


class PacketTests(SynchronousTestCase):
    def test_answers_are_kamailio_s(self) -> None:
        uptime = {"now": "Sun Nov 22 09:42:04 2026", "up_since": "Sun Nov 22 09:42:01 2026", "uptime": 3}
        self.assertEqual(
            reply(COOKIE, uptime),
            b"\xa1\x13R\x01\x02\x03\x04\x03Enow\x00\x91\x19Sun Nov 22 09:42:04 2026\x00\x95\tup_since\x00"
            b"\x91\x19Sun Nov 22 09:42:01 2026\x00uuptime\x00\x10\x03\x83",
        )
        self.assertEqual(reply(COOKIE, ["5", "ab"]), b"\xa1\x13\x07\x01\x02\x03\x04!5\x001ab\x00")
        self.assertEqual(reply(COOKIE, None), b"\xa1\x13\x00\x01\x02\x03\x04")

    def test_a_list_of_things_of_one_name_is_a_structure(self) -> None:
        self.assertEqual(
            reply(COOKIE, {"l": [{"a": 1}, {"a": 2}]}),
            b"\xa1\x13\x11\x01\x02\x03\x04\x03%l\x00\x03%a\x00\x10\x01%a\x00\x10\x02\x83\x83",
        )
        self.assertEqual(reply(COOKIE, {"l": []}), b"\xa1\x13\x07\x01\x02\x03\x04\x03%l\x00\x03\x83\x83")
        self.assertEqual(
            reply(COOKIE, {"l": [7, 8]}), b"\xa1\x13\x0c\x01\x02\x03\x04\x03%l\x00\x10\x07%l\x00\x10\x08\x83"
        )

    def test_a_fault_is_a_code_and_a_reason(self) -> None:
        self.assertEqual(
            fault(COOKIE, 500, "command nosuch not found"),
            b"\xa13\x1e\x01\x02\x03\x04 \x01\xf4\x91\x19command nosuch not found\x00",
        )

    def test_what_the_manual_shows_is_read(self) -> None:
        for record, value in (
            (b"\x20\x12\x34", 0x1234),
            (b"\x90\x02\x12\x34", 0x1234),
            (b"\xa0\x00\x02\x12\x34", 0x1234),
            (b"\x10\x07", 7),
            (b"\x00", 0),
            (b"\x40\xff\xff\xff\xfd", -3),
            (b"\x71abcdef\x00", "abcdef"),
            (b"\x91\x0aabcdefhij\x00", "abcdefhij"),
            (b"\x11\x00", ""),
            (b"\x66abcdef", "abcdef"),
            (b"\x22\x05\xdc", 1.5),
        ):
            data = b"\xa1\x03" + bytes((len(record),)) + COOKIE + record
            self.assertEqual(read_packet(data + b"more"), ((REQUEST, COOKIE, [value]), len(data)))

    def test_half_a_packet_waits_for_the_rest(self) -> None:
        data = request(COOKIE, "core.echo", 5, "x" * 300)
        for length in range(len(data)):
            self.assertIsNone(read_packet(data[:length]))
        found = read_packet(data)
        assert found is not None
        self.assertEqual(found[0].records, ["core.echo", 5, "x" * 300])

    def test_what_is_no_packet_is_told_so(self) -> None:
        for data in (b"GET / HTTP/1.1", b"\xa1\x0b\xff\xff\xff" + COOKIE, b"\xa1\x03\x02" + COOKIE + b"\x71a"):
            self.assertRaises(ParseError, read_packet, data)
        self.assertRaises(ParseError, read_packet, b"\xa1\x03\x02" + COOKIE + b"\x03\x83")

    @given(
        st.lists(
            st.one_of(st.integers(-(2**31), 2**31 - 1), st.text(st.characters(codec="utf-8", exclude_characters="\0")))
        )
    )
    def test_what_is_written_is_read(self, values: list[Any]) -> None:
        found = read_packet(request(COOKIE, *values))
        assert found is not None
        self.assertEqual(found[0].records, values)

    @given(st.binary(max_size=64))
    def test_any_bytes_are_a_packet_or_none(self, data: bytes) -> None:
        try:
            read_packet(b"\xa1" + data)
        except ParseError:
            return

    def test_faults_are_packets_of_their_own_kind(self) -> None:
        found = read_packet(fault(b"\x09", 400, "no"))
        assert found is not None
        self.assertEqual(found[0], (FAULT, b"\x09", [400, "no"]))
