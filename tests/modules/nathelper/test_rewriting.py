from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.transport import Flow, Socket
from sipapp.module import ScriptError
from sipapp.modules.nathelper import Nathelper
from sipapp.testing.harness import Harness
from tests.modules.stage import TCP, Server, context, made, request

REGISTRAR = """
loadmodule "sl" loadmodule "pv" loadmodule "textops" loadmodule "nathelper"
modparam("nathelper", "received_avp", "$avp(received)")
request_route {
    fix_nated_register();
    append_to_reply("X-Received: $avp(received)\\r\\n");
    sl_send_reply(200, "OK");
}
"""


class RewritingTests(SynchronousTestCase):
    def make(self, contact: str | None) -> tuple[Any, Any]:
        module, server = made(Nathelper), Server()
        module.start(server)
        return module, context(request("REGISTER", more=f"Contact: {contact}\r\n" if contact else ""), server)

    def contact(self, ctx: Any) -> bytes:
        text: bytes = ctx.draft.render(ctx.message)
        return next(line[9:] for line in text.split(b"\r\n") if line.startswith(b"Contact: "))

    def test_the_source_takes_the_place_of_host_and_port(self) -> None:
        for contact, changed in (
            ("<sip:a@10.0.0.5:5099;ob>;q=1", b"<sip:a@192.0.2.9:5070;ob>;q=1"),
            ('"A" <sip:a:pw@example.com>', b'"A" <sip:a:pw@192.0.2.9:5070>'),
            ("sip:10.0.0.5;q=1", b"sip:192.0.2.9:5070;q=1"),
        ):
            module, ctx = self.make(contact)
            self.assertEqual(module.fix_nated_contact(ctx), 1)
            self.assertEqual(self.contact(ctx), changed)

    def test_an_ipv6_source_has_brackets(self) -> None:
        module, ctx = self.make("<sip:a@[fd00::5]:5099;ob>")
        ctx.message.flow = Flow(Socket("udp", "2001:db8::1", 5060), "2001:db8::9", 5070)
        module.fix_nated_contact(ctx)
        self.assertEqual(self.contact(ctx), b"<sip:a@[2001:db8::9]:5070;ob>")

    def test_maddr_goes(self) -> None:
        for contact, changed in (
            ("<sip:a@h;maddr=192.0.2.5;ob>", b"<sip:a@192.0.2.9:5070;ob>"),
            ("<sip:a@h;ob;maddr=192.0.2.5;x=1?h=v>", b"<sip:a@192.0.2.9:5070;ob;x=1?h=v>"),
        ):
            module, ctx = self.make(contact)
            module.fix_nated_contact(ctx)
            self.assertEqual(self.contact(ctx), changed)

    def test_it_works_once(self) -> None:
        module, ctx = self.make("<sip:a@10.0.0.5>")
        module.fix_nated_contact(ctx)
        self.assertRaises(ScriptError, module.fix_nated_contact, ctx)

    def test_later_checks_see_the_public_address(self) -> None:
        module, ctx = self.make("<sip:a@10.0.0.5>")
        self.assertEqual(module.nat_uac_test(ctx, 1), 1)
        module.fix_nated_contact(ctx)
        self.assertEqual(module.nat_uac_test(ctx, 1), -1)

    def test_without_a_contact_with_a_host_it_is_false(self) -> None:
        for contact in (None, "*", "<tel:+1555>"):
            module, ctx = self.make(contact)
            self.assertEqual(module.fix_nated_contact(ctx), -1)

    def test_received_is_added_to_each_contact(self) -> None:
        module, ctx = self.make("<sip:a@h>;q=1, sip:b@h;q=2")
        self.assertEqual(module.add_rcv_param(ctx), 1)
        self.assertEqual(
            self.contact(ctx),
            b'<sip:a@h>;q=1;received="sip:192.0.2.9:5070", sip:b@h;q=2;received="sip:192.0.2.9:5070"',
        )

    def test_or_to_its_uri(self) -> None:
        module, ctx = self.make("<sip:a@h;ob>;q=1")
        module.add_rcv_param(ctx, 1)
        self.assertEqual(self.contact(ctx), b"<sip:a@h;ob;received=sip:192.0.2.9:5070>;q=1")

    def test_to_its_uri_only_for_udp(self) -> None:
        module, ctx = self.make("<sip:a@h;ob>")
        ctx.message.flow = Flow(TCP, "192.0.2.9", 5070)
        self.assertRaises(ScriptError, module.add_rcv_param, ctx, 1)
        module.add_rcv_param(ctx)
        self.assertEqual(self.contact(ctx), b'<sip:a@h;ob>;received="sip:192.0.2.9:5070;transport=tcp"')

    def test_a_star_and_no_contact_get_nothing(self) -> None:
        for contact in (None, "*"):
            module, ctx = self.make(contact)
            self.assertEqual(module.add_rcv_param(ctx), 1)
            self.assertEqual(ctx.draft.edits, [])
        module, ctx = self.make("nonsense")
        self.assertRaises(ScriptError, module.add_rcv_param, ctx)

    def test_the_registrar_is_told_by_an_avp(self) -> None:
        sip = Harness(REGISTRAR)
        self.addCleanup(sip.close)
        alice = sip.peer("udp:192.0.2.9:5070")
        alice.send("REGISTER")
        sip.advance(0)
        self.assertEqual(alice.messages[0].first(b"x-received"), b"sip:192.0.2.9:5070")

    def test_without_the_parameter_that_is_an_error(self) -> None:
        module, ctx = self.make(None)
        self.assertRaises(ScriptError, module.fix_nated_register, ctx)

    def test_the_parameter_must_be_an_avp(self) -> None:
        for name in ("$var(x)", "received", "$avp(x"):
            self.assertRaises(ConfigError, made(Nathelper, received_avp=name).start, Server())
