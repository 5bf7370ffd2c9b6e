from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ParseError
from sipapp.message.uri import Uri
from sipapp.modules.nathelper.contact import contacts, first_contact, host_port, rewrite
from tests.modules.stage import context, request


def ctx(contact: str) -> Any:
    return context(request(more=f"Contact: {contact}\r\n" if contact else ""))


class ContactTests(SynchronousTestCase):
    def test_each_contact_has_its_place(self) -> None:
        message = request(
            more='Contact: "A <b>" <sip:a@192.0.2.5>;q=1, sip:b@192.0.2.6;q=2\r\nm: <sip:c@192.0.2.7>\r\n'
        )
        found = list(contacts(message))
        self.assertEqual([place.uri for place in found], [b"sip:b@192.0.2.6", b"sip:a@192.0.2.5", b"sip:c@192.0.2.7"])
        self.assertEqual([message.raw[p.start : p.end] for p in found], [place.uri for place in found])
        self.assertEqual([p.bracketed for p in found], [False, True, True])
        self.assertEqual(
            [message.raw[p.begin : p.after] for p in found],
            [b"sip:b@192.0.2.6;q=2", b'"A <b>" <sip:a@192.0.2.5>;q=1', b"<sip:c@192.0.2.7>"],
        )

    def test_a_star_is_no_contact(self) -> None:
        self.assertEqual(list(contacts(request(more="Contact: *\r\n"))), [])

    def test_what_is_no_uri_is_an_error(self) -> None:
        for value in ("nonsense", "<sip:a@h"):
            self.assertRaises(ParseError, list, contacts(request(more=f"Contact: {value}\r\n")))

    def test_the_first_one_is_known_by_its_host(self) -> None:
        found = first_contact(ctx("<sip:a@192.0.2.5:5070;ob>"))
        assert found is not None
        self.assertEqual(found.uri.host, b"192.0.2.5")
        self.assertFalse(found.rewritten)
        for value in ("", "*", "<tel:+1555>", "nonsense", "<sip:a@h;x=,>"):
            self.assertIsNone(first_contact(ctx(value)), value)

    def test_a_rewritten_one_is_seen_from_then_on(self) -> None:
        run = ctx("<sip:a@192.0.2.5>")
        found = first_contact(run)
        assert found is not None
        rewrite(run, found, b"sip:a@192.0.2.9:5070")
        found = first_contact(run)
        assert found is not None
        self.assertEqual((found.uri.host, found.rewritten), (b"192.0.2.9", True))
        self.assertIn(b"\r\nContact: <sip:a@192.0.2.9:5070>\r\n", run.draft.render(run.message))

    def test_once_changes_are_applied_it_is_what_the_message_has(self) -> None:
        run = ctx("<sip:a@192.0.2.5>")
        found = first_contact(run)
        assert found is not None
        rewrite(run, found, b"sip:a@192.0.2.9:5070")
        run.message = request(more="Contact: <sip:a@192.0.2.7>\r\n")
        found = first_contact(run)
        assert found is not None
        self.assertEqual((found.uri.host, found.rewritten), (b"192.0.2.7", False))

    def test_host_and_port_are_found_in_the_text(self) -> None:
        for text, part in (
            (b"sip:a:pw@192.0.2.5:5070;ob", b"192.0.2.5:5070"),
            (b"sip:192.0.2.5", b"192.0.2.5"),
            (b"SIPS:a@[2001:db8::1]:5061?x=y", b"[2001:db8::1]:5061"),
        ):
            start, end = host_port(Uri.parse(text))
            self.assertEqual(text[start:end], part)
