from __future__ import annotations

from sipapp.errors import ConfigError, ConfigErrors
from sipapp.interfaces.registrar import IRegistrar
from sipapp.testing.harness import Harness
from tests.modules.registrar.phones import PhoneCase

A, B = "<sip:a@192.0.2.1>", "<sip:b@192.0.2.2>"


class RegistrarTests(PhoneCase):
    def test_usrloc_and_sl_are_needed(self) -> None:
        for modules in ("sl", "usrloc"):
            loads = f'loadmodule "{modules}" loadmodule "registrar" request_route {{ exit; }}'
            self.assertRaises((ConfigError, ConfigErrors), Harness, loads)

    def test_registrations_are_counted(self) -> None:
        self.serve(head='modparam("registrar", "max_expires", 600)')
        self.register(A)
        self.register("*")
        names = ("accepted_regs", "rejected_regs", "max_expires", "default_expire", "max_contacts")
        self.assertEqual([self.statistic("registrar", name) for name in names], [1, 1, 600, 3600, 0])

    def test_users_are_as_usrloc_says(self) -> None:
        self.serve(
            'lookup("location"); xlog("$rc\\n");',
            'modparam("usrloc", "use_domain", 1) modparam("registrar", "realm_prefix", "sip.")'
            'modparam("registrar", "case_sensitive", 1)',
        )
        self.register(A, to="<sip:Bob@sip.example.com>")
        self.assertEqual([self.look(user)[0] for user in ("bob", "Bob")], ["-1", "1"])
        self.assertEqual(self.sip.rpc("ul.lookup", "location", "Bob@example.com")["AoR"], "Bob@example.com")

    def test_flow_timer_needs_outbound(self) -> None:
        self.assertRaises(ConfigError, self.serve, head='modparam("registrar", "flow_timer", 30)')

    def test_another_module_can_have_the_targets(self) -> None:
        self.serve()
        self.register(A, B)
        registrar: IRegistrar = self.sip.server.get(IRegistrar)
        ctx = self.sip.server.background()
        self.assertEqual(self.successResultOf(registrar.add_targets(ctx, b"location", b"sip:bob@example.com")), 1)
        self.assertEqual([t.uri for t in ctx.draft.targets], [b"sip:a@192.0.2.1", b"sip:b@192.0.2.2"])
        self.assertEqual(self.successResultOf(registrar.add_targets(ctx, b"location")), -1)


class UnregisterTests(PhoneCase):
    def told(self, statement: str) -> tuple[str, int]:
        """$rc, and how many contacts are left of two."""
        self.serve(f'lookup("location"); {statement} xlog("$rc\\n");')
        self.register(A, B)
        return self.look()[0], len(self.listed(self.register()))

    def test_all_contacts_of_a_user_go(self) -> None:
        self.assertEqual(self.told('unregister("location", "sip:bob@example.com");'), ("1", 0))
        self.assertEqual(self.told('unregister("location", "sip:carol@example.com");'), ("1", 2))

    def test_or_one(self) -> None:
        self.assertEqual(self.told('unregister("location", "sip:bob@example.com", "$ruid");'), ("1", 1))
        self.assertEqual(self.told('unregister("location", "sip:bob@example.com", "x");'), ("-3", 2))

    def test_of_somebody(self) -> None:
        self.assertEqual(self.told('unregister("location", "nonsense");'), ("-1", 2))
        self.assertEqual(self.told('unregister("location", "", "$ruid");'), ("-2", 2))


class EventTests(PhoneCase):
    def test_each_contact_whose_time_is_over_is_told_of(self) -> None:
        self.serve(
            routes="""event_route[usrloc:contact-expired] {
                xlog("$ulc(exp=>aor) $ulc(exp=>addr) $ulc(exp=>domain)\\n"); }"""
        )
        self.register(f"{A};expires=60, {B};expires=90")
        self.sip.advance(59)
        self.assertEqual(self.said(), ["1"])
        self.sip.advance(1)
        self.assertEqual(self.said()[1:], ["bob sip:a@192.0.2.1 location"])
        self.sip.advance(30)
        self.assertEqual(self.said()[2:], ["bob sip:b@192.0.2.2 location"])

    def test_one_that_is_removed_is_not(self) -> None:
        self.serve(routes='event_route[usrloc:contact-expired] { xlog("gone\\n"); }')
        self.register(A)
        self.register(f"{A};expires=0")
        self.sip.advance(4000)
        self.assertNotIn("gone", self.said())


class SocketTests(PhoneCase):
    def test_the_socket_can_be_told_to_another_server(self) -> None:
        self.serve('$du = "sip:192.0.2.2"; add_sock_hdr("Sock"); if (!add_sock_hdr("")) xlog("no\\n"); t_relay();')
        other = self.sip.peer("udp:192.0.2.2:5060")
        self.assertEqual(self.look(), ["no"])
        self.assertEqual(other.messages[0].first(b"sock"), b"udp:192.0.2.100:5060")
