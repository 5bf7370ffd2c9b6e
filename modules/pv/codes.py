# -*- test-case-name: tests.modules.pv.test_codes -*-
"""codes: the transformations {s.*} that encode, escape and hash."""

from __future__ import annotations

import binascii
import hashlib
import re
import zlib
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode

from sipapp.module import transformation
from sipapp.modules.pv.keccak import keccak
from sipapp.script.values import wrap

_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FROM_64 = {code: number for number, code in enumerate(_BASE64)}
_URLSAFE = re.compile(rb"[A-Za-z0-9_-]+").fullmatch
_HEX = re.compile(rb"[0-9A-Fa-f]*").fullmatch
_PRINTABLE = re.compile(rb"[\x20-\x7e]*").fullmatch
_ALNUM = rb"0-9A-Za-z"
_not_user = re.compile(rb"[^%b\-_.!~*'()&=+$,;?]" % _ALNUM).sub
_not_param = re.compile(rb"[^%b\-_.!~*'()\[\]/:&+$]" % _ALNUM).sub
_not_url = re.compile(rb"[^%b\-_.~]" % _ALNUM).sub
_percent = re.compile(rb"%(..)", re.DOTALL).sub
_common = re.compile(rb"['\"\\\0]").sub
_escaped_common = re.compile(rb"\\(['\"\\0])").sub
_escaped_line_end = re.compile(rb"\\([rn])").sub
_SHA3_BITS = (b"256", b"384", b"512")


