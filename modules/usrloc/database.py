# -*- test-case-name: tests.modules.usrloc.test_database -*-
"""database: the location tables in a database."""

from __future__ import annotations

from sipapp.module import ConfigError, modparam


class Columns:
    """Where contacts are in a database."""

    db_mode: int = modparam(
        default=0, doc="where contacts are: 0: in memory, and in what the servers share; databases are not for them"
    )
    db_url: str = modparam(default="mysql://kamailio:kamailiorw@localhost/kamailio", doc="see `db_mode`")

    def check_database(self) -> None:
        """Raises ConfigError: a database is wanted."""
        if self.db_mode:
            raise ConfigError(f'modparam("usrloc", "db_mode"): only 0 (memory), not {self.db_mode}')
