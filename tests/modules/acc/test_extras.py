"""modules/acc/extras.py: what parameters add to a record."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.acc.extras import extras, legs
from sipapp.testing.harness import Harness
from tests.modules.stage import Server, context


class ExtrasTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sip = Harness('loadmodule "pv" request_route { exit; }')
        self.addCleanup(self.sip.close)

    def names(self, source: str | None) -> tuple[bytes, ...]:
        return extras(self.sip.server, "x", source).names

    def test_names_and_variables(self) -> None:
        found = extras(self.sip.server, "x", "method=$rm;nothing=$avp(none); number = $ml ;u=$(fU{s.len})")
        self.assertEqual(found.names, (b"method", b"nothing", b"number", b"u"))
        ctx = context()
        self.assertEqual(found.read(ctx), [b"INVITE", None, b"%d" % len(ctx.message.raw), b"5"])

    def test_none(self) -> None:
        self.assertEqual((self.names(None), self.names("")), ((), ()))

    def test_a_semicolon_within_a_variable_is_its_own(self) -> None:
        self.assertEqual(self.names("a=$(rm{param.value,x,;});b=$rm"), (b"a", b"b"))

    def test_anything_else_is_refused(self) -> None:
        for wrong in ("a", "a=", "=$rm", "a=rm", "a=$rm;", "a=$rm b=$rU", "a b=$rm", "a=$nosuch", "a=$(rm"):
            why = self.assertRaises(ConfigError, extras, self.sip.server, "the parameter", wrong)
            self.assertIn("the parameter" if wrong != "a=$(rm" else "", str(why))


class LegsTests(SynchronousTestCase):
    def read(self, **avps: list[Any]) -> list[list[bytes | None]]:
        found = legs("x", "src=$avp(src);dst=$avp(s:dst)")
        assert found is not None
        ctx = context()
        ctx.avps.update({name.encode(): values for name, values in avps.items()})
        return found.read(ctx)

    def test_the_newest_values_come_first(self) -> None:
        found = self.read(src=[b"1", b"2"], dst=[b"x", 5])
        self.assertEqual(found, [[b"2", b"5"], [b"1", b"x"]])

    def test_there_are_as_many_as_the_longest_list_has(self) -> None:
        self.assertEqual(self.read(src=[b"1"], dst=[b"x", b"y"]), [[b"1", b"y"], [None, b"x"]])

    def test_there_is_always_one(self) -> None:
        self.assertEqual(self.read(), [[None, None]])

    def test_no_parameter_is_no_legs(self) -> None:
        self.assertEqual((legs("x", None), legs("x", "")), (None, None))

    def test_only_avps_can_be_legs(self) -> None:
        for wrong in ("a=$rm", "a=$(avp(x)[0])", "a=$avp($var(x))", "a=$avp"):
            self.assertRaises(ConfigError, legs, "x", wrong)


class ServerTests(SynchronousTestCase):
    def test_a_variable_that_no_module_has_is_named(self) -> None:
        why = self.assertRaises(ConfigError, extras, Server(), "the parameter", "a=$rm")
        self.assertIn("the parameter", str(why))
