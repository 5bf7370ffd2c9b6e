# -*- test-case-name: tests.modules.crypto.test_crypto -*-
"""crypto: texts and messages encrypted with AES, keyed hashes. Needs the package cryptography."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hmac import digest
from typing import Any
from uuid import uuid4

from sipapp.module import ConfigError, Context, IServer, PvRef, ScriptError, modparam, module, script_function, writable
from sipapp.modules.crypto.aes import Cryptor, decoded, make_salt
from sipapp.modules.crypto.netio import NetIo


@module("crypto")
class Crypto(NetIo):
    """AES and HMAC."""

    event_routes = {"crypto:netio": "For each message that comes in or goes out, where `register_evcb` is 1."}

    salt: bytes = modparam(default=b"k8hTm4aZ", doc="what makes the keys of this system its own, 8 characters at least")
    register_callid: int = modparam(default=0, doc="1: the Call-IDs that we make are UUIDs (RFC 9562 §5.4)")
    key_derivation: int = modparam(
        default=1, doc="0: keys are not derived from texts but given, in base64, and each result begins with its vector"
    )
    init_vector: bytes | None = modparam(
        default=None,
        doc="with key_derivation 0, the initialization vector in base64; a random one for each text without it",
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a parameter is wrong."""
        self.server = server
        salt = make_salt(self.salt)
        self.cryptor = Cryptor(salt, self.key_derivation != 0, self._vector())
        self.start_netio(salt)
        if self.register_callid:
            ids: Any = server.ids
            ids.call_id = lambda: str(uuid4()).encode()

    def _vector(self) -> bytes | None:
        if not self.init_vector:
            return None
        try:
            vector = decoded(self.init_vector)
        except ScriptError:
            vector = b""
        if len(vector) != 16:
            raise ConfigError('modparam("crypto", "init_vector"): must be the base64 of 16 bytes')
        return vector

    @script_function(parse={"res": writable})
    def crypto_aes_encrypt(self, ctx: Context, text: bytes, key: bytes, res: PvRef) -> int:
        """Write a text, encrypted with AES-256 in CBC mode and in base64, to a variable."""
        assert res.set is not None
        res.set(ctx, self.cryptor.encrypt(text, key))
        return 1

    @script_function(parse={"res": writable})
    def crypto_aes_decrypt(self, ctx: Context, text: bytes, key: bytes, res: PvRef) -> int:
        """Write what crypto_aes_encrypt() was given to a variable; false with another key."""
        assert res.set is not None
        res.set(ctx, self.cryptor.decrypt(text, key))
        return 1

    @script_function(parse={"res": writable})
    def crypto_hmac_sha256(self, ctx: Context, text: bytes, key: bytes, res: PvRef) -> int:
        """Write the keyed hash of a text (RFC 2104) to a variable, in base64 for URLs without padding."""
        assert res.set is not None
        res.set(ctx, urlsafe_b64encode(digest(key, text, "sha256")).rstrip(b"="))
        return 1
