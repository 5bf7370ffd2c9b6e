# -*- test-case-name: tests.modules.siputils.test_rpid -*-
"""rpid: the Remote-Party-ID header field of an authenticated user, as an AVP has it."""

from __future__ import annotations

from sipapp.errors import ConfigError, ParseError
from sipapp.interfaces.server import IServer
from sipapp.message.address import Address
from sipapp.message.uri import Uri
from sipapp.module import BRANCH, FAILURE, REQUEST, Access, Context, Text, modparam, script_function
from sipapp.module.bind import bind_variable
from sipapp.modules.siputils.numbers import is_e164_number

DEFAULT_AVP = b"$avp(s:rpid)"


class RemotePartyId:
    """Functions about Remote-Party-ID."""

    e164_max_len: int

    rpid_prefix: bytes = modparam(default=b"", doc="what append_rpid_hf() writes before the value of `rpid_avp`")
    rpid_suffix: bytes = modparam(
        default=b";party=calling;id-type=subscriber;screen=yes", doc="what it writes behind that"
    )
    rpid_avp: bytes = modparam(default=DEFAULT_AVP, doc="the $avp() that holds the user's URI or number")

    def start_rpid(self, server: IServer) -> None:
        """Raises ConfigError: `rpid_avp` is no $avp()."""
        self._rpid: Access | None = None
        unused = self.rpid_avp == DEFAULT_AVP and server.registry.variable("avp") is None
        if self.rpid_avp and not unused:
            if not self.rpid_avp.lstrip(b"$(").startswith(b"avp("):
                raise ConfigError('modparam("siputils", "rpid_avp"): must be an $avp()')
            self._rpid = bind_variable(server, 'modparam("siputils", "rpid_avp")', self.rpid_avp)

    def _value(self, ctx: Context) -> bytes | None:
        value = self._rpid.get(ctx) if self._rpid is not None else None
        return value if isinstance(value, bytes) and value else None

    @script_function("append_rpid_hf", routes=REQUEST | BRANCH | FAILURE)
    def append_rpid_hf(self, ctx: Context) -> int:
        """Add Remote-Party-ID with the value of `rpid_avp` between `rpid_prefix` and `rpid_suffix`; false where the AVP
        has none."""
        return self._append(ctx, self.rpid_prefix, self.rpid_suffix)

    @script_function("append_rpid_hf", routes=REQUEST | BRANCH | FAILURE, late=True)
    def append_rpid_hf_between(self, ctx: Context, prefix: Text, suffix: Text) -> int:
        """append_rpid_hf(prefix, suffix): the same with these around the value."""
        return self._append(ctx, prefix, suffix)

    def _append(self, ctx: Context, prefix: bytes, suffix: bytes) -> int:
        value = self._value(ctx)
        if value is None:
            return -1
        ctx.draft.append_field(ctx.message, b"Remote-Party-ID: %b%b%b\r\n" % (prefix, value, suffix))
        return 1

    @script_function(routes=REQUEST)
    def is_rpid_user_e164(self, ctx: Context) -> int:
        """True when the user part of the URI in `rpid_avp` is an E.164 number."""
        value = self._value(ctx)
        if value is None:
            return -1
        try:
            uri = Address.parse(value).parsed_uri if b"<" in value else Uri.parse(value)
        except ParseError:
            return -1
        return 1 if is_e164_number(uri.user, self.e164_max_len) else -1
