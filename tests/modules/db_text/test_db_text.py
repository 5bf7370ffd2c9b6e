"""db_text: tables in files, from a script's side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sipapp.errors import ConfigError
from sipapp.testing.harness import Harness
from tests.modules.stage import new_path
from tests.modules.talk import TalkCase

USERS = b"id(int,auto) name(str) credit(double,null)\n1:alice:2.50\n2:bob:\n"


class DbTextTests(TalkCase):
    modules = "db_text sqlops"

    def setUp(self) -> None:
        self.folder = Path(new_path(self))
        self.folder.mkdir()
        (self.folder / "users").write_bytes(USERS)
        (self.folder / "README").write_text("no table\n")

    def serve(self, body: str, head: str = "", routes: str = "", **facts: Any) -> Harness:
        sqlcon = f'modparam("sqlops", "sqlcon", "ca=>text://{self.folder}")'
        return super().serve(body, f"{sqlcon}\n{head}", routes, **facts)

    def users(self) -> bytes:
        return (self.folder / "users").read_bytes()

    def test_tables_are_asked_as_any_other(self) -> None:
        said = self.run_script(
            'sql_query("ca", "select name, credit from users order by id", "ra"); '
            'say("$dbr(ra=>[0,0]) $dbr(ra=>[0,1]) $dbr(ra=>[1,0]) $dbr(ra=>[1,1])");'
        )
        self.assertEqual(said, ["alice 2.5 bob <null>"])
        self.assertTrue(self.logged("README: not a column: 'no table'"))

    def test_a_row_gets_the_next_number_and_is_written_when_the_server_stops(self) -> None:
        self.serve('sql_query("ca", "insert into users(name) values (\'carol\')");')
        self.ask()
        self.assertEqual(self.users(), USERS)
        self.sip.close()
        self.assertEqual(self.users(), USERS + b"3:carol:\n")

    def test_db_text_dump_writes_now(self) -> None:
        self.serve('sql_query("ca", "delete from users where id=1");')
        self.ask()
        self.assertEqual(self.sip.rpc("db_text.dump"), "Dump OK")
        self.assertEqual(self.users(), b"id(int,auto) name(str) credit(double,null)\n2:bob:\n")

    def test_a_file_that_cannot_be_written_is_an_error(self) -> None:
        self.serve('sql_query("ca", "delete from users where id=1");')
        self.ask()
        (self.folder / "users").unlink()
        (self.folder / "users").mkdir()
        self.assertEqual(self.sip.rpc("db_text.dump"), "Dump failed")

    def change(self) -> None:
        (self.folder / "users").write_bytes(USERS + b"3:carol:1\n")
        os.utime(self.folder / "users", (1, 1))

    def test_changes_of_the_files_are_not_seen(self) -> None:
        self.serve('sql_query("ca", "select name from users", "ra"); say("$dbr(ra=>rows)");')
        self.assertEqual(self.ask(), ["2"])
        self.change()
        self.assertEqual(self.ask(), ["2"])

    def test_with_db_mode_1_they_are(self) -> None:
        self.serve(
            'sql_query("ca", "select name from users", "ra"); say("$dbr(ra=>rows)");',
            'modparam("db_text", "db_mode", 1)',
        )
        self.assertEqual(self.ask(), ["2"])
        self.change()
        self.assertEqual(self.ask(), ["3"])

    def test_db_text_query(self) -> None:
        self.serve("", f'modparam("db_text", "default_connection", "text://{self.folder}")')
        self.assertEqual(
            self.sip.rpc("db_text.query", "select name, credit from users where id=1"),
            [{"name": "alice", "credit": "2.5"}],
        )
        self.assertEqual(
            self.sip.rpc("db_text.query", "sel"), 'error executing sql statement: near "sel": syntax error'
        )

    def test_db_text_query_wants_a_connection(self) -> None:
        self.serve("")
        self.assertEqual(self.sip.rpc("db_text.query", "select 1"), "no default_connection")

    def test_wrong_urls_and_parameters_are_refused(self) -> None:
        self.assertRaises(ConfigError, super().serve, "", 'modparam("sqlops", "sqlcon", "ca=>text:x")')
        self.assertRaises(ConfigError, self.serve, "", 'modparam("db_text", "db_delim", "::")')

    def test_a_folder_that_is_not_there(self) -> None:
        super().serve(
            '$var(r) = sql_query("ca", "select 1"); say("$var(r)");',
            'modparam("sqlops", "sqlcon", "ca=>text:///no/such/folder")\nmodparam("sqlops", "connect_mode", 1)',
        )
        self.assertEqual(self.ask(), ["-2"])
