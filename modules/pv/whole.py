# -*- test-case-name: tests.modules.pv.test_whole -*-
"""whole: variables of the message as a whole, of the server, and constants."""

from __future__ import annotations

import os
import platform
import re
from typing import TYPE_CHECKING, Any

import sipapp
from sipapp.log import Logger
from sipapp.module import Access, ConfigError, Context, Value, pseudo_variable
from sipapp.module.arguments import as_number
from sipapp.script.configured import configured
from sipapp.script.preprocess import VERSION
from sipapp.script.selects import ABSENT, parse_select
from sipapp.script.values import text, wrap

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

log = Logger()

_PATH = re.compile(r"([^.\[\]]+)(?:\[([0-9]+)\])?\.([^.\[\]]+)").fullmatch
_WHITE = b" \t\r\n"
_DIALECT = ".".join(map(str, VERSION)).encode()
_VERSIONS = {
    b"num": _DIALECT,
    b"full": f"sipapp {sipapp.__version__} ({platform.machine()}/{platform.system().lower()})".encode(),
    b"hash": sipapp.__version__.encode(),
}


def _constant(name: str, char: bytes, meaning: str) -> Any:
    """The method of a variable that is always one character."""

    def read(self: Any, ctx: Context) -> bytes:
        return char

    read.__doc__ = f"${name}: {meaning}, where a text cannot hold it."
    return pseudo_variable(name, constant=True)(read)


