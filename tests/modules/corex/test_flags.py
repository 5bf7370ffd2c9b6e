from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.module import ScriptError
from sipapp.module.via import flags_of_via
from sipapp.modules.corex import Corex
from tests.modules.stage import context, made, response


class FlagsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Corex)
        self.ctx = context()

    def test_internal_flags_have_names_and_numbers(self) -> None:
        module, ctx = self.module, self.ctx
        self.assertEqual(module.msg_iflag_is_set(ctx, b"UAC_AUTH"), -2)
        self.assertEqual(module.msg_iflag_set(ctx, b"uac_auth"), 1)
        self.assertEqual(module.msg_iflag_is_set(ctx, b"19"), 1)
        self.assertEqual(module.msg_iflag_reset(ctx, b"19"), 1)
        self.assertEqual(module.msg_iflag_is_set(ctx, b"UAC_AUTH"), -2)
        for wrong in (b"64", b"NOTHING", b"", b"-1"):
            self.assertRaises(ScriptError, module.msg_iflag_set, ctx, wrong)

    def test_extended_flags_are_64_and_go_with_the_draft(self) -> None:
        module, ctx = self.module, self.ctx
        self.assertEqual((module.setxflag(ctx, 63), module.setxflag(ctx, 0)), (1, 1))
        self.assertEqual(ctx.draft.fork().xflags, 1 << 63 | 1)
        self.assertEqual([module.isxflagset(ctx, n) for n in (0, 1, 63)], [1, -1, 1])
        module.resetxflag(ctx, 63)
        self.assertEqual(module.isxflagset(ctx, 63), -1)
        for wrong in (64, -1):
            self.assertRaises(ScriptError, module.setxflag, ctx, wrong)

    def test_flags_of_our_via_are_32(self) -> None:
        module, ctx = self.module, self.ctx
        module.msg_vbflag_set(ctx, 4)
        module.msg_vbflag_set(ctx, 0)
        module.msg_vbflag_reset(ctx, 0)
        self.assertEqual([module.msg_vbflag_is_set(ctx, n) for n in (0, 4)], [-1, 1])
        self.assertEqual(flags_of_via(ctx), 16)
        self.assertRaises(ScriptError, module.msg_vbflag_set, ctx, 32)

    def test_a_response_brings_them_back(self) -> None:
        raw = response().raw
        ctx = context(parse(raw.replace(b"z9hG4bKours", b"z9hG4bKours;kvf=12")))
        self.assertEqual(self.module.msg_vbflag_parse(ctx), 1)
        self.assertEqual([self.module.msg_vbflag_is_set(ctx, n) for n in (1, 2, 4)], [1, -1, 1])
        self.assertEqual(self.module.msg_vbflag_parse(context(response())), -1)
        self.assertEqual(self.module.msg_vbflag_parse(context(parse(raw.replace(b"ours", b"ours;kvf=x")))), -1)
