"""How AVPs, values and operations are written."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.module.registry import Registry
from sipapp.modules.avpops.names import Every, avp, constant, cut, every, flags, operand
from sipapp.modules.pv import Pv
from sipapp.script.pv import Binder
from tests.modules.stage import context, made


def binder() -> Binder:
    registry = Registry()
    registry.add(made(Pv))
    return Binder(registry, Position("app.cfg", 1, 1))


class NamesTests(SynchronousTestCase):
    def test_flags_stand_behind_the_first_slash_that_is_not_in_a_variable(self) -> None:
        self.assertEqual(cut(b"$avp(a/b)/g"), (b"$avp(a/b)", b"g"))
        self.assertEqual(cut(b"$avp(x)"), (b"$avp(x)", None))
        self.assertEqual(cut(b"alice/uri"), (b"alice", b"uri"))

    def test_an_avp_by_its_name_its_number_or_a_variable(self) -> None:
        ctx: Any = context()
        ctx.vars[b"n"] = b"x"
        ctx.avps = {b"x": [1, b"two"], 5: [b"five"]}
        for source, wanted in ((b"$avp(x)", [b"two", 1]), (b"$avp($var(n))", [b"two", 1]), (b"$avp(i:5)", [b"five"])):
            self.assertEqual(avp(source, binder()).newest_first(ctx), wanted)
        self.assertEqual(avp(b"$avp($var(none))", binder()).newest_first(ctx), [])

    def test_another_variable_is_no_avp(self) -> None:
        self.assertRaises(ConfigError, avp, b"$var(x)", binder())
        self.assertRaises(ConfigError, avp, b"x", binder())

    def test_all_avps_or_those_of_one_kind_of_name(self) -> None:
        ctx: Any = context()
        ctx.avps = {b"x": [1], 5: [2], b"tu.y": [3]}
        self.assertEqual(every(b"*").keys(ctx), [b"x", 5])
        self.assertEqual(every(b"s12").keys(ctx), [b"x"])
        self.assertEqual(every(b"I"), Every(text=False, number=True))
        for wrong in (b"", b"x", b"sx"):
            self.assertRaises(ConfigError, every, wrong)

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
