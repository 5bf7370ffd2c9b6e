"""What scripts and operators ask of the registrations."""

from __future__ import annotations

from sipapp.errors import RpcFault
from sipapp.interfaces.sql import ISqlEngine
from tests.fake_sql import FakeSql
from tests.modules.uac.test_registering import RegisteringCase, contact

OK = (0.0, 200, contact(300))


class ScriptTests(RegisteringCase):
    def said(self, body: str, modparams: str = "", answer: object = OK) -> list[str]:
        self.registering(answer, answer, modparams=modparams, route=body + 'sl_send_reply(200, "OK");')
        self.alice.send("OPTIONS")
        self.sip.advance(0)
        return [value.decode() for value in self.responses()[-1].values(b"x-said")]

    def tell(self, *what: str) -> str:
        return "".join(f'append_to_reply("X-Said: {w}\\r\\n");' for w in what)

    def test_lookups(self) -> None:
        body = 'uac_reg_lookup("id1", "$var(u)"); uac_reg_lookup_uri("sip:al@other", "$var(i)");'
        body += self.tell("$var(u) $var(i)") + 'uac_reg_lookup("id2", "$var(u)");' + self.tell("$rc")
        body += 'uac_reg_lookup_uri("al", "$var(u)");' + self.tell("$rc")
        self.assertEqual(self.said(body), ["sip:al@here.example id1", "-1", "-2"])

    def test_with_the_domain_where_wanted(self) -> None:
        body = 'uac_reg_lookup_uri("sip:al@other", "$var(i)");' + self.tell("$rc")
        self.assertEqual(self.said(body, 'modparam("uac", "reg_use_domain", 1)'), ["-1"])

    def test_status(self) -> None:
        body = 'uac_reg_status("id1");' + self.tell("$rc") + 'uac_reg_status("id2");' + self.tell("$rc")
        self.assertEqual(self.said(body), ["1", "-1"])
        self.assertEqual(self.said(body, answer=(0.0, 403, "X: 1")), ["-3", "-1"])
        self.assertEqual(self.said(body, answer=(9.0, 200, "X: 1")), ["-2", "-1"])
        self.assertEqual(self.said(body, 'modparam("uac", "reg_active", 0)'), ["-99", "-1"])

    HELD = "".join(f'modparam("uac", "auth_{n}_avp", "$avp({n})")' for n in ("username", "realm", "password"))

    def test_request_to_an_account(self) -> None:
        body = 'uac_reg_request_to("al", 1);' + self.tell("$rc $ru $du $avp(username) $avp(password)")
        body += 'uac_reg_request_to("al", 0);' + self.tell("$rc") + 'uac_reg_request_to("al", 8);' + self.tell("$rc")
        wanted = "1 sip:account@there.example sip:192.0.2.2:5060 auth secret"
        self.assertEqual(self.said(body, self.HELD), [wanted, "-1", "-1"])

    def test_enable_and_disable(self) -> None:
        body = "".join(
            f'uac_reg_{what}("{attribute}", "{value}");' + self.tell("$rc")
            for what, attribute, value in (
                ("disable", "l_uuid", "id1"),
                ("enable", "auth_username", "auth"),
                ("enable", "r_username", "nobody"),
                ("enable", "realm", "x"),
            )
        )
        self.assertEqual(self.said(body), ["1", "1", "-2", "-3"])

    def test_a_register_at_once_and_its_end(self) -> None:
        self.said('uac_reg_send_unregister("l_uuid", "id1");')
        self.assertEqual([r.first(b"expires") for r in self.requests()], [b"360", b"0"])
        self.said('uac_reg_send_register("r_username", "account");' + self.tell("$rc"))
        self.assertEqual([r.first(b"expires") for r in self.requests()], [b"360", b"360"])
        self.assertEqual(self.said('uac_reg_send_register("realm", "x");' + self.tell("$rc")), ["-1"])

    def test_refresh(self) -> None:
        body = 'uac_reg_refresh("id1");' + self.tell("$rc") + 'uac_reg_refresh("id2");' + self.tell("$rc")
        self.assertEqual(self.said(body), ["1", "-1"])


