# -*- test-case-name: tests.modules.test_kex_core -*-
"""core: the next hop, our own addresses, variables, the log level, unique ids."""

from __future__ import annotations

import os
import time
from itertools import count
from typing import Any

from sipapp.errors import ParseError
from sipapp.message.uri import Uri
from sipapp.module import Context, PvRef, pseudo_variable, script_function, writable


class Core:
    """setdsturi(), is_myself(), pv_printf(), setdebug(), $sruid."""

    config: Any
    transport: Any
    debug: int

    def start_ids(self) -> None:
        self._sruid = f"srid-{int(time.time()):x}-{os.getpid():x}-".encode()
        self._next_sruid = count(1).__next__

    @script_function()
    def setdsturi(self, ctx: Context, uri: bytes) -> bool:
        """Set the next hop, as $du does."""
        ctx.draft.next_hop = uri or None
        return True

    @script_function()
    def resetdsturi(self, ctx: Context) -> bool:
        """Forget the next hop."""
        ctx.draft.next_hop = None
        return True

    @script_function()
    def isdsturiset(self, ctx: Context) -> bool:
        """A next hop is set."""
        return bool(ctx.draft.next_hop)

    @script_function()
    def is_myself(self, uri: bytes) -> bool:
        """A SIP URI, by host, port and transport where it has them, or a host, is one of our addresses or aliases."""
        if not uri.startswith((b"sip:", b"sips:")):
            return bool(uri) and self._is_mine(uri)
        parsed = _parsed(uri)
        if parsed is None:
            return False
        return self._is_mine(parsed.host or b"", parsed.port or 0, parsed.transport)

    @script_function()
    def is_myhost(self, uri: bytes) -> bool:
        """The host of a SIP URI, or a host, is one of our addresses or aliases, with whatever port."""
        if not uri.startswith((b"sip:", b"sips:")):
            return bool(uri) and self._is_mine(uri)
        parsed = _parsed(uri)
        return parsed is not None and self._is_mine(parsed.host or b"")

    def _is_mine(self, host: bytes, port: int = 0, transport: bytes | None = None) -> bool:
        return bool(self.transport.is_myself(host, port, transport.decode("latin-1") if transport else None))

    @script_function(["pv_printf", "avp_printf"], parse={"var": writable})
    def pv_printf(self, ctx: Context, var: PvRef, str: bytes) -> bool:
        """Write a text with variables to a variable."""
        assert var.set is not None
        var.set(ctx, str)
        return True

    @script_function()
    def setdebug(self, level: int) -> bool:
        """Set the log level (-5 to 3) until resetdebug(), for every message, not only for this one."""
        self.config.debug = level
        return True

    @script_function()
    def resetdebug(self) -> bool:
        """Go back to the log level that the script's `debug` says."""
        self.config.debug = self.debug
        return True

    @pseudo_variable("sruid")
    def pv_sruid(self, ctx: Context) -> bytes:
        """$sruid: an id that no other read of this variable gives: start time, process and a number."""
        return b"%b%x" % (self._sruid, self._next_sruid())


def _parsed(uri: bytes) -> Uri | None:
    try:
        return Uri.parse(uri)
    except ParseError:
        return None
