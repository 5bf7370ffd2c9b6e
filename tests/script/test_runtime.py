"""sipapp/script/runtime.py: what a run keeps."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.module import Context
from tests.script.engine import Engine


class ForgetTests(SynchronousTestCase):
    def test_nothing_is_kept_that_can_be_had_again(self) -> None:
        engine = Engine("wait(1);")
        ctx = engine.start()
        ctx.forget()
        self.assertEqual({name for name in Context.__slots__ if not _has(ctx, name)}, {"vars", "extra"})
        self.assertEqual([name for name in ("edits", "targets", "reply_fields") if _has(ctx.draft, name)], [])
        self.assertFalse(_has(ctx.message, "head"))

    def test_what_there_is_stays(self) -> None:
        engine = Engine("$var(x) = 3; wait(1);")
        ctx = engine.start()
        ctx.extra["a"] = 1
        ctx.forget()
        self.assertEqual((ctx.vars, ctx.extra), ({b"x": 3}, {"a": 1}))

    def test_what_another_run_has_too_stays(self) -> None:
        engine = Engine("wait(1);")
        ctx, other = engine.start(), engine.context()
        other.vars = ctx.vars
        ctx.forget()
        other.vars[b"x"] = 3
        self.assertEqual(ctx.vars, {b"x": 3})

    def test_asked_for_they_are_there_again(self) -> None:
        ctx = Engine("wait(1);").start()
        ctx.forget()
        ctx.vars[b"x"] = 3
        self.assertEqual((ctx.vars, ctx.extra), ({b"x": 3}, {}))
        self.assertIs(type(ctx), Context)


def _has(owner: Any, name: str) -> bool:
    """Whether a slot is filled."""
    try:
        getattr(type(owner), name).__get__(owner)
    except AttributeError:
        return False
    return True
