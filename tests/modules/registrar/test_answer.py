from __future__ import annotations

from sipapp.message.response import Response
from tests.modules.registrar.phones import PhoneCase

A = "<sip:a@192.0.2.1>"
FLOW = A + ';+sip.instance="<urn:uuid:1>";reg-id=1'
SECOND_VIA = "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKx"


class OutboundTests(PhoneCase):
    """RFC 5626 §6."""

    def use(self, mode: int, head: str = "") -> None:
        self.serve(head=f'modparam("registrar", "outbound_mode", {mode}) modparam("registrar", "use_path", 1){head}')

    def extensions(self, answer: Response) -> list[bytes | None]:
        return [answer.first(key) for key in (b"supported", b"require", b"flow-timer", b"unsupported")]

    def test_it_is_refused_where_it_is_not_supported(self) -> None:
        self.use(0)
        answer = self.register(FLOW, lines=("Require: outbound",))
        self.assertEqual(self.status(answer), (420, "No support for Outbound on server"))
        self.assertEqual(self.extensions(answer), [None, None, None, b"outbound"])
        self.assertEqual(self.register(FLOW, lines=("Require: path",)).status, 200)

    def test_where_it_is_both_sides_agree(self) -> None:
        self.use(1, 'modparam("registrar", "flow_timer", 25)')
        answer = self.register(FLOW, lines=("Supported: outbound, path",))
        self.assertEqual(self.extensions(answer), [b"outbound", b"outbound", b"25", None])
        self.assertEqual(self.extensions(self.register(A)), [b"outbound", None, None, None])

    def test_it_may_be_required(self) -> None:
        self.use(2)
        answer = self.register(A)
        self.assertEqual(self.status(answer), (421, "No support for Outbound indicated"))
        self.assertEqual(self.extensions(answer), [b"outbound", b"outbound", None, None])
        answer = self.register(FLOW, lines=("Supported: outbound",))
        self.assertEqual(self.extensions(answer), [b"outbound", b"outbound", None, None])

    def test_the_edge_must_support_it_too(self) -> None:
        self.use(1)
        supported = (SECOND_VIA, "Supported: outbound, path")
        for path in ((), ("Path: <sip:192.0.2.7;lr>",), ("Path: nonsense",), ("Path: <nonsense;lr>",)):
            answer = self.register(FLOW, lines=(*supported, *path))
            self.assertEqual(self.status(answer), (439, "No support for Outbound on edge proxy"))
        answer = self.register(FLOW, lines=(*supported, "Path: <sip:192.0.2.7;lr;ob>"))
        self.assertIn("reg-id=1", self.listed(answer)[0])

    def test_else_reg_id_does_not_count_unless_it_always_does(self) -> None:
        self.use(1)
        self.assertNotIn("reg-id", self.listed(self.register(FLOW, lines=(SECOND_VIA,)))[0])
        self.use(1, 'modparam("registrar", "regid_mode", 1)')
        self.assertIn("reg-id=1", self.listed(self.register(FLOW, lines=(SECOND_VIA,)))[0])


class GruuTests(PhoneCase):
    """RFC 5627."""

    def gruus(self) -> tuple[str, str]:
        listed = self.listed(self.register(FLOW, lines=("Supported: gruu",)))[-1]
        public, _, rest = listed.partition('pub-gruu="')[2].partition('"')
        return public, rest.partition('temp-gruu="')[2].partition('"')[0]

    def test_a_device_that_supports_them_gets_two_that_lead_to_it(self) -> None:
        self.serve('lookup("location"); xlog("$rc $ru $branch(count)\\n");')
        self.register("<sip:other@192.0.2.1>;q=1")
        public, temporary = self.gruus()
        self.assertEqual(public, "sip:bob@example.com;gr=urn:uuid:1")
        self.assertTrue(temporary.endswith("@example.com;gr"), temporary)
        for uri in (public, temporary):
            self.phone.send("MESSAGE", uri)
            self.sip.advance(0)
            self.assertEqual(self.said()[-1], "1 sip:a@192.0.2.1 <null>", uri)

    def test_with_domains_too(self) -> None:
        self.serve('lookup("location"); xlog("$rc $ru\\n");', 'modparam("usrloc", "use_domain", 1)')
        for uri in self.gruus():
            self.phone.send("MESSAGE", uri)
            self.sip.advance(0)
            self.assertEqual(self.said()[-1], "1 sip:a@192.0.2.1", uri)

    def test_one_of_a_device_that_is_gone_leads_nowhere(self) -> None:
        self.serve('lookup("location"); xlog("$rc\\n");')
        uris = self.gruus()
        self.register("<sip:other@192.0.2.1>")
        self.register("<sip:a@192.0.2.1>;expires=0")
        for uri in (*uris, "sip:x@example.com;gr", "sip:x-1@example.com;gr"):
            self.phone.send("MESSAGE", uri)
            self.sip.advance(0)
        self.assertEqual(self.said()[-4:], ["-1", "-1", "-3", "-1"])

    def test_others_get_none(self) -> None:
        self.serve()
        self.assertNotIn("gruu", self.listed(self.register(FLOW))[0])
        self.serve(head='modparam("registrar", "gruu_enabled", 0)')
        self.assertNotIn("gruu", self.listed(self.register(FLOW, lines=("Supported: gruu",)))[0])


class AnswerTests(PhoneCase):
    def test_received_has_the_name_that_the_script_gives_it(self) -> None:
        for name, shown in (("received", ';received="sip:192.0.2.9"'), ("rcv", ';rcv="sip:192.0.2.9"'), ("", "")):
            self.serve(head=f'modparam("registrar", "received_param", "{name}")')
            answer = self.register(A + ';received="sip:192.0.2.9"')
            self.assertEqual(self.listed(answer), [f"{A};expires=3600{shown}"])

    def test_it_goes_through_the_transaction_where_there_is_one(self) -> None:
        self.serve(save='t_newtran(); save("location"); exit;')
        self.assertEqual(self.listed(self.register(A)), [f"{A};expires=3600"])
        self.sip.advance(0.5)
        self.assertEqual(self.phone.statuses, [200])

    def test_in_a_failure_route_it_is_sent_in_onreply_route_not(self) -> None:
        self.serve(
            save='$du = "sip:192.0.2.2"; t_on_reply("R"); t_on_failure("F"); t_relay(); exit;',
            routes='failure_route[F] { save("location"); } onreply_route[R] { if ($rs == 200) save("location"); }',
        )
        registrar = self.sip.peer("udp:192.0.2.2:5060")
        registrar.answers = lambda request: [500]
        self.assertEqual(self.listed(self.register(A)), [f"{A};expires=3600"])
        registrar.answers = lambda request: [200]
        self.assertEqual(self.listed(self.register("<sip:x@192.0.2.1>")), ["<sip:192.0.2.2:5060>"])
        listed = self.sip.rpc("ul.lookup", "location", "bob")["Contacts"]
        self.assertEqual([c["Contact"]["Address"] for c in listed], ["sip:a@192.0.2.1", "sip:192.0.2.2:5060"])
