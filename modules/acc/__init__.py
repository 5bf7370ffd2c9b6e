# -*- test-case-name: tests.modules.acc.test_acc -*-
"""acc: accounting: what became of requests, as lines in the log and rows in a database.

A script marks a request with the flags that the parameters name before it relays or answers it by tm; the record is
made when the caller gets the answer. Lines and tables are Kamailio's:

    ACC: transaction answered: timestamp=1700000000;method=INVITE;from_tag=a;to_tag=b;call_id=c;code=200;reason=OK
    ACC: call missed: ...
    ACC: request acknowledged: ...
    ACC: request accounted: ...

A row never holds up a call: whatever `db_insert_mode` says, it is written in the background. One that could not be
written is in the log as an error, with all its columns, and in the statistic `acc.failed_inserts`. A database that is
not there when the server starts keeps it from starting. Call detail records (`cdr_enable`) need the module dialog,
which there is not yet.
"""

from __future__ import annotations

from typing import Any

from sipapp.errors import ConfigError
from sipapp.interfaces.record_route import IRecordRoute
from sipapp.interfaces.script import Getter, IBinder
from sipapp.interfaces.tm import ITm
from sipapp.log import Logger
from sipapp.module import Context, IServer, ReturnCode, Value, module, script_function
from sipapp.module.bind import bind_text
from sipapp.module.sql import database
from sipapp.modules.acc.calls import Calls, Masks, Options
from sipapp.modules.acc.extras import extras, legs
from sipapp.modules.acc.lines import MISSED, REQUESTED, Lines
from sipapp.modules.acc.parameters import Parameters
from sipapp.modules.acc.record import Record, outcome, record, to_tag
from sipapp.modules.acc.rows import Rows
from sipapp.modules.acc.stamp import Stamp
from sipapp.script.values import text

log = Logger()


@module("acc", needs=[ITm])
class Acc(Parameters):
    """Lines and rows."""

    async def start(self, server: IServer) -> None:
        """Raises ConfigError: a parameter is wrong; SqlError: the database is not there."""
        if self.cdr_enable:
            raise ConfigError('modparam("acc", "cdr_enable"): call detail records need the module dialog; set it to 0')
        self.seconds = server.clock.seconds
        self.stamp = Stamp(self.time_mode, self.time_attr, self.time_exten, self.time_format)
        self.legs = legs(_parameter("multi_leg_info"), self.multi_leg_info)
        found = extras(server, _parameter("log_extra"), self.log_extra)
        self.lines = Lines(self.log_level, self.log_facility, self.stamp, found, self.legs)
        self.rows = await self._connected(server) if self.db_url else None
        self.calls = self._listening(server)

    async def stop(self) -> None:
        if self.rows is not None:
            await self.rows.done()

    # -- what the parameters want

    async def _connected(self, server: IServer) -> Rows:
        sql = database(server, self.db_url or "", _parameter("db_url"))
        found = extras(server, _parameter("db_extra"), self.db_extra)
        self.table = self._table(server, "db_table_acc")
        self.missed_table = self._table(server, "db_table_missed_calls")
        columns = (
            *(self.acc_method_column, self.acc_from_tag_column, self.acc_to_tag_column, self.acc_callid_column),
            *(self.acc_sip_code_column, self.acc_sip_reason_column, self.acc_time_column),
        )
        failed = server.statistics.counter("acc", "failed_inserts", "rows that could not be written")
        await sql.connect()
        return Rows(sql, columns, self.stamp, found, self.legs, self.acc_extra_nullable == 1, failed)

    def _table(self, server: IServer, parameter: str) -> Getter:
        return bind_text(server, _parameter(parameter), getattr(self, parameter))

    def _listening(self, server: IServer) -> Calls | None:
        """Where no flag says what to account, nothing is told, and no call costs anything."""
        tm: ITm = server.get(ITm)
        with_rows = self.rows is not None
        masks = Masks(
            _bit(self.log_flag),
            _bit(self.log_missed_flag),
            _bit(self.db_flag) if with_rows else 0,
            _bit(self.db_missed_flag) if with_rows else 0,
            _bit(self.failed_transaction_flag),
            -1 if self.acc_prepare_always else _bit(self.acc_prepare_flag),
        )
        options = Options(
            bool(self.early_media),
            self.failed_filter,
            bool(self.report_ack),
            bool(self.report_cancels),
            bool(self.reason_from_hf),
            self._direction(server) if self.detect_direction else None,
        )
        if not masks.accounted | masks.missed:
            return None
        calls = Calls(tm, self.seconds, masks, options, self.lines.write, self._write_row)
        tm.on_event(calls)
        return calls

    def _direction(self, server: IServer) -> IRecordRoute:
        rr: IRecordRoute | None = server.find(IRecordRoute)
        if rr is None or not rr.append_fromtag:
            raise ConfigError(f"{_parameter('detect_direction')}: needs the module rr and its append_fromtag")
        return rr

    def _write_row(self, ctx: Context, kind: bytes, made: Record) -> None:
        assert self.rows is not None
        table = self.missed_table if kind is MISSED else self.table
        self.rows.write(ctx, text(table(ctx)), made)

    # -- what a script asks for

    def _comment(self, source: bytes, binder: IBinder) -> Getter:
        if not source:
            raise ConfigError("the comment is empty")
        return binder.text(source)

    def _record(self, ctx: Context, comment: bytes) -> Record:
        message = ctx.message
        calls, transaction = self.calls, ctx.transaction
        upstream = calls is not None and transaction is not None and calls.is_upstream(transaction)
        return record(message, outcome(comment), to_tag(message), self.seconds(), upstream)

    @script_function(parse={"comment": "_comment"})
    def acc_log_request(self, ctx: Context, comment: Value) -> ReturnCode:
        """acc_log_request(comment): a line "ACC: request accounted" about this message. comment: `404 Not here`,
        what the line has as code and reason; without three digits in front all of it is the reason."""
        self.lines.write(ctx, REQUESTED, self._record(ctx, _said(ctx, comment)))
        return 1

    @script_function(parse={"comment": "_comment"})
    def acc_db_request(self, ctx: Context, comment: Value, table: bytes) -> ReturnCode:
        """acc_db_request(comment, table): a row about this message in a table like `acc`; the script does not wait for
        it. -1: there is no `db_url`. comment: see acc_log_request()."""
        rows = self.rows
        if rows is None:
            log.error("acc_db_request(): there is no db_url")
            return -1
        rows.write(ctx, table, self._record(ctx, _said(ctx, comment)))
        return 1

    @script_function(parse={"comment": "_comment"})
    def acc_request(self, ctx: Context, comment: Value, table: bytes) -> ReturnCode:
        """acc_request(comment, table): a line, and, where there is `db_url`, a row in this table. -1: the comment is
        empty. See acc_log_request()."""
        said = _said(ctx, comment)
        if not said:
            log.error("acc_request(): the comment is empty")
            return -1
        made = self._record(ctx, said)
        self.lines.write(ctx, REQUESTED, made)
        if self.rows is not None:
            self.rows.write(ctx, table, made)
        return 1


def _said(ctx: Context, comment: Any) -> bytes:
    """A text with variables, or the value of a variable."""
    return text(comment(ctx) if callable(comment) else comment)


def _bit(flag: int) -> int:
    return 1 << flag if flag >= 0 else 0


def _parameter(name: str) -> str:
    return f'modparam("acc", "{name}")'