class WholeVariables:
    """The message, the server."""

    # -- the message ------------------------------------------------------------------------------------------------

    @pseudo_variable("mb")
    def pv_mb(self, ctx: Context) -> bytes:
        """$mb: the message as received."""
        return ctx.message.raw

    @pseudo_variable("mbu")
    def pv_mbu(self, ctx: Context) -> bytes:
        """$mbu: the message with the script's changes so far."""
        return ctx.draft.render(ctx.message)

    @pseudo_variable("ml", integer=True)
    def pv_ml(self, ctx: Context) -> int:
        """$ml: the length of the message as received."""
        return len(ctx.message.raw)

    @pseudo_variable("mi", integer=True)
    def pv_mi(self, ctx: Context) -> int:
        """$mi: the number of the message, counted from the start of the server."""
        return wrap(ctx.message.number)

    @pseudo_variable("rb")
    def pv_rb(self, ctx: Context) -> bytes:
        """$rb: the body; empty where there is none."""
        return ctx.message.body

    @pseudo_variable("bs", integer=True)
    def pv_bs(self, ctx: Context) -> int:
        """$bs: the length of the body."""
        return len(ctx.message.raw) - ctx.message.body_at

    @pseudo_variable(
        "msg", keys=["len", "buf", "body", "hdrs", "fline", "body_len", "hdrc", "fpart", "hdrs_len", "lpart"]
    )
    def pv_msg(self, ctx: Context, inner: bytes) -> Value:
        """$msg(hdrs): a part of the message as received: buf all of it, fline the first line, hdrs the header fields,
        hdrc how many, fpart all before the body, lpart all behind the first line, body; len, body_len, hdrs_len."""
        message = ctx.message
        raw, head = message.raw, message.head
        if inner == b"len":
            return len(raw)
        if inner == b"buf":
            return raw
        if inner == b"body":
            return message.body
        if inner == b"body_len":
            return len(raw) - message.body_at
        if inner == b"fline":
            return raw[: head.fields_at].strip(_WHITE)
        if inner == b"hdrc":
            return len(message.fields)
        if inner == b"fpart":
            return raw[: head.end].strip(_WHITE)
        if inner == b"lpart":
            return raw[head.fields_at :]
        fields = raw[head.fields_at : head.end].strip(_WHITE)
        return fields if inner == b"hdrs" else len(fields)

    @pseudo_variable("msgbuf", bind=True, writable=True)
    def pv_msgbuf(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$msgbuf(offset): one byte of the message as received; null outside. Written behind the first line, it is
        another in what goes out."""
        if inner is None or index is not None:
            raise ConfigError("$msgbuf: needs an offset: $msgbuf(...)")
        if not inner.startswith(b"$") and not inner.isdigit():
            raise ConfigError(f"$msgbuf({inner.decode(errors='replace')}): not an offset")
        fixed = int(inner) if inner.isdigit() else None
        read = None if fixed is not None else binder.variable(inner).get

        def place(ctx: Context) -> int:
            at = fixed if read is None else as_number(read(ctx))
            return at if at is not None and 0 <= at < len(ctx.message.raw) else -1

        def write(ctx: Context, value: Value) -> None:
            at = place(ctx)
            if at >= 0 and value not in (None, b""):
                ctx.draft.replace(at, at + 1, text(value)[:1])

        return Access(lambda ctx: ctx.message.raw[at : at + 1] if (at := place(ctx)) >= 0 else None, write)

    @pseudo_variable("ruid")
    def pv_ruid(self, ctx: Context) -> bytes | None:
        """$ruid: the unique id of the contact that lookup() found."""
        location = ctx.draft.location
        return location.ruid if location is not None else None

    @pseudo_variable("location_ua")
    def pv_location_ua(self, ctx: Context) -> bytes | None:
        """$location_ua: the User-Agent of the contact that lookup() found."""
        location = ctx.draft.location
        return location.user_agent if location is not None else None

    @pseudo_variable("sel", bind=True)
    def pv_sel(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$sel(from.uri.user): a select, that the script may also write as @from.uri.user."""
        if inner is None or index is not None:
            raise ConfigError("$sel: needs a select: $sel(...)")
        read = parse_select(inner)
        return Access(lambda ctx: None if (value := read(ctx)) is ABSENT else value)

    @pseudo_variable("err.class", "err.level", "err.info", "err.rcode", "err.rreason")
    def pv_err(self, ctx: Context) -> None:
        """$err.class: always null; kept for old scripts."""

    # -- the server -------------------------------------------------------------------------------------------------

    @pseudo_variable("pp", integer=True)
    def pv_pp(self, ctx: Context) -> int:
        """$pp: the id of this process."""
        return os.getpid()

    @pseudo_variable("sid", integer=True)
    def pv_sid(self, ctx: Context) -> int:
        """$sid: the core parameter server_id."""
        return getattr(ctx.server.config, "server_id", 0)

    @pseudo_variable("stat")
    def pv_stat(self, ctx: Context, inner: bytes) -> int | None:
        """$stat(name): a statistic, of all workers; null where there is none of this name."""
        statistics = ctx.server.statistics
        found = statistics.find(inner.decode(errors="replace"))
        return None if found is None else wrap(int(statistics.total(found)))

    @pseudo_variable("ccp", bind=True, writable=True)
    def pv_ccp(self, inner: bytes | None, index: bytes | None, binder: IBinder) -> Access:
        """$ccp(core.debug): a parameter of the core, of a module, `tm.fr_timer`, or of the script's own, `group.name`
        or `group[3].name`; null where there is none. Those of the core and of the script can be written."""
        path = None if index is not None else _PATH((inner or b"").decode("latin-1"))
        if path is None:
            raise ConfigError("$ccp: not group.name: $ccp(core.debug)")
        group, instance, name = path[1], int(path[2]) if path[2] else None, path[3]

        def write(ctx: Context, value: Value) -> None:
            if value is not None and not ctx.server.config.change(group, name, value):
                log.error("$ccp({group}.{name}): no such parameter, or not of this type", group=group, name=name)

        return Access(lambda ctx: configured(ctx, group, instance, name), write if instance is None else None)

    @pseudo_variable("version", keys=["num", "full", "hash"], constant=True)
    def pv_version(self, ctx: Context, inner: bytes) -> bytes:
        """$version(num): the version of Kamailio whose scripts run here; $version(full) this server's own, with the
        machine that it runs on; $version(hash) its number alone."""
        return _VERSIONS[inner]

    @pseudo_variable("ksr", keys=["ver", "verval"], constant=True)
    def pv_ksr(self, ctx: Context, inner: bytes) -> Value:
        """$ksr(ver): the version of Kamailio whose scripts run here; $ksr(verval) as a number, 5006003."""
        major, minor, patch = VERSION
        return _DIALECT if inner == b"ver" else major * 1_000_000 + minor * 1_000 + patch

    # -- constants --------------------------------------------------------------------------------------------------

    @pseudo_variable("true", constant=True, integer=True)
    def pv_true(self, ctx: Context) -> int:
        """$true: always 1."""
        return 1

    pv_En = _constant("En", b"\n", "a line feed")
    pv_Er = _constant("Er", b"\r", "a carriage return")
    pv_Es = _constant("Es", b" ", "a blank")
    pv_Et = _constant("Et", b"\t", "a tab")
    pv_Ec = _constant("Ec", b",", "a comma")
    pv_Eq = _constant("Eq", b'"', "a double quote")
    pv_Ek = _constant("Ek", b"'", "a single quote")
    pv_Ei = _constant("Ei", b":", "a colon")
    pv_Ej = _constant("Ej", b";", "a semicolon")
    pv_Eb = _constant("Eb", b"\\", "a backslash")
    pv_Ev = _constant("Ev", b"`", "a backtick")
