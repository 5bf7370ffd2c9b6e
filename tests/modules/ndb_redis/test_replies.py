"""sipapp.modules.ndb_redis.replies."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import ConfigError
from sipapp.modules.ndb_redis.replies import REPLIES, access, type_of
from sipapp.redis import ErrorReply, Status

REPLY = {
    b"s": b"text",
    b"i": 7,
    b"n": None,
    b"ok": Status(b"OK"),
    b"e": ErrorReply(b"ERR no"),
    b"a": [b"x", 2, None, [b"deep", [b"deeper"]]],
}


class Binder:
    def variable(self, text: bytes) -> Any:
        return SimpleNamespace(get=lambda ctx: 1)


class ReplyTests(SynchronousTestCase):
    def read(self, inner: bytes) -> Any:
        ctx: Any = SimpleNamespace(extra={REPLIES: REPLY})
        binder: Any = Binder()
        return access(inner, binder).get(ctx)

    def test_values(self) -> None:
        wanted = {b"s": b"text", b"i": 7, b"n": None, b"ok": None, b"e": None, b"a": None, b"other": None}
        self.assertEqual({name: self.read(name + b"=>value") for name in wanted}, wanted)

    def test_types_are_those_of_hiredis(self) -> None:
        self.assertEqual([type_of(REPLY[name]) for name in (b"s", b"a", b"i", b"n", b"ok", b"e")], [1, 2, 3, 4, 5, 6])
        self.assertEqual((self.read(b"a=>type"), self.read(b"a=>type[1]"), self.read(b"s=>type[0]")), (2, 3, None))

    def test_info_is_the_text(self) -> None:
        self.assertEqual([self.read(name + b"=>info") for name in (b"ok", b"e", b"i")], [b"OK", b"ERR no", None])

    def test_elements(self) -> None:
        self.assertEqual(self.read(b"a=>size"), 4)
        self.assertEqual([self.read(b"a=>value[%d]" % n) for n in range(-1, 5)], [None, b"x", 2, None, None, None])
        self.assertEqual(self.read(b" a => value[ $var(i) ]"), 2)

    def test_arrays_in_arrays(self) -> None:
        self.assertEqual(self.read(b"a=>value[3]=>size"), 2)
        self.assertEqual(self.read(b"a=>value[3]=>value[1]=>value[0]"), b"deeper")

    def test_mistakes(self) -> None:
        binder: Any = Binder()
        for inner in (b"", b"r", b"r=>what", b"r=>size[1]", b"r=>value=>size", b"r=>type[0]=>value", b"r=>value[x]"):
            self.assertRaises(ConfigError, access, inner, binder)
