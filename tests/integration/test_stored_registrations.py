"""Registrations in Kamailio's own table of an SQLite database, kept through restarts of a real server."""

from __future__ import annotations

import os
import sqlite3

from twisted.trial.unittest import SynchronousTestCase

from tests.served import Caller, Served

TABLE = """
CREATE TABLE location (
    id INTEGER PRIMARY KEY NOT NULL,
    ruid VARCHAR(64) DEFAULT '' NOT NULL,
    username VARCHAR(64) DEFAULT '' NOT NULL,
    domain VARCHAR(64) DEFAULT NULL,
    contact VARCHAR(512) DEFAULT '' NOT NULL,
    received VARCHAR(128) DEFAULT NULL,
    path VARCHAR(512) DEFAULT NULL,
    expires TIMESTAMP WITHOUT TIME ZONE DEFAULT '2030-05-28 21:32:15' NOT NULL,
    q REAL DEFAULT 1.0 NOT NULL,
    callid VARCHAR(255) DEFAULT 'Default-Call-ID' NOT NULL,
    cseq INTEGER DEFAULT 1 NOT NULL,
    last_modified TIMESTAMP WITHOUT TIME ZONE DEFAULT '2000-01-01 00:00:01' NOT NULL,
    flags INTEGER DEFAULT 0 NOT NULL,
    cflags INTEGER DEFAULT 0 NOT NULL,
    user_agent VARCHAR(255) DEFAULT '' NOT NULL,
    socket VARCHAR(64) DEFAULT NULL,
    methods INTEGER DEFAULT NULL,
    instance VARCHAR(255) DEFAULT NULL,
    reg_id INTEGER DEFAULT 0 NOT NULL,
    server_id INTEGER DEFAULT 0 NOT NULL,
    connection_id INTEGER DEFAULT 0 NOT NULL,
    keepalive INTEGER DEFAULT 0 NOT NULL,
    partition INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT location_ruid_idx UNIQUE (ruid)
);
"""

SCRIPT = """
debug=2
listen=udp:127.0.0.1:@PORT@
loadmodule "db_sqlite"
loadmodule "sl"
loadmodule "pv"
loadmodule "textops"
loadmodule "usrloc"
loadmodule "registrar"
modparam("usrloc", "db_mode", @MODE@)
modparam("usrloc", "db_url", "sqlite:///@FILE@")
modparam("usrloc", "use_domain", 1)
request_route {
    if (is_method("REGISTER")) {
        save("location");
        exit;
    }
    if (lookup("location", "$tu")) sl_send_reply("200", "$ru");
    else sl_send_reply("404", "Nobody");
}
"""


class StoredTests(SynchronousTestCase):
    def start(self, mode: int) -> Served:
        return Served(self, SCRIPT, FILE=self.file, MODE=mode)

    def database(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.file)
        self.addCleanup(database.close)
        return database

    def setUp(self) -> None:
        self.file = os.path.abspath(self.mktemp())
        self.database().executescript(TABLE)

    def test_registrations_outlive_the_server(self) -> None:
        server = self.start(2)
        phone = Caller(self, server.port)
        self.assertEqual(phone.ask("REGISTER", "bob")[1], 200)
        server.stop()
        rows = self.database().execute("select username, domain, contact from location").fetchall()
        self.assertEqual(rows, [("bob", "example.com", f"sip:alice@127.0.0.1:{phone.port}")])
        self.assertEqual(Caller(self, self.start(1).port).ask("OPTIONS", "bob")[1], 200)

    def test_servers_may_share_the_table(self) -> None:
        one, two = self.start(3), self.start(3)
        self.assertEqual(Caller(self, one.port).ask("REGISTER", "carol")[1], 200)
        self.assertEqual(Caller(self, two.port).ask("OPTIONS", "carol")[1], 200)
        self.assertEqual(Caller(self, two.port).ask("REGISTER", "carol", "Expires: 0")[1], 200)
