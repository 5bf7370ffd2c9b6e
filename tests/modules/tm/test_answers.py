from __future__ import annotations

from zope.interface.verify import verifyObject

from sipapp.errors import ConfigErrors
from sipapp.interfaces.reply import IReplier
from tests.modules.tm.scene import SceneTestCase


class AnswerTests(SceneTestCase):
    def answer(self, script: str, method: str = "OPTIONS", head: str = "") -> tuple[int, bytes]:
        self.play(f"request_route {{ {script} }}", head)
        self.alice.send(method)
        self.sip.advance(0)
        return (self.last().status, self.last().reason) if self.alice.messages else (0, b"")

    def test_it_provides_its_interface(self) -> None:
        self.play("request_route { exit; }")
        verifyObject(IReplier, self.tm)

    def test_status_and_reason_may_be_variables(self) -> None:
        self.assertEqual(
            self.answer('$var(c) = 404; $var(r) = "Not Here"; t_newtran(); t_reply($var(c), $var(r));'),
            (404, b"Not Here"),
        )
        self.assertEqual(self.answer('$var(c) = "404"; t_newtran(); t_reply("$var(c)", "$rm");'), (404, b"OPTIONS"))

    def test_a_reason_with_more_than_a_variable_stands_as_it_is(self) -> None:
        self.assertEqual(self.answer('t_newtran(); t_reply("404", "Not $rU");'), (404, b"Not $rU"))
        self.assertEqual(self.answer('t_send_reply("404", "$rU not");'), (404, b"$rU not"))

    def test_what_is_no_number_is_the_default(self) -> None:
        head = 'modparam("tm", "default_code", 480)\nmodparam("tm", "default_reason", "Later")\n'
        self.assertEqual(
            self.answer('$var(c) = "x"; t_newtran(); t_reply($var(c), $avp(none));', head=head), (480, b"Later")
        )

    def test_a_wrong_literal_status_does_not_load(self) -> None:
        error = self.assertRaises(ConfigErrors, self.answer, 't_reply("many", "x");')
        self.assertIn("app.cfg:", str(error))
        self.assertIn("'code' must be int", str(error))

    def test_a_status_that_is_none_is_false(self) -> None:
        for status in (99, 700):
            self.answer(f't_newtran(); $var(c) = {status}; t_reply($var(c), "x"); xlog("$rc");')
            self.assertEqual((self.said(), self.alice.statuses), (["-1"], []))

    def test_t_reply_needs_a_transaction_and_t_send_reply_makes_one(self) -> None:
        self.assertEqual(self.answer('t_reply("404", "x"); xlog("$rc");'), (0, b""))
        self.assertEqual(self.said(), ["-1"])
        self.assertEqual(self.answer('t_send_reply("404", "x"); xlog("$rc");'), (404, b"x"))
        self.assertEqual((self.said(), len(self.transactions)), (["1"], 1))

    def test_an_ack_is_never_answered(self) -> None:
        self.assertEqual(self.answer('t_send_reply("404", "x"); xlog("$rc");', "ACK"), (0, b""))

    def test_t_reply_error_tells_the_last_error(self) -> None:
        self.assertEqual(
            self.answer('$du = "sip:x.invalid"; t_relay(); t_reply_error();'),
            (478, b"Unresolvable destination (478/TM)"),
        )

    def test_in_an_onreply_route_it_answers_the_request(self) -> None:
        self.play(
            """request_route { $du = "sip:192.0.2.2"; t_on_reply("R"); t_relay(); }
            onreply_route[R] { if ($rs == 183) { t_reply("480", "enough"); } }"""
        )
        self.rings(self.bob, 180, (1.0, 183))
        self.invite(2)
        self.assertEqual(self.alice.received, [(0.0, 100), (0.0, 180), (1.0, 480)])
        self.assertEqual(self.bob.received[-1], (1.0, "CANCEL"))


class ReplierTests(SceneTestCase):
    """What sl makes of it."""

    def test_send_reply_is_stateful_where_there_is_a_transaction(self) -> None:
        for make in ("t_newtran();", ""):
            self.play(f'request_route {{ {make} send_reply("404", "x"); }}')
            self.options()
            self.assertEqual(len(self.transactions), 1 if make else 0)

    def test_sl_send_reply_in_a_transaction_that_waits_is_stateful(self) -> None:
        self.play('request_route { async_ms_sleep("100"); sl_send_reply("404", "x"); }')
        self.invite(0.2)
        self.assertEqual((self.alice.statuses, self.transactions[0].status), ([100, 404], 404))

    def test_the_tag_is_the_same_for_both(self) -> None:
        self.play('request_route { t_newtran(); t_reply("180", "x"); xlog("$T(id_label)"); send_reply("404", "y"); }')
        self.invite()
        first, second = self.alice.messages
        assert first.to is not None
        assert second.to is not None
        self.assertEqual(first.to.tag, second.to.tag)
