from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.modules.sl.totag import TagMaker
from tests.modules.stage import request


def ack(tag: bytes) -> Any:
    return request("ACK", to=";tag=" + tag.decode())


class TagTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.tags = TagMaker(b"udp:192.0.2.1:5060")

    def test_the_same_request_gets_the_same_tag_from_any_worker(self) -> None:
        self.assertEqual(self.tags.tag(request()), TagMaker(b"udp:192.0.2.1:5060").tag(request()))

    def test_another_server_request_or_call_gets_another(self) -> None:
        tag = self.tags.tag(request())
        other = request().raw
        self.assertNotEqual(tag, TagMaker(b"udp:192.0.2.2:5060").tag(request()))
        self.assertNotEqual(tag, self.tags.tag(parse(other.replace(b"z9hG4bKa", b"z9hG4bKb"))))
        self.assertNotEqual(tag, self.tags.tag(parse(other.replace(b"call@", b"called@"))))

    def test_it_is_a_token_of_moderate_length(self) -> None:
        tag = self.tags.tag(request())
        self.assertEqual(len(tag), 29)
        self.assertEqual(tag.translate(None, b"0123456789abcdef."), b"")

    def test_the_ack_to_our_response_is_recognised(self) -> None:
        self.assertTrue(self.tags.is_mine(ack(self.tags.tag(request()))))

    def test_any_other_ack_is_not(self) -> None:
        self.assertFalse(self.tags.is_mine(ack(b"to1")))
        self.assertFalse(self.tags.is_mine(ack(self.tags.prefix + b"00000000")))
        self.assertFalse(self.tags.is_mine(request("ACK")))
        of_the_2xx = parse(ack(self.tags.tag(request())).raw.replace(b"z9hG4bKa", b"z9hG4bKnew"))
        self.assertFalse(self.tags.is_mine(of_the_2xx))

    def test_a_request_without_via_or_branch_has_a_tag_too(self) -> None:
        raw = request().raw
        self.assertTrue(self.tags.tag(parse(raw.replace(b";branch=z9hG4bKa", b""))))
        self.assertTrue(self.tags.tag(parse(raw.replace(b"Via:", b"X-Via:"))))
