from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from sipapp.errors import ConfigError
from sipapp.modules.usrloc import Usrloc
from tests.modules.stage import Server, made


class DatabaseTests(SynchronousTestCase):
    def test_a_database_is_refused_in_so_many_words(self) -> None:
        why = self.assertRaises(ConfigError, made(Usrloc, db_mode=2).start, Server())
        self.assertEqual(str(why), 'modparam("usrloc", "db_mode"): only 0 (memory), not 2')
