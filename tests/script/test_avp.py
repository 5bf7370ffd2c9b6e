"""avp: names of AVPs, and lists of extended ones."""

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.script.avp import XavpList, avp_key, settle, xavis, xavps, xavus


class KeyTests(SynchronousTestCase):
    def test_a_plain_name_and_s_are_the_same(self) -> None:
        self.assertEqual(avp_key(b"x"), b"x")
        self.assertEqual(avp_key(b"s:x"), b"x")

    def test_i_is_a_number(self) -> None:
        self.assertEqual(avp_key(b"i:5"), 5)

    def test_classes_have_stacks_of_their_own_and_from_is_the_usual_one(self) -> None:
        self.assertEqual(avp_key(b"f.x"), b"x")
        self.assertEqual(avp_key(b"t.x"), b"t.x")
        self.assertEqual(avp_key(b"tr.x"), b"t.x")
        self.assertEqual(avp_key(b"g.x"), b"g.x")

    def test_other_names_are_refused(self) -> None:
        for name, reason in (
            (b"x:y", "$avp(x:y): it is s: and a name, or i: and a number that is not 0"),
            (b"i:0", "$avp(i:0): it is s: and a name, or i: and a number that is not 0"),
            (b"a.b", "$avp(a.b): before a dot stands one of f, fr, fu, fd, t, tr, tu, td, g"),
            (b"f./x/", "$avp(f./x/): behind its class stands a plain name"),
        ):
            self.assertEqual(str(self.assertRaises(ConfigError, avp_key, name)), reason)


class ListTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.list = XavpList()
        self.list.add(b"a", 1)
        self.list.add(b"b", 2)
        self.list.add(b"a", 3)

    def names(self) -> list[tuple[bytes, Any]]:
        return [(found.name, found.value) for found in self.list]

    def test_the_newest_comes_first(self) -> None:
        self.assertEqual(self.names(), [(b"a", 3), (b"b", 2), (b"a", 1)])
        self.assertEqual([found.value for found in self.list.all(b"a")], [3, 1])

    def test_they_are_found_by_key_and_index(self) -> None:
        first, second = self.list.find(b"a"), self.list.find(b"a", 1)
        assert first is not None
        assert second is not None
        self.assertEqual((first.value, second.value), (3, 1))
        self.assertIsNone(self.list.find(b"a", 2))
        self.assertIsNone(self.list.find(b"a", -1))
        self.assertEqual(self.list.count(b"a"), 2)

    def test_put_keeps_the_place(self) -> None:
        self.list.put(b"b", 9)
        self.list.put(b"c", 4)
        self.assertEqual(self.names(), [(b"c", 4), (b"a", 3), (b"b", 9), (b"a", 1)])

    def test_drop_takes_one_of_a_key(self) -> None:
        self.assertTrue(self.list.drop(b"a", 1))
        self.assertFalse(self.list.drop(b"a", 1))
        self.assertEqual(self.names(), [(b"a", 3), (b"b", 2)])

    def test_drop_all_takes_every_one(self) -> None:
        self.assertEqual(self.list.drop_all(b"a"), 2)
        self.assertEqual(self.names(), [(b"b", 2)])

    def test_fields_are_those_of_the_newest(self) -> None:
        self.assertIsNone(self.list.fields(b"a"))
        inner = XavpList()
        self.list.add(b"a", inner)
        self.assertIs(self.list.fields(b"a"), inner)

    def test_a_key_may_differ_from_the_name(self) -> None:
        self.list.add(b"Who", 5, b"who")
        found = self.list.find(b"who")
        assert found is not None
        self.assertEqual((found.name, repr(found)), (b"Who", "Xavp(b'Who', 5)"))


class OfAContextTests(SynchronousTestCase):
    def test_lists_are_made_once(self) -> None:
        ctx: Any = SimpleNamespace(xavps=None, xavus=None, xavis=None, transaction=None)
        for get in (xavps, xavus, xavis):
            self.assertIs(get(ctx), get(ctx))

    def test_the_runs_of_a_transaction_share_the_list_that_one_of_them_has_made(self) -> None:
        transaction = SimpleNamespace(xavps=None, xavus=None, xavis=None)
        one: Any = SimpleNamespace(xavps=None, xavus=None, xavis=None, transaction=transaction)
        other: Any = SimpleNamespace(xavps=None, xavus=None, xavis=None, transaction=transaction)
        for get in (xavps, xavus, xavis):
            self.assertIs(get(one), get(other))

    def test_settle_makes_all_of_them(self) -> None:
        ctx: Any = SimpleNamespace(xavps=None, xavus=None, xavis=None, transaction=None)
        settle(ctx)
        self.assertEqual((ctx.xavps, ctx.xavus, ctx.xavis), ([], [], []))
