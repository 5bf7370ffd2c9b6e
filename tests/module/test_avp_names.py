"""How arguments name AVPs."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError, Position
from sipapp.module.avp_names import Every, avp, cut, every
from sipapp.module.registry import Registry
from sipapp.modules.pv import Pv
from sipapp.script.pv import Binder
from tests.modules.stage import context, made


def binder() -> Binder:
    registry = Registry()
    registry.add(made(Pv))
    return Binder(registry, Position("app.cfg", 1, 1))


class NamesTests(SynchronousTestCase):
    def test_what_stands_behind_the_first_slash_that_is_not_in_a_variable(self) -> None:
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
