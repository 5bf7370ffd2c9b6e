# -*- test-case-name: tests.modules.uac.test_digest -*-
"""digest: the answer to a challenge. RFC 3261 §22, RFC 7616, RFC 8760."""

from __future__ import annotations

from hashlib import md5, new, sha256
from typing import NamedTuple

from sipapp.message.auth import Challenge
from sipapp.module import ScriptError
from sipapp.module.hashes import kamailio_hash

NC = b"00000001"

_FIELDS = {401: b"Authorization", 407: b"Proxy-Authorization"}


class Credential(NamedTuple):
    """Who answers; `hashed`: the password is MD5 or SHA-256 of user:realm:password, in hexadecimal."""

    realm: bytes
    user: bytes
    password: bytes
    hashed: bool = False


class Asked(NamedTuple):
    """What is sent again."""

    method: bytes
    uri: bytes
    body: bytes = b""


def authorization(status: int, challenge: Challenge, credential: Credential, asked: Asked) -> bytes:
    """The whole line that answers a 401 or 407. Raises ScriptError: the challenge cannot be answered."""
    nonce = challenge.nonce
    if nonce is None or challenge.realm is None or not challenge.is_digest:
        raise ScriptError("not a Digest challenge with realm and nonce")
    algorithm = challenge.algorithm or b"MD5"
    qop = _qop(challenge)
    cnonce = b"%d" % kamailio_hash(nonce)
    response = _response(challenge, credential, asked, algorithm, qop, cnonce)
    parts = [
        b'username="%b", realm="%b", nonce="%b", uri="%b"' % (credential.user, challenge.realm, nonce, asked.uri),
        b'opaque="%b"' % challenge.opaque if challenge.opaque else b"",
        b'qop=%b, nc=%b, cnonce="%b"' % (qop, NC, cnonce) if qop else b"",
        b'response="%b", algorithm=%b' % (response, algorithm),
    ]
    return b"%b: Digest %b\r\n" % (_FIELDS[status], b", ".join(part for part in parts if part))


def can_answer(challenge: Challenge) -> bool:
    """We know its algorithm."""
    return challenge.is_digest and _known(challenge.algorithm or b"MD5")


def _known(algorithm: bytes) -> bool:
    return algorithm.lower().removesuffix(b"-sess") in (b"md5", b"sha-256", b"sha-512-256")


def _qop(challenge: Challenge) -> bytes:
    """auth where it is offered, else auth-int, else none."""
    offered = [one.strip().lower() for one in (challenge.qop or b"").split(b",")]
    return next((one for one in (b"auth", b"auth-int") if one in offered), b"")


def _response(
    challenge: Challenge, credential: Credential, asked: Asked, algorithm: bytes, qop: bytes, cnonce: bytes
) -> bytes:
    if not _known(algorithm):
        raise ScriptError(f"unsupported algorithm {algorithm.decode(errors='replace')!r}")
    nonce = challenge.nonce or b""
    one = credential.password
    if not credential.hashed:
        one = _hash(algorithm, credential.user, challenge.realm or b"", credential.password)
    if algorithm.lower().endswith(b"-sess"):
        one = _hash(algorithm, one, nonce, cnonce)
    two = (asked.method, asked.uri) if qop != b"auth-int" else (asked.method, asked.uri, _hash(algorithm, asked.body))
    last = _hash(algorithm, *two)
    if not qop:
        return _hash(algorithm, one, nonce, last)
    return _hash(algorithm, one, nonce, NC, cnonce, qop, last)


def _hash(algorithm: bytes, *parts: bytes) -> bytes:
    text = b":".join(parts)
    name = algorithm.lower().removesuffix(b"-sess")
    if name == b"md5":
        return md5(text, usedforsecurity=False).hexdigest().encode()
    digest = sha256(text) if name == b"sha-256" else new("sha512_256", text)
    return digest.hexdigest().encode()