class Codes:
    """{s.*}, the part that turns bytes into other bytes."""

    # -- hashes -----------------------------------------------------------------------------------------------------

    @transformation("s.md5")
    def s_md5(self, value: bytes) -> bytes:
        """{s.md5}: its MD5 digest in hexadecimal."""
        return hashlib.md5(value).hexdigest().encode()

    @transformation("s.sha1", "s.s")
    def s_sha1(self, value: bytes) -> bytes:
        """{s.sha1}: its SHA-1 digest in hexadecimal. Kamailio knows it as {s.s} by mistake."""
        return hashlib.sha1(value).hexdigest().encode()

    @transformation("s.sha256")
    def s_sha256(self, value: bytes) -> bytes:
        """{s.sha256}: its SHA-256 digest in hexadecimal."""
        return hashlib.sha256(value).hexdigest().encode()

    @transformation("s.sha384")
    def s_sha384(self, value: bytes) -> bytes:
        """{s.sha384}: its SHA-384 digest in hexadecimal."""
        return hashlib.sha384(value).hexdigest().encode()

    @transformation("s.sha512")
    def s_sha512(self, value: bytes) -> bytes:
        """{s.sha512}: its SHA-512 digest in hexadecimal."""
        return hashlib.sha512(value).hexdigest().encode()

    @transformation("s.sha3")
    def s_sha3(self, value: bytes, bits: bytes = b"256") -> bytes | None:
        """{s.sha3,bits}: its SHA-3 digest of 256 (default), 384 or 512 bits in hexadecimal."""
        if bits not in _SHA3_BITS:
            return None
        return hashlib.new(f"sha3_{bits.decode()}", value).hexdigest().encode()

    @transformation("s.keccak")
    def s_keccak(self, value: bytes, bits: bytes = b"256") -> bytes | None:
        """{s.keccak,bits}: its Keccak digest of 256 (default), 384 or 512 bits in hexadecimal."""
        return keccak(value, int(bits)).hex().encode() if bits in _SHA3_BITS else None

    @transformation("s.crc32")
    def s_crc32(self, value: bytes) -> int:
        """{s.crc32}: its CRC-32."""
        return wrap(zlib.crc32(value))

    @transformation("s.corehash")
    def s_corehash(self, value: bytes, size: int = 0) -> bytes:
        """{s.corehash,size}: the hash that Kamailio's own tables use; size, if given, is a power of two."""
        return b"%d" % core_hash(value, size & 0xFFFFFFFF)

    # -- encodings --------------------------------------------------------------------------------------------------

    @transformation("s.encode.hexa")
    def s_encode_hexa(self, value: bytes) -> bytes:
        """{s.encode.hexa}: two hexadecimal digits a byte."""
        return value.hex().encode()

    @transformation("s.decode.hexa")
    def s_decode_hexa(self, value: bytes) -> bytes | None:
        """{s.decode.hexa}: bytes from hexadecimal digits; an odd one at the end is left out, others fail."""
        digits = value[: len(value) & ~1]
        return bytes.fromhex(digits.decode()) if _HEX(digits) else None

    @transformation("s.encode.7bit")
    def s_encode_7bit(self, value: bytes) -> bytes:
        """{s.encode.7bit}: GSM 7-bit septets packed into octets, in hexadecimal. GSM 03.38 §6.1.2.1."""
        number = sum((char & 0x7F) << (7 * place) for place, char in enumerate(value))
        return number.to_bytes((7 * len(value) + 7) // 8, "little").hex().upper().encode()

    @transformation("s.decode.7bit")
    def s_decode_7bit(self, value: bytes) -> bytes | None:
        """{s.decode.7bit}: the reverse of {s.encode.7bit}."""
        if len(value) % 2 or not _HEX(value):
            return None
        number = int.from_bytes(bytes.fromhex(value.decode()), "little")
        septets = bytes(number >> (7 * place) & 0x7F for place in range(len(value) // 2 * 8 // 7))
        return septets.removesuffix(b"\0") if len(septets) % 8 == 0 else septets

    @transformation("s.encode.base58")
    def s_encode_base58(self, value: bytes) -> bytes:
        """{s.encode.base58}: Bitcoin's alphabet."""
        number = int.from_bytes(value, "big")
        digits = bytearray()
        while number:
            number, digit = divmod(number, 58)
            digits.append(_BASE58[digit])
        zeros = len(value) - len(value.lstrip(b"\0"))
        return b"1" * zeros + bytes(reversed(digits))

    @transformation("s.decode.base58")
    def s_decode_base58(self, value: bytes) -> bytes | None:
        """{s.decode.base58}: the reverse; fails on other characters."""
        number = 0
        for char in value:
            digit = _BASE58.find(char)
            if digit < 0:
                return None
            number = number * 58 + digit
        zeros = len(value) - len(value.lstrip(b"1"))
        return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")

    @transformation("s.encode.base64")
    def s_encode_base64(self, value: bytes) -> bytes:
        """{s.encode.base64}: with `=` at the end."""
        return b64encode(value)

    @transformation("s.decode.base64")
    def s_decode_base64(self, value: bytes) -> bytes | None:
        """{s.decode.base64}: fails where its length is no multiple of 4; other characters are not noticed."""
        return _from_base64(value)

    @transformation("s.encode.base64t")
    def s_encode_base64t(self, value: bytes) -> bytes:
        """{s.encode.base64t}: without `=` at the end."""
        return b64encode(value).rstrip(b"=")

    @transformation("s.decode.base64t")
    def s_decode_base64t(self, value: bytes) -> bytes | None:
        """{s.decode.base64t}: `=` at the end may be left out."""
        return _from_base64(value + b"=" * (-len(value) % 4))

    @transformation("s.encode.base64url")
    def s_encode_base64url(self, value: bytes) -> bytes:
        """{s.encode.base64url}: `-` and `_` in place of `+` and `/`. RFC 4648 §5."""
        return urlsafe_b64encode(value)

    @transformation("s.decode.base64url", "s.decode.base64urlt")
    def s_decode_base64url(self, value: bytes) -> bytes | None:
        """{s.decode.base64url}: `=` at the end may be left out; fails on other characters and on nothing."""
        digits = value.rstrip(b"=")
        length = len(value) * 6 // 8 - (len(value) - len(digits))
        if not _URLSAFE(digits) or length <= 0:
            return None
        return urlsafe_b64decode(digits + b"A" * (-len(digits) % 4))[:length]

    @transformation("s.encode.base64urlt")
    def s_encode_base64urlt(self, value: bytes) -> bytes:
        """{s.encode.base64urlt}: without `=` at the end."""
        return urlsafe_b64encode(value).rstrip(b"=")

    # -- escapes ----------------------------------------------------------------------------------------------------

    @transformation("s.escape.common")
    def s_escape_common(self, value: bytes) -> bytes:
        """{s.escape.common}: a backslash before quotes and backslashes, `\\0` for NUL."""
        return _common(lambda m: b"\\0" if m[0] == b"\0" else b"\\" + m[0], value)

    @transformation("s.unescape.common")
    def s_unescape_common(self, value: bytes) -> bytes:
        """{s.unescape.common}: the reverse."""
        return _escaped_common(lambda m: b"\0" if m[1] == b"0" else m[1], value)

    @transformation("s.escape.crlf")
    def s_escape_crlf(self, value: bytes) -> bytes | None:
        """{s.escape.crlf}: line ends as `\\r` and `\\n`; fails on nothing."""
        return value.replace(b"\r", b"\\r").replace(b"\n", b"\\n") or None

    @transformation("s.unescape.crlf")
    def s_unescape_crlf(self, value: bytes) -> bytes | None:
        """{s.unescape.crlf}: the reverse."""
        return _escaped_line_end(lambda m: b"\r" if m[1] == b"r" else b"\n", value) or None

    @transformation("s.escape.user")
    def s_escape_user(self, value: bytes) -> bytes | None:
        """{s.escape.user}: for the user part of a URI; fails on what cannot be printed."""
        return _not_user(_as_percent, value) if _PRINTABLE(value) else None

    @transformation("s.escape.param")
    def s_escape_param(self, value: bytes) -> bytes | None:
        """{s.escape.param}: for a URI parameter; fails on what cannot be printed."""
        return _not_param(_as_percent, value) if _PRINTABLE(value) else None

    @transformation("s.unescape.user", "s.unescape.param")
    def s_unescape_user(self, value: bytes) -> bytes | None:
        """{s.unescape.user}: %xx resolved; fails where that is none, or cannot be printed."""
        pieces = value.split(b"%")
        out = pieces[:1]
        for piece in pieces[1:]:
            digits = piece[:2]
            if len(digits) < 2 or not _HEX(digits) or not 32 <= int(digits, 16) <= 126:
                return None
            out.append(bytes.fromhex(digits.decode()) + piece[2:])
        return b"".join(out)

    @transformation("s.escape.csv")
    def s_escape_csv(self, value: bytes) -> bytes:
        """{s.escape.csv}: a CSV field: in double quotes, those inside doubled."""
        return b'"%b"' % value.replace(b'"', b'""')

    @transformation("s.urlencode.param")
    def s_urlencode_param(self, value: bytes) -> bytes:
        """{s.urlencode.param}: for a query string; a blank is %20."""
        return _not_url(_as_percent, value)

    @transformation("s.urldecode.param")
    def s_urldecode_param(self, value: bytes) -> bytes:
        """{s.urldecode.param}: the reverse; `+` is a blank."""
        return _percent(_from_percent, value.replace(b"+", b" "))


def _as_percent(match: re.Match[bytes]) -> bytes:
    return b"%%%02x" % ord(match[0])


def _from_percent(match: re.Match[bytes]) -> bytes:
    """Anything counts as a hexadecimal digit, letters behind F too, as in Kamailio."""
    high, low = (code - 48 if 48 <= code <= 57 else (code | 32) - 87 for code in match[1])
    return bytes([(high << 4 | low) & 0xFF])


def _from_base64(value: bytes) -> bytes | None:
    if not value:
        return b""
    if len(value) % 4:
        return None
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except binascii.Error:
        return _from_any_base64(value)


def _from_any_base64(value: bytes) -> bytes | None:
    """Characters that are none count as 255, as in Kamailio."""
    padding = (value[-2:-1] == b"=") + (value[-1:] == b"=")
    if padding and value[-1:] != b"=":
        return None
    out = bytearray()
    for at in range(0, len(value), 4):
        a, b, c, d = (_FROM_64.get(code, 255) for code in value[at : at + 4])
        out += bytes(((a << 2 | b >> 4) & 255, (b << 4 | c >> 2) & 255, (c << 6 | d) & 255))
    return bytes(out[: len(out) - padding])


def core_hash(value: bytes, size: int = 0) -> int:
    """Kamailio's hash of its tables; bytes above 127 count as negative. `size`: a power of two, 0 for all 32 bits."""
    total = 0
    whole = len(value) & ~3
    for at in range(0, whole, 4):
        word = 0
        for code in value[at : at + 4]:
            word = (word << 8) + (code - 256 if code > 127 else code)
        word &= 0xFFFFFFFF
        total += word ^ word >> 3
    word = 0
    for code in value[whole:]:
        word = (word << 8) + (code - 256 if code > 127 else code) & 0xFFFFFFFF
    total = total + (word ^ word >> 3) & 0xFFFFFFFF
    total = total + (total >> 11) + (total >> 13) + (total >> 23) & 0xFFFFFFFF
    return total & (size - 1) if size else total
