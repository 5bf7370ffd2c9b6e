from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.transport import Flow
from sipapp.modules.nathelper import selects
from sipapp.script.selects import parse_select
from tests.modules.stage import UDP, context, request


class SelectsTests(SynchronousTestCase):
    def read(self, path: bytes, contact: str, port: int = 5070) -> Any:
        message = request(more=f"Contact: {contact}\r\n")
        message.flow = Flow(UDP, "192.0.2.9", port)
        return parse_select(b"nathelper.rewrite_contact" + path)(context(message))

    def test_it_is_offered_by_the_module(self) -> None:
        self.assertIsNone(selects.rewrite_contact([b"other"]))

    def test_a_contact_gets_the_source_address(self) -> None:
        contact = '"A" <sip:a@10.0.0.5:5099;ob>;q=1'
        self.assertEqual(self.read(b"[1]", contact), b'"A" <sip:a@192.0.2.9:5070;ob>;q=1')
        self.assertEqual(self.read(b"[1]", contact, 5060), b'"A" <sip:a@192.0.2.9;ob>;q=1')

    def test_the_last_of_a_line_is_the_first(self) -> None:
        contact = "<sip:a@10.0.0.5>, <sip:b@10.0.0.6>"
        self.assertEqual(self.read(b"[1]", contact), b"<sip:b@192.0.2.9:5070>")
        self.assertEqual(self.read(b"[2]", contact), b"<sip:a@192.0.2.9:5070>")

    def test_its_parts_can_be_had(self) -> None:
        contact = '"A" <sip:a@10.0.0.5>;q=1'
        self.assertEqual(self.read(b"[1].nameaddr.name", contact), b'"A"')
        self.assertEqual(self.read(b"[1].nameaddr.uri", contact), b"sip:a@192.0.2.9:5070")
        self.assertEqual(self.read(b"[1].nameaddr.params", contact), b"q=1")

    def test_what_is_not_there_is_null(self) -> None:
        self.assertIsNone(self.read(b"[2]", "<sip:a@10.0.0.5>"))
        self.assertIsNone(self.read(b"[0]", "<sip:a@10.0.0.5>"))
        self.assertIsNone(self.read(b"[1]", "<tel:+1555>"))

    def test_other_paths_are_refused(self) -> None:
        for path in (b"", b".nameaddr", b"[1].other"):
            self.assertRaises(ConfigError, parse_select, b"nathelper.rewrite_contact" + path)
