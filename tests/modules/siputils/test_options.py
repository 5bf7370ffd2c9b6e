from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.reply import IReplySender
from sipapp.module import ScriptError
from sipapp.modules.siputils import Siputils
from tests.modules.stage import Server, context, made, request


class Sender:
    def __init__(self) -> None:
        self.replies: list[tuple[int, bytes]] = []

    def send_reply(self, ctx: Any, status: int, reason: bytes) -> int:
        self.replies.append((status, reason))
        return 1


class OptionsTests(SynchronousTestCase):
    def make(self, **parameters: Any) -> Any:
        self.sender = Sender()
        module = made(Siputils, **parameters)
        module.start(Server(provide={IReplySender: self.sender}))
        return module

    def test_options_for_the_server_gets_200_and_what_is_accepted(self) -> None:
        ctx = context(request("OPTIONS", "sip:192.0.2.1:5060"))
        self.assertEqual(self.make(options_support=b"path", options_accept=b"application/sdp").options_reply(ctx), 1)
        self.assertEqual(self.sender.replies, [(200, b"OK")])
        self.assertEqual(
            ctx.draft.reply_fields,
            [
                b"Accept: application/sdp\r\n",
                b"Accept-Encoding: \r\n",
                b"Accept-Language: en\r\n",
                b"Supported: path\r\n",
            ],
        )

    def test_options_for_a_user_and_other_methods_are_not_its_business(self) -> None:
        for method, uri in (("OPTIONS", "sip:bob@192.0.2.1"), ("INVITE", "sip:192.0.2.1")):
            self.assertRaises(ScriptError, self.make().options_reply, context(request(method, uri)))
            self.assertEqual(self.sender.replies, [])

    def test_without_sl_it_cannot_answer(self) -> None:
        module = made(Siputils)
        module.start(Server())
        self.assertRaises(ScriptError, module.options_reply, context(request("OPTIONS", "sip:192.0.2.1")))
