"""Calls that wait for a registration, whole: tm, usrloc, registrar and tsilo together."""

from __future__ import annotations

from tests.modules.registrar.phones import PhoneCase, requests

WAITING = """
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (!lookup("location")) { t_set_fr(0, 20000); t_suspend(); ts_store(); exit; }
    t_newtran();
    ts_store("$tu");
    t_relay();
"""


class WaitingCallTests(PhoneCase):
    def wait(self, append: str = 'ts_append("location", "$tu");') -> None:
        """Calls wait for phones, and ring where some are; a registration does what `append` says."""
        save = f'if (is_method("REGISTER")) {{ save("location"); {append} xlog("$rc\\n"); exit; }}\n'
        head = 'loadmodule "tmx" loadmodule "tsilo"'
        self.serve(WAITING, head, save=save)
        self.phones = [self.sip.peer(f"udp:192.0.2.{n}:5060") for n in (2, 3)]
        for phone in self.phones:
            phone.answers = lambda request: [180] if request.method == b"INVITE" else [200]

    def calls(self) -> list[list[bytes]]:
        """The Request-URIs of the calls that each phone has got, retransmissions left out."""
        return [sorted({r.uri for r in requests(p) if r.method == b"INVITE"}) for p in self.phones]

    def test_a_call_goes_on_when_its_user_has_registered(self) -> None:
        self.wait()
        self.tell("INVITE", "bob")
        self.sip.advance(5)
        self.assertEqual((self.phone.statuses, self.calls()), ([100], [[], []]))
        self.register("<sip:a@192.0.2.2>")
        self.assertEqual((self.calls(), self.phone.statuses), ([[b"sip:a@192.0.2.2"], []], [100, 200, 180]))

    def test_all_contacts_are_called(self) -> None:
        self.wait()
        self.tell("INVITE", "bob")
        self.register("<sip:a@192.0.2.2>", "<sip:b@192.0.2.3>")
        self.assertEqual(self.calls(), [[b"sip:a@192.0.2.2"], [b"sip:b@192.0.2.3"]])

    def test_one_that_rings_is_extended_and_no_phone_is_called_twice(self) -> None:
        self.wait()
        self.register("<sip:a@192.0.2.2>")
        self.tell("INVITE", "bob")
        self.register("<sip:b@192.0.2.3>")
        self.register("<sip:a@192.0.2.2>", "<sip:b@192.0.2.3>")
        self.assertEqual(self.calls(), [[b"sip:a@192.0.2.2"], [b"sip:b@192.0.2.3"]])
        self.assertEqual([len({r.via.branch for r in requests(p) if r.via}) for p in self.phones], [1, 1])

    def test_the_phone_that_has_registered_can_be_meant_alone(self) -> None:
        self.wait('ts_append_by_contact("location", "$tu");')
        self.sip.rpc("ul.add", "location", "bob", "sip:a@192.0.2.2", 600, 1.0, "0", 0, 0, 1)
        self.sip.rpc("ul.add", "location", "carol", "sip:a@192.0.2.2", 600, 1.0, "0", 0, 0, 1)
        self.tell("INVITE", "bob")
        self.sip.rpc("ul.add", "location", "bob", "sip:c@192.0.2.2", 600, 1.0, "0", 0, 0, 1)
        self.register("<sip:b@192.0.2.3>")
        self.assertEqual(self.calls(), [[b"sip:a@192.0.2.2"], [b"sip:b@192.0.2.3"]])

    def test_one_call_can_be_named(self) -> None:
        self.wait('ts_append_to("$shv(i)", "$shv(l)", "location", "$tu");')
        self.tell("INVITE", "bob")
        transaction = next(iter(self.module("tm").table))
        self.module("pv").shared.put(b"i", transaction.index)
        self.module("pv").shared.put(b"l", transaction.label)
        self.register("<sip:a@192.0.2.2>")
        self.assertEqual((self.calls()[0], self.said()[-1]), ([b"sip:a@192.0.2.2"], "1"))

    def test_path_and_socket_of_the_registration_are_the_way_there(self) -> None:
        self.wait()
        self.sip.rpc("ul.add", "location", "carol", "sip:x@192.0.2.9", 600, 1.0, "0", 0, 0, 1)
        self.tell("INVITE", "bob")
        self.register('<sip:a@10.0.0.1>;received="sip:192.0.2.2:5060"')
        self.assertEqual(self.calls()[0], [b"sip:a@10.0.0.1"])

    def test_one_that_is_given_up_is_not_called(self) -> None:
        self.wait()
        self.tell("INVITE", "bob")
        self.phone.cancel()
        self.sip.advance(0)
        self.register("<sip:a@192.0.2.2>")
        self.assertEqual(self.calls(), [[], []])

    def test_a_registration_that_ends_leaves_the_call_alone(self) -> None:
        self.wait()
        self.tell("INVITE", "bob")
        self.register("*", lines=("Expires: 0",))
        self.assertEqual((self.calls(), self.phone.statuses), ([[], []], [100, 200]))
