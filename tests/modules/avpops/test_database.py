"""AVPs in a table."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine
from sipapp.module.avp_names import Every
from sipapp.modules.avpops import Avpops
from sipapp.modules.db_sqlite import DbSqlite
from sipapp.sql.preferences import Owner, Stored
from tests.fake_sql import FakeSql
from tests.modules.stage import Server, context, made, new_path
from tests.modules.talk import TalkCase
from tests.sql.threaded import ThreadReactor


def row(attribute: Any, value: Any, kind: int = 0, **owner: bytes) -> dict[bytes, Any]:
    columns = {"uuid": b"", "username": b"", "domain": b"", **owner}
    return {
        b"attribute": attribute,
        b"value": value,
        b"type": kind,
        **{name.encode(): field for name, field in columns.items()},
    }


class DatabaseCase(TalkCase):
    modules = "avpops"
    head = 'modparam("avpops", "db_url", "fake://db/x") modparam("avpops", "avp_table", "usr_preferences")'

    def with_rows(self, rows: list[dict[bytes, Any]], script: str, **facts: Any) -> list[str]:
        self.database = FakeSql(usr_preferences=rows)
        return self.run_script(script, provide={ISqlEngine: self.database}, **facts)

    def stored(self, *columns: bytes) -> list[tuple[Any, ...]]:
        return [tuple(found[c] for c in columns) for found in self.database.tables[b"usr_preferences"]]


class LoadTests(DatabaseCase):
    def test_by_a_key_of_its_own(self) -> None:
        rows = [row(b"x", b"a", uuid=b"1"), row(b"x", b"b", uuid=b"1"), row(b"y", b"c", uuid=b"1"), row(b"x", b"d")]
        said = self.with_rows(rows, 'avp_db_load("1", "$avp(x)"); say("$rc $(avp(x)[*]) $avp(y)");')
        self.assertEqual(said, ["1 b, a <null>"])

    def test_by_user_domain_or_both(self) -> None:
        rows = [
            row(b"x", b"user", username=b"alice", domain=b"other.example"),
            row(b"x", b"domain", username=b"carol", domain=b"example.com"),
        ]
        script = "".join(
            f'avp_db_load("{whose}", "$avp(x)"); say("$rc $(avp(x)[*])"); avp_delete("*");'
            for whose in ("$fu", "$fu/username", "$fu/domain", "sip:alice@example.com/uri")
        )
        self.assertEqual(self.with_rows(rows, script), ["1 user", "1 user", "1 domain", "1 user"])
        self.assertEqual(self.with_rows(rows, script, head='modparam("avpops", "use_domain", 1)')[0], "-1 <null>")

    def test_the_type_says_what_name_and_value_are(self) -> None:
        rows = [row(b"x", b"7", 1, uuid=b"1"), row(b"5", b"t", 2, uuid=b"1"), row(b"6", 8, 3, uuid=b"1")]
        script = 'avp_db_load("1", "*"); $var(n) = $avp(x); say("$var(n) $avp(i:5) $avp(i:6)");'
        self.assertEqual(self.with_rows(rows, script), ["7 t 8"])
        script = 'avp_db_load("1", "i"); say("$avp(x) $avp(i:5) $avp(i:6)");'
        self.assertEqual(self.with_rows(rows, script), ["<null> t 8"])

    def test_rows_that_are_wrong_are_left_out(self) -> None:
        rows = [row(b"x", None, uuid=b"1"), row(b"x", b"seven", 1, uuid=b"1"), row(b"x", b"ok", uuid=b"1")]
        self.assertEqual(self.with_rows(rows, 'avp_db_load("1", "$avp(x)"); say("$(avp(x)[*])");'), ["ok"])
        self.assertTrue(self.logged("a row without a value"))

    def test_a_scheme_has_its_own_columns(self) -> None:
        scheme = "age:table=subscriber;uuid_col=id;value_col=years;value_type=integer"
        self.database = FakeSql(subscriber=[{b"id": b"alice", b"years": b"41"}])
        script = 'avp_db_load("$fU", "$avp(age)/$Age"); $var(n) = $avp(age) + 1; say("$var(n)");'
        head = f'modparam("avpops", "db_scheme", "{scheme}")'
        self.assertEqual(self.run_script(script, head=head, provide={ISqlEngine: self.database}), ["42"])

    def test_the_route_waits_for_the_database(self) -> None:
        self.database = FakeSql(usr_preferences=[row(b"x", b"a", uuid=b"1")])
        self.database.wait = True
        script = 'avp_db_load("1", "$avp(x)"); say("$avp(x)");'
        self.assertEqual(self.run_script(script, provide={ISqlEngine: self.database}), [])
        self.database.go()
        self.sip.advance(0)
        self.assertEqual([m.values(b"x-said") for m in self.alice.messages], [[b"a"]])

    def test_what_cannot_be_asked_is_false(self) -> None:
        whose = ("$var(no)", "nobody/uri", "sip:example.com/uri")
        script = '$var(no) = $null; $vn(k) = $null; avp_db_load("$vn(k)", "$avp(x)"); say("$rc");'
        script += "".join(f'avp_db_load("{w}", "$avp(x)"); say("$rc");' for w in whose)
        self.assertEqual(self.with_rows([], script), ["-1", "-1", "-1", "-1"])

    def test_a_database_that_fails_is_false(self) -> None:
        self.database = FakeSql()
        self.database.broken = True
        script = "".join(f'avp_db_{f}("1", "$avp(x)"); say("$rc");' for f in ("load", "delete", "store"))
        self.assertEqual(self.run_script("$avp(x) = 1;" + script, provide={ISqlEngine: self.database}), ["-1"] * 3)

    def test_what_cannot_be_meant_is_refused(self) -> None:
        calls = (
            'avp_db_load("$fu/user", "$avp(x)");',
            'avp_db_load("$fu", "$var(x)");',
            'avp_db_load("$fu", "$avp(x)/");',
            'avp_db_load("$fu", "$avp(x)/$none");',
            'avp_db_load("$fu", "*/$none");',
            'avp_db_store("$fu", "$avp(x)/$none");',
        )
        for call in calls:
            self.assertRaises(ConfigError, self.serve, call, provide={ISqlEngine: FakeSql()})


class WithoutDatabaseTests(TalkCase):
    modules = "avpops"

    def test_the_functions_want_one(self) -> None:
        for function in ("load", "store", "delete"):
            why = self.assertRaises(ConfigError, self.serve, f'avp_db_{function}("$fu", "$avp(x)");')
            self.assertIn("db_url", str(why))


class StoreTests(DatabaseCase):
    def test_every_value_is_a_row(self) -> None:
        script = '$avp(x) = "a"; $avp(x) = 5; avp_db_store("$fu", "$avp(x)"); say("$rc");'
        self.assertEqual(self.with_rows([], script), ["1"])
        self.assertEqual(
            self.stored(b"username", b"domain", b"attribute", b"value", b"type"),
            [(b"alice", b"", b"x", b"5", 1), (b"alice", b"", b"x", b"a", 0)],
        )

    def test_all_avps_numbers_for_names_are_marked(self) -> None:
        self.with_rows([], '$avp(x) = "a"; $avp(i:7) = 5; avp_db_store("1", "*");')
        self.assertEqual(
            self.stored(b"uuid", b"attribute", b"value", b"type"), [(b"1", b"x", b"a", 0), (b"1", b"7", b"5", 3)]
        )

    def test_what_the_database_has_is_not_stored_again(self) -> None:
        script = 'avp_db_load("1", "$avp(x)"); $avp(x) = "b"; avp_db_store("1", "$avp(x)"); say("$rc");'
        said = self.with_rows([row(b"x", b"a", uuid=b"1")], script + 'avp_db_store("1", "$avp(x)"); say("$rc");')
        self.assertEqual(said, ["1", "-1"])
        self.assertEqual(self.stored(b"value"), [(b"a",), (b"b",)])

    def test_a_table_of_its_own(self) -> None:
        self.with_rows([], '$avp(x) = "a"; avp_db_store("1", "$avp(x)/other");')
        self.assertEqual(len(self.database.tables[b"other"]), 1)


class DeleteTests(DatabaseCase):
    def test_one_name_or_all_of_an_owner(self) -> None:
        rows = [row(b"x", b"a", uuid=b"1"), row(b"y", b"b", uuid=b"1"), row(b"x", b"c", uuid=b"2")]
        self.with_rows(list(rows), 'avp_db_delete("1", "$avp(x)");')
        self.assertEqual(self.stored(b"value"), [(b"b",), (b"c",)])
        self.with_rows(list(rows), 'avp_db_delete("1", "*");')
        self.assertEqual(self.stored(b"value"), [(b"c",)])


class SqliteTests(SynchronousTestCase):
    """The whole way, to a file and back."""

    def setUp(self) -> None:
        self.server = Server()
        self.reactor = self.server.reactor = self.server.clock = ThreadReactor()
        engine = made(DbSqlite)
        self.addCleanup(lambda: ensureDeferred(engine.stop()))
        self.server.modules["db_sqlite"] = engine
        self.avpops = made(Avpops, db_url=f"sqlite:///{new_path(self)}", avp_table=b"prefs")
        self.avpops.start(self.server)
        columns = b"uuid text, username text, domain text, attribute text, value text, type integer"
        self.done(self.avpops.database.execute(b"create table prefs(%b)" % columns))

    def done(self, answer: Any) -> Any:
        return self.reactor.result(answer if isinstance(answer, Deferred) else ensureDeferred(answer))

    def test_stored_loaded_asked_for_and_deleted(self) -> None:
        owner = Owner(b"uuid", lambda ctx: b"1")
        everything = Stored(Every(text=True, number=True), b"", None)
        ctx = context(server=self.server)
        ctx.avps = {b"x": [b"a", 5], 7: [b"seven"]}
        self.assertTrue(self.done(self.avpops.avp_db_store(ctx, owner, everything)))
        other = context(server=self.server)
        self.assertTrue(self.done(self.avpops.avp_db_load(other, owner, everything)))
        loaded = {key: sorted(values, key=str) for key, values in other.avps.items()}
        self.assertEqual(loaded, {b"x": [5, b"a"], 7: [b"seven"]})
        asked = self.done(self.avpops.avp_db_query(other, lambda ctx, database: b"select count(*) from prefs"))
        self.assertEqual((asked, other.avps[1]), (True, [3]))
        self.assertTrue(self.done(self.avpops.avp_db_delete(other, owner, everything)))
        self.assertFalse(self.done(self.avpops.avp_db_load(other, owner, everything)))
