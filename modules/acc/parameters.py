# -*- test-case-name: tests.modules.acc.test_parameters -*-
"""parameters: what is accounted, where, and under which names."""

from __future__ import annotations

from sipapp.errors import ConfigError
from sipapp.module import modparam
from sipapp.module.syslog import NOTICE, facility

_NO_DIALOG = "call detail records need the module dialog, which there is not yet; without effect"


class Statuses(frozenset[int]):
    """Some of 300 to 999."""


def statuses(text: str) -> Statuses:
    """`404,407`. Raises ConfigError: something else than three digits, or less than 300."""
    parts = text.split(",")
    for part in parts:
        if len(part) != 3 or not (part.isascii() and part.isdigit()) or int(part) < 300:
            raise ConfigError(f"no status of 300 or more: {part!r}")
    return Statuses(map(int, parts))


class Parameters:
    """Kamailio's."""

    # -- what

    early_media: int = modparam(default=0, doc="1: provisional responses with a body are accounted, too")
    failed_transaction_flag: int = modparam(
        default=-1,
        minimum=-1,
        maximum=31,
        doc="the flag of requests that are accounted even where they are refused (3xx and above); -1: none are",
    )
    failed_filter: Statuses = modparam(
        default=Statuses(), parse=statuses, doc="refusals that are not accounted all the same: '404,407'"
    )
    report_ack: int = modparam(
        default=0, doc="1: the ACK to a 2xx of an accounted INVITE is accounted, too, once, when t_relay() sends it on"
    )
    report_cancels: int = modparam(default=0, doc="1: CANCEL is accounted like other requests")
    detect_direction: int = modparam(
        default=0,
        doc="1: from_tag and to_tag change places in requests from the callee's side; needs rr and its append_fromtag",
    )
    acc_prepare_flag: int = modparam(
        default=-1,
        minimum=-1,
        maximum=31,
        doc="the flag of requests for which flags that are set in onreply_route or failure_route count; -1: none",
    )
    acc_prepare_always: int = modparam(default=0, doc="1: as if every request had `acc_prepare_flag`")
    reason_from_hf: int = modparam(
        default=0, doc="1: the reason is what the header field Reason of the response says, where it has one"
    )
    multi_leg_info: str | None = modparam(
        default=None,
        doc="the legs of a call: 'src=$avp(src);dst=$avp(dst)'; each round of values, newest first, is a leg: more "
        "pairs in a log line, a row of its own in the database",
    )
    acc_extra_nullable: int = modparam(
        default=0, doc="1: what is $null of `db_extra` and `multi_leg_info` is null in the database, else an empty text"
    )

    # -- when

    time_mode: int = modparam(
        default=0,
        minimum=0,
        maximum=4,
        doc="more about the time: 1: microseconds, as `time_exten`; 2: seconds with a fraction, as `time_attr`; 3: "
        "local time, 4: UTC, as `time_attr`, written by `time_format`",
    )
    time_attr: bytes = modparam(default=b"time_attr", doc="the name of that, in lines and as a column")
    time_exten: bytes = modparam(
        default=b"time_exten", doc="the name of the microseconds; in the database `time_attr` has the seconds then"
    )
    time_format: str = modparam(default="%Y-%m-%d %H:%M:%S", doc="how strftime writes it")

    # -- lines

    log_flag: int = modparam(
        default=-1, minimum=-1, maximum=31, doc="the flag of requests that are accounted in the log; -1: none are"
    )
    log_missed_flag: int = modparam(
        default=-1,
        minimum=-1,
        maximum=31,
        doc="the flag of INVITEs that are logged as missed where they are refused; a line resets it, so that a call "
        "that goes on elsewhere is missed once",
    )
    log_level: int = modparam(default=NOTICE, doc="the level of the lines: -5 (ALERT) to 3 (DEBUG); 1 is NOTICE")
    log_facility: str = modparam(
        default="LOG_DAEMON", parse=facility, doc="the facility that goes with the lines; the log itself is no syslog"
    )
    log_extra: str | None = modparam(
        default=None, doc="what else is in each line: 'src_user=$fU;src_ip=$si'; $null is an empty text"
    )

    # -- rows

    db_url: str | None = modparam(default=None, doc="the database; without it nothing is accounted there")
    db_flag: int = modparam(
        default=-1, minimum=-1, maximum=31, doc="the flag of requests that are accounted in the database; -1: none are"
    )
    db_missed_flag: int = modparam(
        default=-1,
        minimum=-1,
        maximum=31,
        doc="the flag of INVITEs that are written as missed where they are refused; a row resets it",
    )
    db_table_acc: bytes = modparam(default=b"acc", doc="the table of requests; may hold variables: 'acc_$time(year)'")
    db_table_missed_calls: bytes = modparam(default=b"missed_calls", doc="the table of missed calls, likewise")
    db_extra: str | None = modparam(default=None, doc="further columns: 'src_user=$fU;src_ip=$si'")
    db_insert_mode: int = modparam(
        default=0, doc="how Kamailio inserts; here no request ever waits for its row: without effect"
    )
    db_version_check: int = modparam(default=1, doc="the version of the tables is never checked; without effect")
    acc_method_column: bytes = modparam(default=b"method", doc="the column of the method")
    acc_from_tag_column: bytes = modparam(default=b"from_tag", doc="the column of the From tag")
    acc_to_tag_column: bytes = modparam(default=b"to_tag", doc="the column of the To tag")
    acc_callid_column: bytes = modparam(default=b"callid", doc="the column of the Call-ID")
    acc_sip_code_column: bytes = modparam(default=b"sip_code", doc="the column of the status")
    acc_sip_reason_column: bytes = modparam(default=b"sip_reason", doc="the column of the reason")
    acc_time_column: bytes = modparam(default=b"time", doc="the column of the time, a date")

    # -- call detail records

    cdr_enable: int = modparam(default=0, doc="1 is a mistake: call detail records need the module dialog")
    cdr_skip: str | None = modparam(default=None, doc=_NO_DIALOG)
    cdr_log_enable: int = modparam(default=1, doc=_NO_DIALOG)
    cdr_start_on_confirmed: int = modparam(default=0, doc=_NO_DIALOG)
    cdr_facility: str = modparam(default="LOG_DAEMON", parse=facility, doc=_NO_DIALOG)
    cdr_extra: str | None = modparam(default=None, doc=_NO_DIALOG)
    cdr_extra_nullable: int = modparam(default=0, minimum=0, maximum=1, doc=_NO_DIALOG)
    cdr_start_id: str = modparam(default="start_time", doc=_NO_DIALOG)
    cdr_end_id: str = modparam(default="end_time", doc=_NO_DIALOG)
    cdr_duration_id: str = modparam(default="duration", doc=_NO_DIALOG)
    cdr_duration_mode: int = modparam(default=1, doc=_NO_DIALOG)
    cdr_expired_dlg_enable: int = modparam(default=0, minimum=0, maximum=1, doc=_NO_DIALOG)
    cdr_on_failed: int = modparam(default=1, doc=_NO_DIALOG)
    cdrs_table: str | None = modparam(default=None, doc=_NO_DIALOG)

    # -- Kamailio's memory

    clone_msg: int = modparam(default=1, doc="whether Kamailio copies the request first; without effect")
    acc_extra_size: int = modparam(default=64, doc="room for extras in Kamailio; there is no limit; without effect")
    cdr_extra_size: int = modparam(default=64, doc="as `acc_extra_size`; without effect")