class WithoutDatabaseTests(RegisteringCase):
    def test_there_is_no_account(self) -> None:
        self.play('request_route { uac_reg_enable("l_uuid", "x"); sl_send_reply(200, "$rc"); }')
        self.alice.send("OPTIONS")
        self.sip.advance(0)
        self.assertEqual(self.responses()[-1].reason, b"-1")


class RpcTests(RegisteringCase):
    def refused(self, command: str, *parameters: object) -> int:
        fault: RpcFault = self.assertRaises(RpcFault, self.sip.rpc, command, *parameters)
        return fault.code

    def test_accounts_are_shown(self) -> None:
        self.registering(OK)
        (row,) = self.sip.rpc("uac.reg_dump")
        self.assertEqual((row["l_uuid"], row["diff_expires"]), ("id1", 300))
        self.assertEqual(self.refused("uac.reg_info", "realm", "x"), 400)
        self.assertEqual(self.refused("uac.reg_info", "l_uuid", "x"), 404)

    def test_enable_and_disable(self) -> None:
        self.registering(OK, OK)
        self.sip.rpc("uac.reg_disable", "l_uuid", "id1")
        self.assertTrue(self.account["flags"] & 1)
        self.sip.rpc("uac.reg_enable", "l_uuid", "id1")
        self.assertFalse(self.account["flags"] & 1)

    def test_reload_takes_what_the_database_has_now(self) -> None:
        self.registering(OK, OK)
        self.database.tables[b"uacreg"] = []
        self.sip.rpc("uac.reg_reload")
        self.assertEqual(self.sip.rpc("uac.reg_dump"), [])
        self.assertEqual(self.refused("uac.reg_reload"), 500)
        self.sip.advance(31)
        self.sip.rpc("uac.reg_reload")

    def test_refresh_and_remove_one(self) -> None:
        self.registering(OK, OK)
        self.sip.rpc("uac.reg_refresh", "id1")
        self.assertEqual(self.refused("uac.reg_refresh", "id2"), 404)
        self.sip.rpc("uac.reg_remove", "id1")
        self.assertEqual(self.refused("uac.reg_remove", "id1"), 404)

    def test_add_one(self) -> None:
        self.registering(OK, OK)
        values = ["id2", "l", "d", "r", "rd", ".", "a", "p", ".", "sip:192.0.2.2:5060", 60, 0, 0, ".", "."]
        self.sip.rpc("uac.reg_add", *values)
        self.assertEqual(self.sip.rpc("uac.reg_info", "l_uuid", "id2")["contact_addr"], "192.0.2.100")
        self.assertEqual(self.refused("uac.reg_add", *values), 409)
        self.assertEqual(self.refused("uac.reg_add", "id3"), 400)

    def test_register_and_unregister(self) -> None:
        self.registering(OK, OK, (0.0, 200, "X: 1"))
        self.sip.rpc("uac.reg_register", "l_uuid", "id1")
        self.sip.advance(0)
        self.sip.rpc("uac.reg_unregister", "l_uuid", "id1")
        self.sip.advance(0)
        self.assertEqual([r.first(b"expires") for r in self.requests()], [b"360", b"360", b"0"])

    def test_a_database_that_fails_is_a_fault(self) -> None:
        self.registering(OK)
        self.database.broken = True
        self.assertEqual(self.refused("uac.reg_reload"), 500)
        self.assertEqual(self.refused("uac.reg_refresh", "id1"), 500)


class EmptyTableTests(RegisteringCase):
    def test_an_empty_table_is_no_mistake(self) -> None:
        self.play(
            'modparam("uac", "reg_db_url", "fake://x") modparam("uac", "reg_contact_addr", "x")request_route { exit; }',
            provide={ISqlEngine: FakeSql()},
        )
        self.assertEqual(self.sip.rpc("uac.reg_dump"), [])
