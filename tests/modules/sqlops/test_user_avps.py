"""sqlops: AVPs of users in a table. What they have in common with avpops is tried with avpops."""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from tests.modules.sqlops.asking import AskingCase


def row(name: bytes, value: Any, kind: int = 0, uuid: bytes = b"", username: bytes = b"") -> dict[bytes, Any]:
    return {
        b"uuid": uuid,
        b"username": username,
        b"domain": b"",
        b"attribute": name,
        b"value": value,
        b"type": kind,
    }


class UserAvpsTests(AskingCase):
    head = 'modparam("sqlops", "db_url", "fake:")'

    def setUp(self) -> None:
        super().setUp()
        self.sql.tables[b"usr_preferences"] = [row(b"x", b"a", uuid=b"1"), row(b"x", b"5", 1, username=b"alice")]

    def test_avps_are_loaded_by_key_and_by_user(self) -> None:
        said = self.run_script(
            'sql_avp_load("1", "$avp(x)"); say("$rc $avp(x)"); sql_avp_load("$fu", "a"); say("$rc $(avp(x)[*])");'
        )
        self.assertEqual(said, ["1 a", "1 5, a"])

    def test_a_prefix_is_of_the_names(self) -> None:
        body = 'sql_avp_load("1", "$avp(x)", 0, "caller_"); say("$avp(caller_x) $avp(x)");'
        self.assertEqual(self.run_script(body), ["a <null>"])

    def test_avps_are_stored_once_and_deleted(self) -> None:
        body = """$avp(y) = "new"; sql_avp_store("$fu/username", "$avp(y)"); $var(a) = $rc;
            sql_avp_store("$fu", "$avp(y)"); $var(b) = $rc; sql_avp_delete("1", "$avp(x)");
            say("$var(a) $var(b) $rc");"""
        self.assertEqual(self.run_script(body), ["1 -1 1"])
        found = [(one[b"username"], one[b"value"]) for one in self.sql.tables[b"usr_preferences"]]
        self.assertEqual(found, [(b"alice", b"5"), (b"alice", b"new")])

    def test_none_and_an_error_are_false(self) -> None:
        self.assertEqual(self.run_script('sql_avp_load("2", "$avp(x)"); say("$rc");'), ["-1"])
        for function in ("load", "store", "delete"):
            self.serve(f'$avp(x) = "a"; sql_avp_{function}("1", "$avp(x)"); say("$rc");')
            self.sql.broken = True
            self.assertEqual(self.ask(), ["-1"], function)
            self.sql.broken = False

    def test_what_is_no_avp_is_a_mistake(self) -> None:
        for body in ('sql_avp_load("1", "$var(x)");', 'sql_avp_load("1/x", "a");', 'sql_avp_store("1", "a", 9);'):
            self.assertRaises(ConfigError, self.serve, body)
