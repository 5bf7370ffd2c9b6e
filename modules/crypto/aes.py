# -*- test-case-name: tests.modules.crypto.test_aes -*-
"""aes: AES in CBC mode with PKCS#7 padding, keys and salts made as Kamailio makes them. FIPS 197, RFC 5652 §6.3."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from hashlib import sha1
from secrets import token_bytes

try:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC
except ImportError as why:
    raise ImportError("the package cryptography is missing: pip install 'sipapp[crypto]'") from why

from sipapp.module import ConfigError, ScriptError

BLOCK = 16  # bytes
_ROUNDS = 5
_SALT = 16  # bytes that Kamailio makes; the derivation takes the first 8


def make_salt(text: bytes) -> bytes:
    """The salt that stands for the parameter `salt`; b"" for none. Raises ConfigError: too short."""
    if text and len(text) < 8:
        raise ConfigError("salt parameter must be at least 8 characters")
    salt = bytearray()
    last = 97
    for number, byte in enumerate(text[:_SALT]):
        total = _signed(byte) * 7 + last + last * (number + 1)
        remainder = abs(total) % 255 * (1 if total >= 0 else -1)  # that of C has the sign of the dividend
        last = _signed(remainder & 0xFF)
        salt.append(last & 0xFF)
    return bytes(salt.ljust(_SALT, b"\0")[:8]) if text else b""


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def derive(password: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """(key of 256 bits, initialization vector), as OpenSSL's EVP_BytesToKey() with SHA-1 and five rounds."""
    made, last = b"", b""
    while len(made) < 32 + BLOCK:
        last += password + salt
        for _ in range(_ROUNDS):
            last = sha1(last).digest()
        made += last
    return made[:32], made[32 : 32 + BLOCK]


def encrypt(data: bytes, key: bytes, vector: bytes) -> bytes:
    padding = BLOCK - len(data) % BLOCK
    cipher = Cipher(AES(key), CBC(vector)).encryptor()
    return cipher.update(data + bytes((padding,)) * padding) + cipher.finalize()


def decrypt(data: bytes, key: bytes, vector: bytes) -> bytes:
    """Raises ScriptError: not what `encrypt` makes with this key."""
    if not data or len(data) % BLOCK:
        raise ScriptError("AES decryption failed: not a multiple of the block length")
    cipher = Cipher(AES(key), CBC(vector)).decryptor()
    plain = cipher.update(data) + cipher.finalize()
    padding = plain[-1]
    if not 0 < padding <= BLOCK or plain[-padding:] != bytes((padding,)) * padding:
        raise ScriptError("AES decryption failed: another key")
    return plain[:-padding]


class Cryptor:
    """Texts encrypted and decrypted, in base64, by the parameters of the module."""

    def __init__(self, salt: bytes, derivation: bool, vector: bytes | None) -> None:
        self._salt = salt
        self._derivation = derivation
        self._vector = vector  # None: another one for each text

    def encrypt(self, text: bytes, key: bytes) -> bytes:
        """Raises ScriptError: a key without derivation that is none."""
        if self._derivation:
            return b64encode(encrypt(text, *derive(key, self._salt)))
        vector = self._vector or token_bytes(BLOCK)
        return b64encode(vector + encrypt(text, raw_key(key), vector))

    def decrypt(self, text: bytes, key: bytes) -> bytes:
        """Raises ScriptError."""
        data = decoded(text)
        if self._derivation:
            return decrypt(data, *derive(key, self._salt))
        return decrypt(data[BLOCK:], raw_key(key), data[:BLOCK])


def raw_key(text: bytes) -> bytes:
    """A key of 128 or 256 bits from its base64. Raises ScriptError: another length."""
    key = decoded(text)
    if len(key) not in (16, 32):
        raise ScriptError(f"base64 key input has wrong length {len(key)}, only supports 128 or 256 bit keys")
    return key


def decoded(text: bytes) -> bytes:
    """Raises ScriptError: no base64."""
    try:
        return b64decode(text)
    except Error as why:
        raise ScriptError(f"no base64: {why}") from None
