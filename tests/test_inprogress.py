from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from sipapp.inprogress import RequestsInProgress, ResponsesInProgress
from sipapp.interfaces.server import ISuspension
from sipapp.message.parse import parse
from tests.modules.stage import context, request, response


class RequestsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.refused: list[tuple[Any, int, bytes]] = []
        router = SimpleNamespace(refuse=lambda *facts: self.refused.append(facts))
        server: Any = SimpleNamespace(router=router)
        self.waiting = RequestsInProgress(server)

    def test_it_provides_its_interface(self) -> None:
        verifyObject(ISuspension, self.waiting)

    def test_a_request_is_known_while_its_script_waits(self) -> None:
        ctx = context(request())
        self.assertNotIn(ctx.message, self.waiting)
        self.assertTrue(self.waiting.suspending(ctx))
        self.assertIn(request(), self.waiting)
        self.waiting.over(ctx)
        self.assertNotIn(ctx.message, self.waiting)

    def test_another_method_or_branch_is_another_request(self) -> None:
        self.waiting.suspending(context(request()))
        self.assertNotIn(request("OPTIONS"), self.waiting)
        self.assertNotIn(parse(request().raw.replace(b"branch=", b"branch=z9hG4bK-other;x=")), self.waiting)

    def test_responses_are_not_its_business(self) -> None:
        ctx = context(response())
        self.assertFalse(self.waiting.suspending(ctx))
        self.waiting.over(ctx)

    def test_one_that_waits_too_long_is_answered_408(self) -> None:
        ctx = context(request())
        self.waiting.suspending(ctx)
        self.waiting.suspended_too_long(ctx)
        self.assertEqual(self.refused, [(ctx.message, 408, b"Request Timeout")])
        self.assertNotIn(ctx.message, self.waiting)


class ResponsesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.waiting = ResponsesInProgress()
        self.ringing, self.ok = response("180 Ringing"), response("200 OK")

    def test_nothing_waits_at_first(self) -> None:
        self.assertFalse(self.waiting.takes(self.ringing))
        self.assertEqual(self.waiting.over(self.ringing), [])

    def test_what_comes_behind_one_that_waits_gets_its_turn_in_order(self) -> None:
        self.waiting.waits(self.ringing)
        progress = response("183 Progress")
        self.assertTrue(self.waiting.takes(progress))
        self.assertTrue(self.waiting.takes(self.ok))
        self.assertEqual(self.waiting.over(self.ringing), [progress, self.ok])
        self.assertFalse(self.waiting.takes(self.ok))

    def test_what_comes_again_is_absorbed(self) -> None:
        self.waiting.waits(self.ringing)
        for again in (response("180 Ringing"), self.ok, response("200 OK")):
            self.assertTrue(self.waiting.takes(again))
        self.assertEqual(self.waiting.over(self.ringing), [self.ok])

    def test_another_branch_does_not_wait(self) -> None:
        self.waiting.waits(self.ringing)
        other: Any = parse(self.ok.raw.replace(b"branch=", b"branch=z9hG4bK-other;x="))
        self.assertFalse(self.waiting.takes(other))
