from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.modules.siputils import Siputils
from tests.modules.stage import context, made, request

RECEIVED = "P-Charging-Vector: icid-value=abc;icid-generated-at=192.0.2.7; orig-ioi=home1;term-ioi=home2\r\n"


class ChargingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Siputils)

    def do(self, flags: bytes, more: str = "") -> tuple[int, Any]:
        ctx = context(request(more=more))
        return self.module.sip_p_charging_vector(ctx, flags), ctx

    def values(self, ctx: Any) -> list[bytes]:
        lines = ctx.draft.render(ctx.message).split(b"\r\n")
        return [line[19:] for line in lines if line.startswith(b"P-Charging-Vector: ")]

    def pcv(self, ctx: Any, *keys: str) -> list[Any]:
        return [self.module.pv_charging_vector(ctx, key.encode()) for key in keys]

    def test_a_received_one_is_read(self) -> None:
        ctx = context(request(more=RECEIVED))
        self.assertEqual(
            self.pcv(ctx, "value", "genaddr", "orig", "term", "status"), [b"abc", b"192.0.2.7", b"home1", b"home2", 1]
        )
        self.assertEqual(self.pcv(ctx, "all"), [RECEIVED[19:-2].encode()])

    def test_without_one_all_is_null(self) -> None:
        self.assertEqual(self.pcv(context(), "all", "value", "status"), [None, None, 0])

    def test_one_without_an_icid_is_no_good(self) -> None:
        ctx = context(request(more="P-Charging-Vector: orig-ioi=x\r\n"))
        self.assertEqual(self.pcv(ctx, "status", "value", "orig"), [2, None, b"x"])

    def test_a_missing_one_is_made(self) -> None:
        code, ctx = self.do(b"g")
        (value,) = self.values(ctx)
        self.assertEqual(code, 3)
        self.assertRegex(value, rb"^icid-value=[0-9A-F]{32};icid-generated-at=192\.0\.2\.1$")
        self.assertEqual(self.pcv(ctx, "all", "genaddr", "status"), [value, b"192.0.2.1", 3])

    def test_a_received_one_stays_unless_it_is_to_be_new(self) -> None:
        code, ctx = self.do(b"g", RECEIVED)
        self.assertEqual((code, len(ctx.draft.edits)), (1, 0))
        code, ctx = self.do(b"f", RECEIVED)
        self.assertEqual((code, len(self.values(ctx))), (5, 1))
        self.assertNotIn(b"abc", self.values(ctx)[0])

    def test_it_can_be_removed(self) -> None:
        code, ctx = self.do(b"R", RECEIVED)
        self.assertEqual((code, self.values(ctx)), (4, []))
        self.assertEqual(self.module.sip_p_charging_vector(ctx, b"r"), 1)
        self.assertEqual(self.pcv(ctx, "status", "value"), [4, None])

    def test_a_broken_one_is_replaced(self) -> None:
        code, ctx = self.do(b"g", "P-Charging-Vector: orig-ioi=x\r\n")
        self.assertEqual((code, len(self.values(ctx))), (5, 1))

    def test_two_calls_never_share_an_icid(self) -> None:
        self.assertNotEqual(self.values(self.do(b"g")[1]), self.values(self.do(b"g")[1]))

    def test_once_made_it_is_not_touched_again(self) -> None:
        _, ctx = self.do(b"g")
        self.assertEqual(self.module.sip_p_charging_vector(ctx, b"f"), 1)
        self.assertEqual(len(self.values(ctx)), 1)
