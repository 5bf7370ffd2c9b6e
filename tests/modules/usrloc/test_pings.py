from __future__ import annotations

from typing import Any

from tests.modules.registrar.phones import PhoneCase

NATTED = 'setbflag(6); save("location"); exit;'
HEAD = 'loadmodule "nathelper" modparam("usrloc", "nat_bflag", 6) modparam("nathelper", "natping_interval", 5)\n'


class PingTests(PhoneCase):
    def targets(self, flags: int = 0, parts: int = 1, own: bool = False) -> list[Any]:
        usrloc = self.module("usrloc")
        return [target for part in range(parts) for target in usrloc.ping_targets(flags, part, parts, own)]

    def test_every_contact_is_in_one_part(self) -> None:
        self.serve()
        for user in ("bob", "carol", "dave", "eve"):
            self.register(f"<sip:{user}@192.0.2.1>", user=user)
        for parts in (1, 2, 7):
            contacts = sorted(target.contact for target in self.targets(parts=parts))
            self.assertEqual(contacts, [b"sip:%b@192.0.2.1" % u for u in (b"bob", b"carol", b"dave", b"eve")])

    def test_who_registers_meanwhile_has_a_turn_in_the_next_round(self) -> None:
        self.serve()
        usrloc = self.module("usrloc")
        self.assertEqual(list(usrloc.ping_targets(0, 0, 2, False)), [])
        self.register("<sip:a@192.0.2.1>")
        self.assertEqual(list(usrloc.ping_targets(0, 1, 2, False)), [])
        self.assertEqual(len(self.targets(parts=2)), 1)

    def test_flags_and_server_are_looked_at(self) -> None:
        self.serve(save=NATTED)
        self.register("<sip:a@192.0.2.1>")
        self.assertEqual([len(self.targets(flags)) for flags in (0, 64, 128, 192)], [1, 1, 0, 0])
        self.assertEqual(len(self.targets(own=True)), 1)
        vars(self.sip.server.config)["server_id"] = 7
        self.assertEqual(len(self.targets(own=True)), 0)

    def test_an_answer_is_forgotten_when_it_counts_no_more_whatever_became_of_its_contact(self) -> None:
        self.serve(save=NATTED, head='modparam("usrloc", "ka_timeout", 30)')
        self.register("<sip:a@192.0.2.1>")
        usrloc = self.module("usrloc")
        target = self.targets()[0]
        usrloc.keepalive_answered(target.aor_hash, target.ruid)
        self.register("<sip:a@192.0.2.1>;expires=0")
        self.sip.advance(30)
        self.targets()
        self.assertEqual(list(usrloc.answered), [target.ruid])
        self.sip.advance(1)
        self.targets()
        self.assertEqual(usrloc.answered, {})

    def test_nathelper_pings_them(self) -> None:
        self.serve(save=NATTED, head=HEAD + 'modparam("nathelper", "ping_nated_only", 1)\n')
        self.register("<sip:a@192.0.2.9:5070>")
        before = len(self.sip.network.packets)
        self.sip.advance(5)
        sent = [(packet.target, packet.data) for packet in self.sip.network.packets[before:]]
        self.assertEqual(sent, [(("udp", "192.0.2.9", 5070), bytes(4))])

    def test_one_that_answers_no_more_goes(self) -> None:
        self.serve(save=NATTED, head='modparam("usrloc", "ka_timeout", 30)')
        self.register("<sip:a@192.0.2.1>")
        usrloc = self.module("usrloc")
        target = self.targets()[0]
        self.sip.advance(20)
        usrloc.keepalive_answered(target.aor_hash, target.ruid)
        self.sip.advance(20)
        self.assertEqual(len(self.targets()), 1)
        usrloc.set_keepalive_timeout(15)
        self.assertEqual(len(self.targets()), 0)
        self.sip.advance(9)
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 1)
        self.sip.advance(1)
        self.assertEqual(self.statistic("usrloc", "location-contacts"), 0)
        self.assertEqual(usrloc.answered, {})
