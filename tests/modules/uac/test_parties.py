"""Names and URIs written into From and To."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.message.parse import parse
from sipapp.module import ScriptError
from sipapp.modules.uac.parties import party, write
from tests.modules.stage import context


def with_from(value: bytes) -> object:
    return parse(
        b"OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9\r\nFrom: %b\r\n"
        b"To: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n" % value
    )


class PartyTests(SynchronousTestCase):
    def after(self, value: bytes, display: bytes | None, uri: bytes | None) -> bytes:
        ctx = context(with_from(value))
        write(ctx, party(ctx.message, b"from"), display, uri)
        lines = ctx.draft.render(ctx.message).split(b"\r\n")
        found: bytes = next(line[6:] for line in lines if line.startswith(b"From: "))
        return found

    def test_name_and_uri_are_replaced_the_rest_stays(self) -> None:
        self.assertEqual(self.after(b'"A <x>"  <sip:a@b>;tag=1', b"Neo", b"sip:n@m"), b"Neo  <sip:n@m>;tag=1")

    def test_none_leaves_what_there_is(self) -> None:
        self.assertEqual(self.after(b"Al <sip:a@b>;tag=1", None, b"sip:n@m"), b"Al <sip:n@m>;tag=1")
        self.assertEqual(self.after(b"Al <sip:a@b>;tag=1", b"Neo", None), b"Neo <sip:a@b>;tag=1")

    def test_an_empty_name_takes_it_away(self) -> None:
        self.assertEqual(self.after(b"Al <sip:a@b>;tag=1", b"", None).strip(), b"<sip:a@b>;tag=1")

    def test_a_name_where_there_was_none(self) -> None:
        self.assertEqual(self.after(b"<sip:a@b>;tag=1", b"Neo", None), b"Neo <sip:a@b>;tag=1")

    def test_a_bare_uri_gets_brackets_with_its_name(self) -> None:
        self.assertEqual(self.after(b"sip:a@b;tag=1", b"Neo", b"sip:n@m"), b"Neo <sip:n@m>;tag=1")
        self.assertEqual(self.after(b"sip:a@b;tag=1", None, b"sip:n@m"), b"sip:n@m;tag=1")

    def test_text_is_name_and_uri_without_parameters(self) -> None:
        for value, wanted in ((b"Al <sip:a@b>;tag=1", b"Al <sip:a@b>"), (b"sip:a@b;tag=1", b"sip:a@b")):
            message = with_from(value)
            self.assertEqual(party(message, b"from").text(message), wanted)  # type: ignore[arg-type]

    def test_a_malformed_or_missing_one_is_an_error(self) -> None:
        self.assertRaises(ScriptError, party, with_from(b'"A <sip:a@b>'), b"from")
        self.assertRaises(ScriptError, party, with_from(b"<sip:a@b>"), b"contact")
