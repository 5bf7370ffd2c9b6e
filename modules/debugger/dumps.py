# -*- test-case-name: tests.modules.debugger.test_dumps -*-
"""dumps: the variables of a run and the message with its changes, in the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sipapp.errors import ConfigError, SipAppError
from sipapp.interfaces.script import Access
from sipapp.interfaces.server import IServer
from sipapp.log import Logger
from sipapp.message.request import Request
from sipapp.module import ANY, ONREPLY, REQUEST, Context, RouteType, ScriptError, script_function
from sipapp.module.bind import bind_variable
from sipapp.modules.debugger.levels import facility
from sipapp.modules.debugger.tracing import level
from sipapp.script.avp import XavpList, xavps

if TYPE_CHECKING:
    from sipapp.interfaces.script import IBinder

log = Logger()

NULLS, AVPS, VARIABLES, XAVPS, OTHERS = 1, 2, 4, 8, 16
EVERYTHING = 31
DEBUG = 3

_RULE = "-" * 25


class Dumps:
    """dbg_pv_dump(), dbg_sip_msg() and dbg_breakpoint()."""

    server: IServer
    others: dict[str, Access] | None = None

    def _mask(self, source: bytes) -> int:
        if not source.isdigit():
            raise ConfigError(f"a mask is a number, got {source.decode(errors='replace')!r}")
        return int(source)

    def _level(self, source: bytes) -> int:
        return level(source)

    def _facility(self, source: bytes) -> str:
        return facility(source.decode(errors="replace"))

    @script_function(routes=ANY, parse={"mask": "_mask", "level": "_level"})
    def dbg_pv_dump(self, ctx: Context, mask: int = EVERYTHING, level: int = DEBUG) -> int:
        """Log the variables as JSON.

        mask, a sum: 1 null ones too, 2 AVPs, 4 $var, 8 $xavp, 16 all other variables that need no name. level: L_DBG
        where none is given.
        """
        found: dict[str, Any] = {}
        if mask & AVPS:
            found |= {f"$avp({_name(key)})": [_value(v) for v in reversed(ctx.avps[key])] for key in ctx.avps}
        if mask & VARIABLES:
            found |= {f"$var({_name(key)})": _value(value) for key, value in ctx.vars.items()}
        if mask & XAVPS:
            found |= {f"$xavp({name})": fields for name, fields in _fields(xavps(ctx)).items()}
        if mask & OTHERS:
            found |= {name: _value(self._read(ctx, access)) for name, access in self._others().items()}
        if not mask & NULLS:
            found = {name: value for name, value in found.items() if value is not None}
        log.info("{variables}", severity=level, variables=json.dumps(found))
        return 1

    def _others(self) -> dict[str, Access]:
        """Every variable that can stand without a name."""
        if self.others is None:
            self.others = {}
            modules = self.server.modules.values()
            for name in sorted({variable.name for module in modules for variable in module.pseudo_variables()}):
                try:
                    self.others[f"${name}"] = bind_variable(self.server, "dbg_pv_dump()", f"${name}".encode())
                except ConfigError:
                    continue  # it needs one
        return self.others

    def _read(self, ctx: Context, access: Access) -> Any:
        try:
            return access.get(ctx)
        except SipAppError:
            return None

    @script_function(routes=REQUEST | ONREPLY, parse={"log_level": "_level", "facility": "_facility"})
    def dbg_sip_msg(self, ctx: Context, log_level: int | None = None, facility: str = "") -> int:
        """Log the message as it would go out now, and what the script has changed. log_level: L_ERR, L_INFO, ...; at
        the core parameter `debug` where none is given."""
        message, draft = ctx.message, ctx.draft
        if isinstance(message, Request) and ctx.route_type is not RouteType.REQUEST:
            raise ScriptError("dbg_sip_msg() is for request routes and replies")
        severity = self.server.config.debug if log_level is None else log_level
        changes = "".join(_change(message.raw, edit) for edit in draft.edits)
        text = draft.render(message).decode("utf-8", "replace")
        log.info(
            "{text}",
            severity=severity,
            text=f"{_RULE} START OF SIP message debug {_RULE}\n{text}{_RULE} changes {_RULE}\n{changes}"
            f"{_RULE} END OF SIP message debug {_RULE}",
        )
        return 1

    def _point(self, source: bytes, binder: IBinder) -> bytes:
        return source

    @script_function(routes=ANY, parse={"mode": "_point"})
    def dbg_breakpoint(self, mode: bytes) -> int:
        """Marks a breakpoint. It never stops anything, here as in Kamailio."""
        return 1


def _name(key: bytes | int) -> str:
    return f"i:{key}" if isinstance(key, int) else key.decode(errors="replace")


def _value(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _fields(found: XavpList) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for xavp in found:
        value = _fields(xavp.value) if isinstance(xavp.value, XavpList) else _value(xavp.value)
        shown.setdefault(xavp.name.decode(errors="replace"), []).append(value)
    return shown


def _change(raw: bytes, edit: tuple[int, int, Any]) -> str:
    start, end, data = edit[:3]
    new = data if isinstance(data, bytes) else b"(known when it is sent)"
    return f"-{raw[start:end].decode(errors='replace')!r} +{new.decode(errors='replace')!r}\n"
