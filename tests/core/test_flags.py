"""sipapp/core/flags.py: setflag() and its like."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.core.script import Script


class MessageFlagTests(SynchronousTestCase):
    def test_a_flag_is_set_asked_for_and_cleared(self) -> None:
        script = Script("setflag(31); setflag(0); resetflag(0); $var(a) = isflagset(31); $var(b) = isflagset(0);")
        self.assertEqual(script.draft.flags, 1 << 31)
        self.assertEqual((script.var("a"), script.var("b")), (1, -1))

    def test_a_name_stands_for_its_number(self) -> None:
        script = Script("setflag(NAT);", "flags NAT:5")
        self.assertEqual(script.draft.flags, 1 << 5)


class AvpFlagTests(SynchronousTestCase):
    def results(self, body: str) -> list[int]:
        script = Script(body, "avpflags one, two")
        return [script.var(name) for name in "abcd" if name.encode() in script.ctx.vars]

    def test_a_flag_belongs_to_an_avp_that_is_there(self) -> None:
        body = """$var(a) = setavpflag("x", "one"); $avp(x) = 5; $var(b) = setavpflag("x", "one");
            $var(c) = isavpflagset("x", "one"); $var(d) = isavpflagset("x", "two");"""
        self.assertEqual(self.results(body), [-1, 1, 1, -1])

    def test_clearing_it_is_never_true(self) -> None:
        body = """$avp(x) = 5; setavpflag("x", "one"); $var(a) = resetavpflag("x", "one");
            $var(b) = isavpflagset("x", "one");"""
        self.assertEqual(self.results(body), [-1, -1])

    def test_it_is_the_newest_values_flag(self) -> None:
        body = """$avp(x) = 1; setavpflag("s:x", "one"); $avp(x) = 2; $var(a) = isavpflagset("x", "one");
            $avp(x) = $null; $var(b) = isavpflagset("x", "one");"""
        self.assertEqual(self.results(body), [-1, 1])
