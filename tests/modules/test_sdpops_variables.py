"""$sdp(key)."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError, ScriptError
from sipapp.modules.sdpops import Sdpops
from sipapp.modules.sdpops.variables import READERS, key
from tests.modules.texts import SDP, body, made, running, with_sdp

AUDIO = SDP[SDP.index(b"m=audio") : SDP.index(b"m=video")]


def read(name: bytes, text: bytes = SDP) -> Any:
    return made(Sdpops).pv_sdp(with_sdp(text), name)


class ReadTests(SynchronousTestCase):
    def test_the_whole_and_the_first_stream(self) -> None:
        self.assertEqual((read(b"body"), read(b"raw"), read(b"m0:raw")), (SDP, SDP, AUDIO))

    def test_the_version_is_a_number_or_null(self) -> None:
        self.assertEqual(read(b"sess_version"), 29)
        self.assertIsNone(read(b"sess_version", SDP.replace(b" 29 ", b" 2890844527 ")))
        self.assertIsNone(read(b"sess_version", SDP.replace(b" 29 ", b" x ")))

    def test_addresses(self) -> None:
        self.assertEqual((read(b"o:ip"), read(b"c:ip"), read(b"c:af")), (b"192.0.2.101", b"192.0.2.101", 2))
        own = SDP.replace(b"8 101\r\n", b"8 101\r\nc=IN IP6 2001:db8::7\r\n")
        self.assertEqual((read(b"c:ip", own), read(b"c:af", own)), (b"2001:db8::7", 10))

    def test_ports(self) -> None:
        self.assertEqual((read(b"m0:rtp:port"), read(b"m0:rtcp:port")), (b"49172", b"49173"))
        given = SDP.replace(b"8 101\r\n", b"8 101\r\na=rtcp:53020 IN IP4 192.0.2.1\r\n")
        self.assertEqual(read(b"m0:rtcp:port", given), b"53020")
        self.assertIsNone(read(b"m0:rtcp:port", SDP.replace(b"49172", b"65535")))

    def test_bandwidths(self) -> None:
        text = SDP.replace(b"8 101\r\n", b"8 101\r\nb=AS:64\r\nb=RS:800\r\n")
        self.assertEqual([read(b"m0:b:" + k, text) for k in (b"AS", b"RS", b"RR")], [b"64", b"800", None])

    def test_without_description_all_are_null(self) -> None:
        for ctx in (running(), with_sdp(b"v=0\r\n")):
            self.assertEqual([made(Sdpops).pv_sdp(ctx, name) for name in READERS], [None] * len(READERS))

    def test_an_unknown_key_is_a_mistake(self) -> None:
        self.assertEqual(key(b"c:ip"), b"c:ip")
        self.assertRaises(ConfigError, key, b"nope")


class WriteTests(SynchronousTestCase):
    def written(self, name: bytes, value: Any, text: bytes = SDP) -> bytes:
        ctx = with_sdp(text)
        (variable,) = {v.name: v for v in made(Sdpops).pseudo_variables() if v.name == "sdp"}.values()
        assert variable.declaration.writer is not None
        variable.declaration.writer(made(Sdpops), ctx, name, value)
        return body(ctx)

    def test_a_version(self) -> None:
        self.assertEqual(self.written(b"sess_version", 5), SDP.replace(b" 29 ", b" 5 "))

    def test_minus_1_adds_one(self) -> None:
        longer = SDP.replace(b" 29 ", b" 999 ")
        self.assertEqual(self.written(b"sess_version", -1, longer), SDP.replace(b" 29 ", b" 1000 "))

    def test_neither_a_text_nor_another_key(self) -> None:
        self.assertRaises(ScriptError, self.written, b"sess_version", b"7")
        self.assertRaises(ScriptError, self.written, b"body", 7)
        self.assertRaises(ScriptError, self.written, b"sess_version", -1, SDP.replace(b" 29 ", b" x "))
