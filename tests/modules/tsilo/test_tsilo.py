from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from sipapp.errors import ConfigError, ConfigErrors, LocalError
from sipapp.interfaces.registrar import IRegistrar
from sipapp.modules.tsilo import Tsilo
from tests.modules.stage import Server, made
from tests.modules.tm.scene import SceneTestCase
from tests.modules.tsilo.location import Location

SCRIPT = """request_route {
    if (is_method("CANCEL")) { t_relay(); exit; }
    if (is_method("INVITE")) {
        $du = "sip:192.0.2.2"; t_on_branch("B"); t_newtran(); ts_store(); t_relay();
        $shv(i) = $T(id_index); $shv(l) = $T(id_label); exit; }
    %s
    xlog("$rc"); sl_send_reply("200", "OK"); }
    branch_route[B] { append_hf("X-B: $T_branch_idx\\r\\n"); }"""
APPEND = 'ts_append("location", "sip:bob@example.com");'


class TsiloTests(SceneTestCase):
    def call(self, statements: str, head: str = "", answers: tuple[Any, ...] = (180,)) -> None:
        """alice calls bob, who answers like that; after a second carol registers, which runs the statements."""
        self.location = Location(bob=[b"sip:carol@192.0.2.3", b"sip:dave@192.0.2.4"])
        self.play(SCRIPT % statements, head, ("tsilo",), provide={IRegistrar: self.location})
        self.rings(self.bob, *answers)
        self.rings(self.carol, (0.5, 200))
        self.rings(self.dave, 180)
        self.invite(1)
        self.register()

    def register(self) -> None:
        self.dave.send("REGISTER")
        self.sip.advance(0)

    def figure(self, name: str) -> Any:
        return self.sip.server.statistics.find(name, "tsilo").value  # type: ignore[union-attr]

    def test_a_call_goes_to_who_registers_while_it_rings(self) -> None:
        self.call(APPEND)
        self.assertEqual(self.said(), ["1"])
        self.sip.advance(1)
        self.assertEqual(self.carol.received[0], (1.0, "INVITE"))
        self.assertEqual(self.carol.messages[0].first(b"x-b"), b"1")
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 180), (1.5, 200)])
        self.assertEqual(self.bob.received[-1][1], "CANCEL")
        self.assertEqual(self.location.asked, [(b"location", b"sip:bob@example.com")])

    def test_it_goes_there_once(self) -> None:
        self.call(APPEND)
        self.register()
        self.assertEqual(self.said(), ["1", "1"])
        self.assertEqual([what for _, what in self.carol.received], ["INVITE"])
        self.assertEqual((self.figure("added_branches"), len(self.transactions[0].branches)), (2, 3))

    def test_the_registrar_may_take_its_time(self) -> None:
        self.location = Location()
        self.call('ts_append("location", "sip:bob@example.com");')
        self.location.later = Deferred()
        self.register()
        self.assertEqual(self.said(), ["1"])
        self.location.later.callback(None)
        self.assertEqual(self.said(), ["1", "1"])

    def test_nobody_waits_for_others(self) -> None:
        self.call('ts_append("location", "sip:eve@example.com");')
        self.assertEqual((self.said(), self.location.asked), (["-1"], []))

    def test_a_user_without_contacts_leaves_the_call_alone(self) -> None:
        self.call(APPEND)
        self.location.contacts.clear()
        self.register()
        self.assertEqual(self.said()[-1], "1")
        self.assertEqual(self.figure("added_branches"), 2)

    def test_one_contact_alone_can_be_meant(self) -> None:
        self.call('ts_append_by_contact("location", "sip:bob@example.com", "sip:carol@192.0.2.3");')
        self.assertEqual((self.said(), self.carol.received[0][1]), (["1"], "INVITE"))
        self.assertNotIn("INVITE", [what for _, what in self.dave.received])

    def test_or_the_one_of_the_request(self) -> None:
        self.call('ts_append_by_contact("location", "sip:bob@example.com");')
        self.assertEqual(self.figure("added_branches"), 0)  # dave's Contact is sip:alice@192.0.2.4
        self.location.contacts[b"bob"] = [b"sip:alice@192.0.2.4:5060;ob"]
        self.register()
        self.assertEqual(self.figure("added_branches"), 1)

    def test_what_is_no_uri_is_false(self) -> None:
        for statement in (
            'ts_append("location", "nonsense");',
            'ts_append_by_contact("location", "nonsense", "sip:x");',
            'ts_append_by_contact("location", "sip:bob@example.com", "nonsense");',
            'ts_append_to("$shv(i)", "$shv(l)", "location", "nonsense");',
            'ts_store("nonsense");',
            'ts_store("sip:example.com");',
            "ts_store();",  # there is no transaction
        ):
            self.call(statement)
            self.assertEqual(self.said(), ["-1"], statement)

    def test_a_call_can_be_named(self) -> None:
        self.call('ts_append_to("$shv(i)", "$shv(l)", "location", "sip:bob@example.com");')
        self.assertEqual((self.said(), self.carol.received[0][1]), (["2"], "INVITE"))

    def test_its_own_uri_is_looked_up_where_none_is_given(self) -> None:
        self.call('ts_append_to("$shv(i)", "$shv(l)", "location");')
        self.assertEqual((self.said(), self.location.asked), (["2"], [(b"location", b"sip:bob@192.0.2.100:5060")]))

    def test_a_named_call_may_be_over_or_unknown(self) -> None:
        named = 'ts_append_to("$shv(i)", "$shv(l)", "location", "sip:%s@example.com");'
        self.call('ts_append_to("1", "2", "location", "sip:bob@example.com");')
        self.assertEqual(self.said(), ["-1"])
        self.call(named % "bob", answers=(180, (0.5, 200)))
        self.assertEqual(self.said(), ["-3"])
        self.call(named % "eve")
        self.assertEqual(self.said(), ["-4"])
        self.call(named % "bob")
        self.alice.cancel()
        self.sip.advance(0)
        self.register()
        self.assertEqual(self.said(), ["2", "-2"])

    def test_branches_of_the_request_can_be_given(self) -> None:
        self.call('append_branch("sip:carol@192.0.2.3"); ts_append_branches("sip:bob@example.com");')
        self.assertEqual((self.said(), self.carol.received[0][1]), (["1"], "INVITE"))
        self.assertEqual(self.figure("added_branches"), 1)

    def test_there_may_be_no_call_for_them(self) -> None:
        self.call('append_branch("sip:carol@192.0.2.3"); ts_append_branches("sip:eve@example.com");')
        self.assertEqual((self.said(), self.carol.received), (["-2"], []))

    def test_an_answered_call_gets_none(self) -> None:
        append = 'append_branch("sip:carol@192.0.2.3"); ts_append_branches("sip:bob@example.com");'
        self.call(append, answers=((0.5, 200),))
        self.assertEqual((self.said(), self.carol.received), (["1"], []))

    def test_a_call_is_forgotten_when_it_is_over(self) -> None:
        self.call("")
        self.assertEqual([self.figure(n) for n in ("stored_ruris", "stored_transactions")], [1, 1])
        self.bob.reply(self.bob.messages[0], 486)  # type: ignore[arg-type]
        self.sip.advance(60)
        self.assertEqual([self.figure(n) for n in ("stored_ruris", "stored_transactions")], [0, 0])
        self.assertEqual([self.figure(n) for n in ("total_ruris", "total_transactions")], [1, 1])

    def test_users_are_told_apart_by_their_domain_on_request(self) -> None:
        head = 'modparam("tsilo", "use_domain", 1)\n'
        self.call(APPEND, head)
        self.assertEqual(self.said(), ["-1"])
        self.call('ts_append("location", "sip:bob@192.0.2.100:5060");', head)
        self.assertEqual(self.said(), ["1"])

    def test_what_is_stored_can_be_listed(self) -> None:
        self.call("")
        t = self.transactions[0]
        listed = [{"Tindex": t.index, "Tlabel": t.label}]
        dump = self.sip.rpc("ts.dump")
        self.assertEqual((dump["Size"], dump["Stats"]), (2048, {"RURIs": 1, "Max-Slots": 1, "Transactions": 1}))
        self.assertEqual([(row["R-URI"], row["Transactions"]) for row in dump["R-URIs"]], [("bob", listed)])
        self.assertNotIn("R-URIs", self.sip.rpc("ts.dump", "brief"))
        self.assertEqual(self.sip.rpc("ts.lookup", "bob"), listed)
        self.assertRaises(LocalError, self.sip.rpc, "ts.lookup", "eve")

    def test_operators_can_send_calls_on(self) -> None:
        self.call("")
        self.assertEqual(self.sip.rpc("ts.append", "location", "sip:bob@example.com", "carol"), 1)
        self.assertEqual(self.sip.rpc("ts.append", "location", "sip:bob@example.com"), 1)
        self.assertEqual(self.sip.rpc("ts.append", "location", "sip:eve@example.com"), 0)
        self.call("")
        t = self.transactions[0]
        self.assertEqual(self.sip.rpc("ts.append_to", t.index, t.label, "location", "sip:bob@example.com"), 2)
        self.assertRaises(LocalError, self.sip.rpc, "ts.append_to", 1, 2, "location")

    def test_a_table_has_a_name(self) -> None:
        for name in ("", "0"):
            self.assertRaises(ConfigErrors, self.call, f'ts_append("{name}", "sip:bob@example.com");')

    def test_tm_and_registrar_are_needed(self) -> None:
        module = made(Tsilo)
        module.start(Server())
        self.assertRaises(ConfigError, module.started)
