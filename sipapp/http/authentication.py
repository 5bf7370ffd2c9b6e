# -*- test-case-name: tests.http.test_authentication -*-
"""authentication: the answer to a server's challenge: Basic (RFC 7617) or Digest (RFC 7616)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import md5, sha256
from secrets import token_hex

from sipapp.errors import ConfigError, ParseError
from sipapp.interfaces.http import BASIC, DIGEST, HttpRequest, HttpResponse
from sipapp.message.auth import Authentication

_HASHES = {b"MD5": md5, b"MD5-SESS": md5, b"SHA-256": sha256, b"SHA-256-SESS": sha256}


_IE = 16  # Digest with a quirk of an old browser: to us it is Digest


def methods(authmethod: int) -> int:
    """The methods of these bits that we know: others, such as NTLM (8), are never taken. Raises ConfigError: none."""
    known = authmethod & (BASIC | DIGEST) | (DIGEST if authmethod & _IE else 0)
    if authmethod and not known:
        raise ConfigError(
            f"authmethod {authmethod}: there is Basic (1) and Digest (2), no GSS-Negotiate (4), no NTLM (8)"
        )
    return known


def at_once(request: HttpRequest) -> bytes | None:
    """The Authorization value of a request that needs no challenge: where Basic is all that is allowed."""
    if request.user is None or request.authentication & (BASIC | DIGEST) != BASIC:
        return None
    return _basic(request)


def answer(request: HttpRequest, response: HttpResponse, target: bytes) -> bytes | None:
    """The Authorization value for a 401 to this request: the best scheme that is allowed; None: there is none."""
    if request.user is None or response.status != 401:
        return None
    basic = False
    for value in response.all(b"www-authenticate"):
        try:
            challenge = Authentication.parse(value)
        except ParseError:
            continue
        if challenge.is_digest and request.authentication & DIGEST:
            found = _digest(request, challenge, target)
            if found is not None:
                return found
        basic |= challenge.scheme.lower() == b"basic"
    return _basic(request) if basic and request.authentication & BASIC else None


def _basic(request: HttpRequest) -> bytes:
    return b"Basic " + b64encode(b"%b:%b" % (request.user or b"", request.password))


def _digest(request: HttpRequest, challenge: Authentication, target: bytes) -> bytes | None:
    """RFC 7616 §3.4; None: an algorithm or a quality of protection that we do not know."""
    algorithm = (challenge.get(b"algorithm") or b"MD5").upper()
    make = _HASHES.get(algorithm)
    offered = challenge.get(b"qop")
    if make is None or (offered is not None and b"auth" not in [one.strip() for one in offered.split(b",")]):
        return None

    def hashed(*parts: bytes) -> bytes:
        return make(b":".join(parts)).hexdigest().encode()

    realm, nonce = challenge.get(b"realm") or b"", challenge.get(b"nonce") or b""
    cnonce = token_hex(8).encode()
    first = hashed(request.user or b"", realm, request.password)
    if algorithm.endswith(b"-SESS"):
        first = hashed(first, nonce, cnonce)
    second = hashed(request.method, target)
    parts = [
        b'username="%b"' % _quoted(request.user or b""),
        b'realm="%b"' % _quoted(realm),
        b'nonce="%b"' % _quoted(nonce),
        b'uri="%b"' % target,
    ]
    if offered is None:
        parts.append(b'response="%b"' % hashed(first, nonce, second))
    else:
        result = hashed(first, nonce, b"00000001", cnonce, b"auth", second)
        parts += [b'cnonce="%b"' % cnonce, b"nc=00000001", b"qop=auth", b'response="%b"' % result]
    if (opaque := challenge.get(b"opaque")) is not None:
        parts.append(b'opaque="%b"' % _quoted(opaque))
    if b"algorithm" in challenge:
        parts.append(b"algorithm=" + algorithm)
    return b"Digest " + b", ".join(parts)


def _quoted(text: bytes) -> bytes:
    return text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
