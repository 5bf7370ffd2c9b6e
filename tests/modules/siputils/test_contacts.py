from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.module import ScriptError
from sipapp.modules.siputils import Siputils
from sipapp.modules.siputils.contacts import contact_uris, decode, encode, from_base64, to_base64
from tests.modules.stage import Server, context, made, request


class ContactsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.module = made(Siputils)
        self.module.start(Server())

    def ctx(self, contact: str = "<sip:alice@192.0.2.5>", uri: str = "sip:bob@example.com") -> Any:
        return context(request(uri=uri, more=f"Contact: {contact}\r\n" if contact else ""))

    def contact(self, ctx: Any) -> bytes:
        text = ctx.draft.render(ctx.message)
        return b" | ".join(line[9:] for line in text.split(b"\r\n") if line.startswith(b"Contact: "))

    def test_uris_are_found_in_every_form(self) -> None:
        message = request(more='Contact: "a <b>" <sip:x@h>;q=1, sip:y@h;q=1\r\nm: Z <sip:z@h;ob>\r\n')
        found = contact_uris(message)
        self.assertEqual([place.uri for place in found], [b"sip:x@h", b"sip:y@h", b"sip:z@h;ob"])
        self.assertEqual([message.raw[place.start : place.end] for place in found], [place.uri for place in found])
        self.assertEqual([place.bracketed for place in found], [True, False, True])
        self.assertRaises(ScriptError, contact_uris, request(more='Contact: "x\r\n'))

    def test_all_parts_of_a_uri_go_into_a_user_part_and_back(self) -> None:
        for plain, coded in (
            (b"sip:alice@192.0.2.1:5070", b"sip:p*alice**192.0.2.1*5070*@h"),
            (b"sip:alice:pw@192.0.2.1;transport=tcp", b"sip:p*alice*pw*192.0.2.1**tcp@h"),
            (b"sip:192.0.2.1", b"sip:p***192.0.2.1**@h"),
        ):
            self.assertEqual(encode(plain, b"p", b"h", b"*"), coded)
            self.assertEqual(decode(coded, b"*"), plain)
        self.assertEqual(decode(b"sip:p*alice**192.0.2.1*5070*@h;x=1", b"*"), b"sip:alice@192.0.2.1:5070;x=1")

    def test_what_was_not_encoded_is_not_decoded(self) -> None:
        for uri, code in (
            (b"sip:bob@h", -26),
            (b"sip:p*a@h", -26),
            (b"sip:p*a*b*c*d*e*f@h", -24),
            (b"nonsense", -22),
            (b"sip:h", -23),
            (b"sip:p*a***5*@h", -2),
            (b"sip:p**x*h**@h", -3),
        ):
            self.assertEqual(self.assertRaises(ScriptError, decode, uri, b"*").code, code, uri)

    def test_contact_is_encoded_where_it_stands(self) -> None:
        ctx = self.ctx("<sip:alice@192.0.2.5:5070>;q=1, sip:b@192.0.2.6")
        self.assertEqual(self.module.encode_contact(ctx, b"enc", b"192.0.2.77"), 1)
        self.assertEqual(
            self.contact(ctx), b"<sip:enc*alice**192.0.2.5*5070*@192.0.2.77>;q=1, sip:enc*b**192.0.2.6**@192.0.2.77"
        )

    def test_a_star_stays(self) -> None:
        ctx = self.ctx("*")
        self.assertEqual(self.module.encode_contact(ctx, b"enc", b"192.0.2.77"), 1)
        self.assertEqual(self.contact(ctx), b"*")

    def test_contact_and_request_uri_are_decoded(self) -> None:
        ctx = self.ctx("<sip:enc*alice**192.0.2.5*5070*@192.0.2.77>", "sip:enc*b**192.0.2.6**udp@192.0.2.77")
        self.assertEqual((self.module.decode_contact(ctx), self.module.decode_contact_header(ctx)), (1, 1))
        self.assertEqual(ctx.draft.request_uri, b"sip:b@192.0.2.6;transport=udp")
        self.assertEqual(self.contact(ctx), b"<sip:alice@192.0.2.5:5070>")

    def test_another_separator(self) -> None:
        module = made(Siputils, contact_flds_separator="#")
        module.start(Server())
        ctx = self.ctx()
        module.encode_contact(ctx, b"p", b"h")
        self.assertEqual(self.contact(ctx), b"<sip:p#alice##192.0.2.5##@h>")
        module = made(Siputils, contact_flds_separator="")
        self.assertRaises(ConfigError, module.start, Server())

    def test_without_contact_there_is_nothing_to_encode(self) -> None:
        ctx = self.ctx("")
        self.assertRaises(ScriptError, self.module.encode_contact, ctx, b"p", b"h")
        self.assertEqual(self.module.contact_param_encode(ctx, b"a", b"sip:h"), 1)
        self.assertEqual(self.module.contact_param_check(ctx, b"a"), 1)

    def test_a_uri_is_hidden_in_a_parameter_and_found_again(self) -> None:
        ctx = self.ctx()
        self.assertEqual(self.module.contact_param_encode(ctx, b"alias", b"sip:192.0.2.1"), 1)
        hidden = b"sip:192.0.2.1;alias=c2lwOmFsaWNlQDE5Mi4wLjIuNQ"
        self.assertEqual(self.contact(ctx), b"<" + hidden + b">")
        back = self.ctx(f"<{hidden.decode()}>;q=1", hidden.decode())
        self.assertEqual(self.module.contact_param_decode(back, b"ALIAS"), 1)
        self.assertEqual(self.module.contact_param_decode_ruri(back, b"alias"), 1)
        self.assertEqual(self.contact(back), b"<sip:alice@192.0.2.5>;q=1")
        self.assertEqual(back.draft.request_uri, b"sip:alice@192.0.2.5")

    def test_an_address_without_brackets_gets_them(self) -> None:
        ctx = self.ctx("sip:a@h;q=1")
        self.module.contact_param_encode(ctx, b"p", b"sip:x")
        self.assertEqual(self.contact(ctx), b"<sip:x;p=" + to_base64(b"sip:a@h") + b">;q=1")

    def test_the_sender_may_be_hidden_too(self) -> None:
        ctx = self.ctx()
        self.module.contact_param_encode_alias(ctx, b"p", b"sip:x")
        coded = self.contact(ctx)[len(b"<sip:x;p=") : -1]
        self.assertEqual(from_base64(coded), b"sip:alice@192.0.2.5;alias=192.0.2.9~5070~1")

    def test_without_the_parameter_nothing_is_decoded(self) -> None:
        ctx = self.ctx("<sip:a@h>, *")
        for function in (self.module.contact_param_decode, self.module.contact_param_decode_ruri):
            self.assertEqual(function(ctx, b"p"), 1)
        self.assertEqual((ctx.draft.edits, ctx.draft.request_uri), ([], None))

    def test_what_is_no_base64_is_an_error_and_changes_nothing(self) -> None:
        ctx = self.ctx("<sip:a@h;p=c2lwOmFAaA>, <sip:a@h;p=!>", "sip:a@h;p=~")
        self.assertRaises(ScriptError, self.module.contact_param_decode, ctx, b"p")
        self.assertRaises(ScriptError, self.module.contact_param_decode_ruri, ctx, b"p")
        self.assertEqual(ctx.draft.edits, [])

    def test_a_parameter_is_removed_from_every_uri(self) -> None:
        ctx = self.ctx('"Al" <sip:a@h:5070;ob>;expires=120, <sip:b@h;x=1;OB=2;y>')
        self.assertEqual(self.module.contact_param_check(ctx, b"ob"), 1)
        self.assertEqual(self.module.contact_param_rm(ctx, b"ob"), 1)
        self.assertEqual(self.contact(ctx), b'"Al" <sip:a@h:5070>;expires=120, <sip:b@h;x=1;y>')

    def test_a_header_parameter_is_not_one_of_the_uri(self) -> None:
        ctx: Any = self.ctx("<sip:a@h>;ob, *")
        self.assertEqual(self.module.contact_param_check(ctx, b"ob"), -1)
        self.module.contact_param_rm(ctx, b"ob")
        self.assertEqual(ctx.draft.edits, [])
