from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.interfaces.transport import Flow, Socket
from sipapp.module import ScriptError
from sipapp.modules.nathelper import Nathelper
from sipapp.modules.nathelper.alias import alias_uri
from tests.modules.stage import TCP, Server, context, made, request, variable


class AliasTests(SynchronousTestCase):
    def make(self, contact: str | None = None, uri: str = "sip:bob@example.com", **parameters: Any) -> tuple[Any, Any]:
        module, server = made(Nathelper, **parameters), Server()
        module.start(server)
        more = f"Contact: {contact}\r\n" if contact else ""
        return module, context(request(uri=uri, more=more), server)

    def contact(self, ctx: Any) -> bytes:
        text: bytes = ctx.draft.render(ctx.message)
        return next(line[9:] for line in text.split(b"\r\n") if line.startswith(b"Contact: "))

    def test_add_puts_the_source_behind_host_and_port(self) -> None:
        for contact, changed in (
            ("<sip:a@10.0.0.5:5099;ob>;q=1", b"<sip:a@10.0.0.5:5099;alias=192.0.2.9~5070~1;ob>;q=1"),
            ("sip:a@10.0.0.5;q=1", b"<sip:a@10.0.0.5;alias=192.0.2.9~5070~1>;q=1"),
            ("<sip:a@192.0.2.9:5070>", b"<sip:a@192.0.2.9:5070;alias=192.0.2.9~5070~1>"),
        ):
            module, ctx = self.make(contact)
            self.assertEqual(module.add_contact_alias(ctx), 1)
            self.assertEqual(self.contact(ctx), changed)

    def test_add_has_nothing_to_do_where_the_contact_is_the_source(self) -> None:
        for contact in ("<sip:a@192.0.2.9:5070;transport=udp>", None):
            module, ctx = self.make(contact)
            self.assertEqual(module.add_contact_alias(ctx), 2)
            self.assertEqual(ctx.draft.edits, [])

    def test_add_fails_without_a_host_and_after_a_rewrite(self) -> None:
        module, ctx = self.make("*")
        self.assertRaises(ScriptError, module.add_contact_alias, ctx)
        module, ctx = self.make("<sip:a@10.0.0.5>")
        module.set_contact_alias(ctx)
        self.assertRaises(ScriptError, module.add_contact_alias, ctx)

    def test_add_takes_an_address_of_the_scripts_own(self) -> None:
        for given, text in (
            ((b"198.51.100.1", b"5080", b"TLS"), b"198.51.100.1~5080~3"),
            ((b"2001:db8::1", b"5080", b"ws"), b"[2001:db8::1]~5080~5"),
        ):
            module, ctx = self.make("<sip:a@10.0.0.5>")
            self.assertEqual(module.add_contact_alias_of(ctx, *given), 1)
            self.assertEqual(self.contact(ctx), b"<sip:a@10.0.0.5;alias=%b>" % text)
        module, ctx = self.make()
        self.assertEqual(module.add_contact_alias_of(ctx, b"x", b"y", b"z"), 2)

    def test_add_refuses_what_is_no_address(self) -> None:
        module, ctx = self.make("<sip:a@10.0.0.5>")
        for given in (
            (b"example.com", b"5080", b"udp"),
            (b"198.51.100", b"5080", b"udp"),
            (b"198.51.100.1", b"0", b"udp"),
            (b"198.51.100.1", b"65536", b"udp"),
            (b"198.51.100.1", b"5080", b"dccp"),
        ):
            self.assertRaises(ScriptError, module.add_contact_alias_of, ctx, *given)

    def test_set_puts_the_source_at_the_end_of_the_uri(self) -> None:
        for contact, changed in (
            ("<sip:a@10.0.0.5;ob>;q=1", b"<sip:a@10.0.0.5;ob;alias=192.0.2.9~5070~1>;q=1"),
            ("sip:a@10.0.0.5;q=1", b"<sip:a@10.0.0.5;alias=192.0.2.9~5070~1>;q=1"),
        ):
            module, ctx = self.make(contact)
            self.assertEqual(module.set_contact_alias(ctx), 1)
            self.assertEqual(self.contact(ctx), changed)

    def test_set_works_once(self) -> None:
        module, ctx = self.make("<sip:a@10.0.0.5>")
        module.set_contact_alias(ctx)
        self.assertRaises(ScriptError, module.set_contact_alias, ctx)
        module, ctx = self.make()
        self.assertEqual(module.set_contact_alias(ctx), -1)

    def test_trim_takes_an_alias_out_before(self) -> None:
        for contact, changed in (
            ("<sip:a@h;alias=192.0.2.1~5060~2;ob>", b"<sip:a@h;ob;alias=192.0.2.9~5070~1>"),
            ("<sip:a@h;ob>", b"<sip:a@h;ob;alias=192.0.2.9~5070~1>"),
            ("<sip:a@h;alias=192.0.2.1~5060>", b"<sip:a@h;alias=192.0.2.1~5060;alias=192.0.2.9~5070~1>"),
        ):
            module, ctx = self.make(contact)
            module.set_contact_alias(ctx, 1)
            self.assertEqual(self.contact(ctx), changed)

    def test_the_source_may_be_ipv6_and_a_stream(self) -> None:
        module, ctx = self.make("<sip:a@h>")
        ctx.message.flow = Flow(Socket("wss", "2001:db8::1", 443), "2001:db8::9", 5070)
        module.set_contact_alias(ctx)
        self.assertEqual(self.contact(ctx), b"<sip:a@h;alias=[2001:db8::9]~5070~6>")

    def test_the_parameter_may_have_another_name(self) -> None:
        module, ctx = self.make("<sip:a@h>", "sip:b@h;nat=192.0.2.1~5060~1", alias_name=b"nat")
        module.set_contact_alias(ctx)
        self.assertEqual(self.contact(ctx), b"<sip:a@h;nat=192.0.2.9~5070~1>")
        self.assertEqual(module.handle_ruri_alias(ctx), 1)
        self.assertEqual(ctx.draft.next_hop, b"sip:192.0.2.1:5060")

    def test_handle_sends_where_the_alias_says(self) -> None:
        module, ctx = self.make(uri="sip:bob@10.0.0.5:5099;ob;alias=192.0.2.1~5060~2;x=1?h=v")
        self.assertEqual(module.handle_ruri_alias(ctx), 1)
        self.assertEqual(ctx.draft.next_hop, b"sip:192.0.2.1:5060;transport=tcp")
        self.assertEqual(ctx.draft.request_uri, b"sip:bob@10.0.0.5:5099;ob;x=1?h=v")

    def test_handle_takes_the_first_or_the_last(self) -> None:
        uri = "sip:bob@h;alias=192.0.2.1~5060~1;ob;alias=192.0.2.2~5060~1"
        module, ctx = self.make(uri=uri)
        module.handle_ruri_alias(ctx)
        self.assertEqual(ctx.draft.next_hop, b"sip:192.0.2.1:5060")
        module, ctx = self.make(uri=uri)
        module.handle_ruri_alias(ctx, 1)
        self.assertEqual(ctx.draft.next_hop, b"sip:192.0.2.2:5060")
        self.assertEqual(ctx.draft.request_uri, b"sip:bob@h;alias=192.0.2.1~5060~1;ob")

    def test_handle_works_on_the_uri_that_the_script_has_set(self) -> None:
        module, ctx = self.make()
        ctx.draft.request_uri = b"sip:bob@h;alias=192.0.2.1~5060~1"
        self.assertEqual(module.handle_ruri_alias(ctx), 1)
        self.assertEqual(ctx.draft.request_uri, b"sip:bob@h")

    def test_handle_has_nothing_to_do_without_an_alias(self) -> None:
        for uri in ("sip:bob@h", "sip:bob@h;ob", "sip:bob@h;xalias=192.0.2.1~5060~1", "sip:bob@h;alias=1~2"):
            module, ctx = self.make(uri=uri)
            self.assertEqual(module.handle_ruri_alias(ctx), 2)
            self.assertIsNone(ctx.draft.next_hop)

    def test_handle_refuses_a_broken_alias_and_changes_nothing(self) -> None:
        for value in ("192.0.2.1", "192.0.2.1~5060", "192.0.2.1~5060~", "192.0.2.1~5060~9", "192.0.2.1~5060~1x"):
            module, ctx = self.make(uri=f"sip:bob@h;alias={value}")
            self.assertRaises(ScriptError, module.handle_ruri_alias, ctx)
            self.assertEqual((ctx.draft.next_hop, ctx.draft.request_uri), (None, None))

    def test_a_request_uri_that_is_none_is_an_error(self) -> None:
        module, ctx = self.make()
        ctx.draft.request_uri = b"nonsense"
        self.assertRaises(ScriptError, module.handle_ruri_alias, ctx)

    def test_an_ipv6_alias_gets_brackets(self) -> None:
        self.assertEqual(alias_uri(b"2001:db8::1~5060~1"), b"sip:[2001:db8::1]:5060")
        self.assertEqual(alias_uri(b"[2001:db8::1]~5060~6"), b"sip:[2001:db8::1]:5060;transport=ws")

    def test_the_alias_of_a_contact_goes_to_a_variable(self) -> None:
        module, ctx = self.make("<sip:a@h;alias=192.0.2.1~5060~1;ob>;q=1")
        target = variable()
        self.assertEqual(module.set_alias_to_pv(ctx, target), 1)
        self.assertEqual(target.value, b"sip:192.0.2.1:5060;transport=udp")

    def test_it_must_be_there_and_the_only_contact(self) -> None:
        module, ctx = self.make()
        self.assertEqual(module.set_alias_to_pv(ctx, variable()), -1)
        for contact in ("<sip:a@h>", "<sip:a@h;alias=192.0.2.1>", "<sip:a@h>, <sip:b@h>", "nonsense"):
            module, ctx = self.make(contact)
            self.assertRaises(ScriptError, module.set_alias_to_pv, ctx, variable())

    def test_add_knows_a_stream_by_its_transport(self) -> None:
        module, ctx = self.make("<sip:a@192.0.2.9:5070;transport=TCP>")
        ctx.message.flow = Flow(TCP, "192.0.2.9", 5070)
        self.assertEqual(module.add_contact_alias(ctx), 2)
