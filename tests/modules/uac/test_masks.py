"""Two URIs in one parameter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ScriptError
from sipapp.modules.uac.masks import mask, unmask

ALICE, NEO = b"sip:alice@atlanta.example", b"sip:neo@matrix.example"

uris = st.text("abcdefghij.@:;=0123456789", min_size=1, max_size=60).map(lambda tail: b"sip:" + tail.encode())


class MaskTests(SynchronousTestCase):
    def test_what_kamailio_writes(self) -> None:
        known = b"AAAAAA8JBiMIIRUGBRlAERlPCAgNCHBsZTt4PXk-"
        self.assertEqual(mask(ALICE + b";x=y", NEO, b""), known)

    def test_with_either_in_hand_the_other_comes_out(self) -> None:
        for password in (b"", b"sesame"):
            value = mask(ALICE, NEO, password)
            self.assertEqual(unmask(value, ALICE, password), NEO)
            self.assertEqual(unmask(value, NEO, password), ALICE)

    @given(uris, uris, st.binary(max_size=12))
    def test_so_it_is_for_any_two(self, one: bytes, two: bytes, password: bytes) -> None:
        if one != two:
            self.assertEqual(unmask(mask(one, two, password), one, password), two)

    def test_a_third_uri_brings_nothing(self) -> None:
        value = mask(ALICE, NEO, b"")
        for known in (b"sip:x@y", b"sip:somebody.with.a.longer.name@atlanta.example"):
            self.assertRaises(ScriptError, unmask, value, known, b"")

    def test_a_broken_value_is_told(self) -> None:
        self.assertRaises(ScriptError, unmask, b"!!", ALICE, b"")
