"""avpops as a script loads it."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.interfaces.sql import ISqlEngine
from tests.fake_sql import FakeSql
from tests.modules.talk import TalkCase


class AvpopsTests(TalkCase):
    modules = "avpops"

    def test_it_runs_without_a_database(self) -> None:
        self.assertEqual(self.run_script('$avp(x) = 5; avp_op("$avp(x)", "add/i:4"); say("$avp(x)");'), ["9"])

    def test_a_database_without_a_table_is_refused(self) -> None:
        head = 'modparam("avpops", "db_url", "fake://db/x")'
        why = self.assertRaises(ConfigError, self.serve, "", head=head, provide={ISqlEngine: FakeSql()})
        self.assertIn("avp_table", str(why))
