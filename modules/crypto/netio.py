# -*- test-case-name: tests.modules.crypto.test_netio -*-
"""netio: messages encrypted on their way out and decrypted on their way in, where event_route[crypto:netio] says so."""

from __future__ import annotations

from collections.abc import Callable

from sipapp.interfaces.server import IServer
from sipapp.interfaces.transport import Flow
from sipapp.module import ConfigError, Context, ScriptError, modparam, script_function
from sipapp.modules.crypto.aes import decrypt, derive, encrypt
from sipapp.script.operands import SENDING

_PASSING = "crypto.passing"


class _Passing:
    """A message that the event route is asked about."""

    __slots__ = ("change", "out")

    def __init__(self, out: bool) -> None:
        self.out = out
        self.change: Callable[[bytes, bytes, bytes], bytes] | None = None


class NetIo:
    """The functions for event_route[crypto:netio]."""

    register_evcb: int = modparam(default=0, doc="1: run event_route[crypto:netio] for each message; needs `netio_key`")
    netio_key: bytes | None = modparam(
        default=None, doc="what the key is made of; with key_derivation 0 the key itself, 16 or 32 bytes"
    )
    kevcb_netio: str | None = modparam(
        default=None, doc="for scripts in other languages; ours have event_route[crypto:netio]"
    )

    server: IServer
    key_derivation: int

    def start_netio(self, salt: bytes) -> None:
        """Raises ConfigError: there is no key, or none that can be one."""
        if not self.register_evcb:
            return
        if not self.netio_key:
            raise ConfigError("crypto netio key parameter is not set")
        if self.key_derivation:
            self._key = derive(self.netio_key, salt)
        elif len(self.netio_key) in (16, 32):
            self._key = (self.netio_key, bytes(16))
        else:
            raise ConfigError('modparam("crypto", "netio_key"): must have 16 or 32 bytes without key_derivation')
        self._route = self.server.event_route("crypto:netio")
        if self._route is not None:
            self.server.transport.add_filter(self._received, self._sending)

    def _received(self, data: bytes, flow: Flow) -> bytes:
        return self._asked(data, flow, _Passing(out=False))

    def _sending(self, data: bytes, flow: Flow) -> bytes:
        return self._asked(data, flow, _Passing(out=True))

    def _asked(self, data: bytes, flow: Flow, passing: _Passing) -> bytes:
        """The message as the event route wants it; it must not wait."""
        assert self._route is not None
        ctx = self.server.background()
        ctx.extra[_PASSING] = passing
        if passing.out:
            ctx.extra[SENDING] = (data, flow)
        else:
            ctx.message.flow = flow
        self.server.execute(self._route, ctx)
        return data if passing.change is None else passing.change(data, *self._key)

    def _passing(self, ctx: Context) -> _Passing:
        found: _Passing | None = ctx.extra.get(_PASSING)
        if found is None:
            raise ScriptError("crypto netio environment not available")
        return found

    @script_function()
    def crypto_netio_in(self, ctx: Context) -> bool:
        """In event_route[crypto:netio]: the message has come in."""
        return not self._passing(ctx).out

    @script_function()
    def crypto_netio_out(self, ctx: Context) -> bool:
        """In event_route[crypto:netio]: the message goes out."""
        return self._passing(ctx).out

    @script_function()
    def crypto_netio_encrypt(self, ctx: Context) -> bool:
        """In event_route[crypto:netio]: encrypt the message that goes out."""
        passing = self._passing(ctx)
        if passing.out:
            passing.change = encrypt
        return True

    @script_function()
    def crypto_netio_decrypt(self, ctx: Context) -> bool:
        """In event_route[crypto:netio]: decrypt the message that has come in."""
        passing = self._passing(ctx)
        if not passing.out:
            passing.change = decrypt
        return True
