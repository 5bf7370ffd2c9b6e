"""How values and operations are written."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.module.registry import Registry
from sipapp.modules.avpops.names import constant, flags, operand
from sipapp.modules.pv import Pv
from sipapp.script.pv import Binder
from tests.modules.stage import made


def binder() -> Binder:
    registry = Registry()
    registry.add(made(Pv))
    return Binder(registry, Position("app.cfg", 1, 1))


class NamesTests(SynchronousTestCase):
    def test_flags_in_any_case(self) -> None:
        self.assertEqual(flags(b"Gd", b"gdns"), {"g", "d"})
        self.assertEqual(flags(None, b"g"), frozenset())
        self.assertRaises(ConfigError, flags, b"k", b"g")

    def test_constants_are_texts_unless_they_say_number(self) -> None:
        self.assertEqual([constant(s) for s in (b"i:5", b"I:0x1F", b"i:-4", b"5", b"s:5")], [5, 31, -4, b"5", b"5"])
        for wrong in (b"", b"s:", b"x:5", b"i:five", b"i:99999999999"):
            self.assertRaises(ConfigError, constant, wrong)

    def test_an_operand_has_operation_value_and_flags(self) -> None:
        found = operand(b"EQ/s:abc/gi", binder(), ("eq", "ne"), b"gi")
        self.assertEqual((found.operation, found.value, found.flags), ("eq", b"abc", {"g", "i"}))
        self.assertIsNotNone(operand(b"eq/$avp(x)", binder(), ("eq",), b"gi").avp)
        self.assertEqual(operand(b"eq/$var(x)/g", binder(), ("eq",), b"gi").source, b"$var(x)")

    def test_what_is_no_operand(self) -> None:
        for wrong in (b"eq", b"eq/", b"pow/i:4", b"equal/a", b"eq/a/", b"eq/a/z"):
            self.assertRaises(ConfigError, operand, wrong, binder(), ("eq", "ne"), b"gi")
