"""Records in Kamailio's own tables of an SQLite database, written by a real server."""

from __future__ import annotations

import os
import sqlite3
from time import time

from twisted.trial.unittest import SynchronousTestCase

from tests.served import Caller, Served

TABLE = """
CREATE TABLE {name} (
    id INTEGER PRIMARY KEY NOT NULL,
    method VARCHAR(16) DEFAULT '' NOT NULL,
    from_tag VARCHAR(128) DEFAULT '' NOT NULL,
    to_tag VARCHAR(128) DEFAULT '' NOT NULL,
    callid VARCHAR(255) DEFAULT '' NOT NULL,
    sip_code VARCHAR(3) DEFAULT '' NOT NULL,
    sip_reason VARCHAR(128) DEFAULT '' NOT NULL,
    time TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    dst_user VARCHAR(64) DEFAULT '' NOT NULL
);
"""

SCRIPT = """
debug=2
listen=udp:127.0.0.1:@PORT@
loadmodule "db_sqlite"
loadmodule "sl"
loadmodule "tm"
loadmodule "pv"
loadmodule "acc"
modparam("acc", "db_url", "sqlite:///@FILE@")
modparam("acc", "db_flag", 1)
modparam("acc", "db_missed_flag", 2)
modparam("acc", "db_extra", "dst_user=$rU")
request_route {
    setflag(1);
    setflag(2);
    t_newtran();
    if ($rm == "INVITE") t_reply("486", "Busy");
    else t_reply("200", "OK");
}
"""

ROWS = "select method, callid, sip_code, sip_reason, dst_user, abs((time - 2440587.5) * 86400 - ?) < 60 from "


class StoredAccountingTests(SynchronousTestCase):
    def test_answers_and_missed_calls_are_rows_with_their_time(self) -> None:
        file = os.path.abspath(self.mktemp())
        database = sqlite3.connect(file)
        self.addCleanup(database.close)
        for name in ("acc", "missed_calls"):
            database.executescript(TABLE.format(name=name))
        server = Served(self, SCRIPT, FILE=file)
        alice = Caller(self, server.port)
        self.assertEqual((alice.ask("OPTIONS", "bob")[1], alice.ask("INVITE", "carol")[1]), (200, 486))
        server.stop()  # not before all is written
        calls = [f"udp-{alice.port}-{number}" for number in (1, 2)]
        for name, row in (
            ("acc", ("OPTIONS", calls[0], "200", "OK", "bob", 1)),
            ("missed_calls", ("INVITE", calls[1], "486", "Busy Here", "carol", 1)),
        ):
            self.assertEqual(database.execute(ROWS + name, [time()]).fetchall(), [row])
