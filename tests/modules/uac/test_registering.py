"""Accounts registered elsewhere."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine
from tests.fake_sql import FakeSql
from tests.modules.uac.scene import SceneCase
from tests.modules.uac.test_account import ROW

ASKS = 'WWW-Authenticate: Digest realm="there", nonce="abc"'


def contact(expires: int) -> str:
    return f"Contact: <sip:id1@192.0.2.100:5060>;expires={expires}"


class RegisteringCase(SceneCase):
    def registering(self, *answers: Any, modparams: str = "", route: str = "exit;", **row: Any) -> None:
        given = {name.encode(): value for name, value in {**ROW, **row}.items()}
        self.database = FakeSql(uacreg=[given])
        head = 'modparam("uac", "reg_db_url", "fake://x") modparam("uac", "reg_contact_addr", "192.0.2.100")'
        self.play(f"{head}{modparams} request_route {{ {route} }}", provide={ISqlEngine: self.database})
        coming = iter(answers)
        self.bob.answers = lambda request: [next(coming)]
        self.sip.advance(0)

    @property
    def account(self) -> Any:
        return self.sip.rpc("uac.reg_info", "l_uuid", "id1")


class RegisteringTests(RegisteringCase):
    def test_an_account_is_registered_at_the_start(self) -> None:
        self.registering((0.0, 200, contact(300)))
        request = self.requests()[0]
        self.assertEqual((request.method, request.uri), (b"REGISTER", b"sip:there.example"))
        self.assertEqual((request.from_.uri, request.to.uri), (b"sip:account@there.example",) * 2)
        self.assertEqual(request.first(b"contact"), b"<sip:id1@192.0.2.100:5060>")
        self.assertEqual(request.first(b"expires"), b"360")
        self.assertEqual((self.account["flags"], self.account["diff_expires"]), (4 + 16, 300))

    def test_and_again_before_it_expires(self) -> None:
        self.registering((0.0, 200, contact(300)), (0.0, 200, contact(300)))
        self.sip.advance(179)
        self.assertEqual(len(self.requests()), 1)
        self.sip.advance(91)  # the round at 270 s is the last in time
        self.assertEqual(len(self.requests()), 2)

    def test_a_challenge_is_answered(self) -> None:
        self.registering((0.0, 401, ASKS), (0.0, 200, contact(300)))
        first, second = self.requests()
        self.assertIn(b'Digest username="auth", realm="there"', second.first(b"authorization"))
        self.assertEqual((second.call_id, second.cseq.number), (first.call_id, first.cseq.number + 1))
        self.assertEqual(self.account["flags"], 4 + 16)

    def test_for_its_realm_only(self) -> None:
        self.registering((0.0, 401, ASKS), realm=b"elsewhere")
        self.assertEqual((len(self.requests()), self.account["flags"]), (1, 1 + 16))

    def test_a_refusal_disables_it(self) -> None:
        self.registering((0.0, 403, "X: 1"))
        self.assertEqual(self.account["flags"], 1 + 16)
        self.sip.advance(200)
        self.assertEqual(len(self.requests()), 1)

    def test_or_is_tried_again_after_a_while(self) -> None:
        self.registering(
            (0.0, 403, "X: 1"), (0.0, 200, contact(300)), modparams='modparam("uac", "reg_retry_interval", 10)'
        )
        self.sip.advance(90)
        self.assertEqual((len(self.requests()), self.account["flags"]), (2, 4 + 16))

    def test_too_brief_an_interval_is_made_longer(self) -> None:
        self.registering((0.0, 423, "Min-Expires: 1800"), (0.0, 200, contact(1800)))
        self.sip.advance(90)
        self.assertEqual(self.requests()[1].first(b"expires"), b"1800")

    def test_the_call_may_be_kept(self) -> None:
        modparams = 'modparam("uac", "reg_keep_callid", 1)'
        self.registering((0.0, 200, contact(60)), (0.0, 200, contact(60)), modparams=modparams)
        self.sip.advance(90)
        first, second = self.requests()
        self.assertEqual((second.call_id, second.cseq.number), (first.call_id, first.cseq.number + 1))

    def test_the_first_may_wait(self) -> None:
        self.registering((0.0, 200, contact(300)), reg_delay=100)
        self.sip.advance(99)
        self.assertEqual(self.requests(), [])
        self.sip.advance(90)
        self.assertEqual(len(self.requests()), 1)

    def test_a_delay_is_made_up_where_wanted(self) -> None:
        self.registering(modparams='modparam("uac", "reg_random_delay", 60)')
        self.assertTrue(1 <= self.account["reg_delay"] <= 60)

    def test_no_account_is_registered_while_inactive(self) -> None:
        self.registering((0.0, 200, contact(300)), modparams='modparam("uac", "reg_active", 0)')
        self.sip.advance(90)
        self.assertEqual(self.requests(), [])
        self.assertEqual(self.sip.rpc("uac.reg_active", 1), {"omode": 0, "nmode": 1})
        self.sip.advance(90)
        self.assertEqual(len(self.requests()), 1)

    def test_a_row_that_is_wrong_is_left_out(self) -> None:
        self.registering(auth_password=b"")
        self.assertEqual(self.sip.rpc("uac.reg_dump"), [])
        self.assertTrue(self.logged("no auth_password or auth_ha1"))

    def test_a_contact_address_must_be_given(self) -> None:
        head = 'modparam("uac", "reg_db_url", "fake://x") request_route { exit; }'
        self.assertRaises(ConfigError, self.play, head, provide={ISqlEngine: FakeSql()})
