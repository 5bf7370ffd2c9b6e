# -*- test-case-name: tests.modules.usrloc.test_columns -*-
"""columns: a contact as a row of Kamailio's table `location`, and back."""

from __future__ import annotations

from sipapp.interfaces.location import ALL_METHODS, Contact
from sipapp.interfaces.sql import SqlTime, SqlValue
from sipapp.module import modparam

Row = dict[bytes, SqlValue]

SECONDS = 1
"""`expires_type`."""


class Columns:
    """What the columns are called."""

    ruid_column: bytes = modparam(default=b"ruid", doc="column of the unique id, the key of a row")
    user_column: bytes = modparam(default=b"username", doc="column of the user part of the address of record")
    domain_column: bytes = modparam(default=b"domain", doc="column of its domain, with `use_domain`")
    contact_column: bytes = modparam(default=b"contact", doc="column of the contact's URI")
    expires_column: bytes = modparam(default=b"expires", doc="column of the time when it goes")
    q_column: bytes = modparam(default=b"q", doc="column of q, 0 to 1; -1 for none")
    callid_column: bytes = modparam(default=b"callid", doc="column of the Call-ID that it registered with")
    cseq_column: bytes = modparam(default=b"cseq", doc="column of the CSeq")
    flags_column: bytes = modparam(default=b"flags", doc="column of usrloc's own flags")
    cflags_column: bytes = modparam(default=b"cflags", doc="column of the branch flags")
    user_agent_column: bytes = modparam(default=b"user_agent", doc="column of the User-Agent")
    received_column: bytes = modparam(default=b"received", doc="column of where it registered from")
    path_column: bytes = modparam(default=b"path", doc="column of the Path vector")
    socket_column: bytes = modparam(default=b"socket", doc="column of our socket: udp:192.0.2.1:5060")
    methods_column: bytes = modparam(default=b"methods", doc="column of the methods as bits; null for all")
    instance_column: bytes = modparam(default=b"instance", doc="column of +sip.instance")
    reg_id_column: bytes = modparam(default=b"reg_id", doc="column of reg-id")
    server_id_column: bytes = modparam(default=b"server_id", doc="column of the server_id of who has registered it")
    connection_id_column: bytes = modparam(default=b"connection_id", doc="column of the number of its stream")
    keepalive_column: bytes = modparam(default=b"keepalive", doc="column: 1 for contacts behind a NAT")
    partition_column: bytes = modparam(default=b"partition", doc="column of a part of the table; 0 here")
    expires_type: int = modparam(
        default=0, minimum=0, maximum=1, doc="columns of times are 0: dates, 1: numbers, seconds since 1970"
    )

    use_domain: int
    nat_flag = 0  # the branch flag of contacts behind a NAT, as a bit

    def time(self, seconds: int) -> SqlValue:
        """A time, as the columns of times have it."""
        return seconds if self.expires_type == SECONDS else SqlTime(seconds)

    def key_of(self, aor: bytes) -> Row:
        """The columns that all rows of an address of record have in common."""
        if not self.use_domain:
            return {self.user_column: aor}
        user, at, domain = aor.rpartition(b"@")
        return {self.user_column: user if at else b"", self.domain_column: domain}

    def row_of(self, aor: bytes, c: Contact) -> Row:
        """The row of a contact."""
        return {
            **self.key_of(aor),
            self.ruid_column: c.ruid,
            self.contact_column: c.uri,
            self.expires_column: self.time(c.expires),
            self.q_column: c.q / 1000 if c.q >= 0 else -1.0,
            self.callid_column: c.call_id,
            self.cseq_column: c.cseq,
            self.flags_column: c.flags,
            self.cflags_column: c.branch_flags,
            self.user_agent_column: c.user_agent,
            self.received_column: c.received or None,
            self.path_column: c.path or None,
            self.socket_column: c.socket or None,
            self.methods_column: None if c.methods == ALL_METHODS else c.methods,
            b"last_modified": self.time(c.modified),
            self.instance_column: c.instance or None,
            self.reg_id_column: c.reg_id,
            self.server_id_column: c.server_id,
            self.connection_id_column: c.connection,
            self.keepalive_column: 1 if c.branch_flags & self.nat_flag else 0,
            self.partition_column: 0,
        }

    def columns(self) -> list[bytes]:
        """Those that are read."""
        unread = {self.keepalive_column, self.partition_column}
        return [column for column in self.row_of(b"", Contact(b"")) if column not in unread]

    def contact_of(self, row: Row) -> tuple[bytes, Contact]:
        """(address of record, contact) of a row."""

        def text(column: bytes) -> bytes:
            value = row[column]
            return b"" if value is None else value if isinstance(value, bytes) else b"%d" % int(value)

        def number(column: bytes, default: int = 0) -> int:
            value = row[column]
            return default if value is None else int(value)

        aor = text(self.user_column)
        if self.use_domain:
            aor = b"%b@%b" % (aor, text(self.domain_column)) if aor else text(self.domain_column)
        c = Contact(text(self.contact_column))
        q = row[self.q_column]
        c.q = -1 if q is None or float(q) < 0 else round(float(q) * 1000)
        c.ruid, c.call_id, c.user_agent = text(self.ruid_column), text(self.callid_column), text(self.user_agent_column)
        c.received, c.path, c.socket = text(self.received_column), text(self.path_column), text(self.socket_column)
        c.instance, c.reg_id = text(self.instance_column), number(self.reg_id_column)
        c.expires, c.modified = number(self.expires_column), number(b"last_modified")
        c.cseq, c.flags, c.branch_flags = (
            number(column) for column in (self.cseq_column, self.flags_column, self.cflags_column)
        )
        c.methods = number(self.methods_column, ALL_METHODS) & ALL_METHODS
        c.server_id, c.connection = number(self.server_id_column), number(self.connection_id_column, -1)
        return aor, c
