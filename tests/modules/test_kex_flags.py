"""Script flags and flags of branches."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.draft import Branch
from sipapp.modules.kex import Kex
from tests.modules.stage import context
from tests.modules.texts import made


class FlagsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Kex)
        self.ctx = context()

    def test_a_script_flag_is_set_until_it_is_cleared(self) -> None:
        self.assertTrue(self.module.setsflag(self.ctx, 31))
        self.assertEqual([self.module.issflagset(self.ctx, n) for n in (31, 30)], [True, False])
        self.assertTrue(self.module.resetsflag(self.ctx, 31))
        self.assertFalse(self.module.issflagset(self.ctx, 31))

    def test_there_are_32_of_them(self) -> None:
        for function in (self.module.setsflag, self.module.resetsflag, self.module.issflagset):
            self.assertEqual([function(self.ctx, n) for n in (-1, 32)], [False, False])

    def test_the_first_branch_is_the_request_uris(self) -> None:
        self.assertTrue(self.module.setbflag(self.ctx, 2))
        self.assertEqual(self.ctx.draft.branch_flags, 4)
        self.assertTrue(self.module.isbflagset(self.ctx, 2, 0))
        self.assertTrue(self.module.resetbflag(self.ctx, 2))
        self.assertFalse(self.module.isbflagset(self.ctx, 2))

    def test_the_others_are_those_that_were_appended(self) -> None:
        self.ctx.draft.targets = [Branch(b"sip:a"), Branch(b"sip:b")]
        self.assertTrue(self.module.setbflag(self.ctx, 1, 2))
        self.assertEqual([target.flags for target in self.ctx.draft.targets], [0, 2])
        self.assertEqual([self.module.isbflagset(self.ctx, 1, n) for n in (0, 1, 2)], [False, False, True])

    def test_what_there_cannot_be_fails(self) -> None:
        for flag, branch in ((2, 1), (2, -1), (32, 0), (-1, 0)):
            for function in (self.module.setbflag, self.module.resetbflag, self.module.isbflagset):
                self.assertFalse(function(self.ctx, flag, branch))
