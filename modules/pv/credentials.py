# -*- test-case-name: tests.modules.pv.test_credentials -*-
"""credentials: variables of Authorization and Proxy-Authorization."""

from __future__ import annotations

from functools import lru_cache

from sipapp.errors import ParseError
from sipapp.message.auth import Authentication
from sipapp.module import Context, pseudo_variable
from sipapp.modules.pv import uris
from sipapp.script.select_parts import username_parts

AUTHORIZED = "authorized"
"""`ctx.extra[AUTHORIZED]` is (user, realm) once a module has found the credentials to be right."""


class CredentialVariables:
    """Digest credentials, of a proxy first. RFC 3261 §22.4."""

    @pseudo_variable("au")
    def pv_au(self, ctx: Context) -> bytes | None:
        """$au: the user of the credentials' username."""
        name = _parameter(ctx, b"username")
        return None if name is None else username_parts(name)[0]

    @pseudo_variable("ad")
    def pv_ad(self, ctx: Context) -> bytes | None:
        """$ad: the domain of the credentials' username; empty where it has none."""
        name = _parameter(ctx, b"username")
        return None if name is None else username_parts(name)[1]

    @pseudo_variable("aU")
    def pv_aU(self, ctx: Context) -> bytes | None:
        """$aU: the whole username of the credentials; null where there are none, as for all of these."""
        return _parameter(ctx, b"username")

    @pseudo_variable("ar")
    def pv_ar(self, ctx: Context) -> bytes | None:
        """$ar: the realm of the credentials."""
        return _parameter(ctx, b"realm")

    @pseudo_variable("adu")
    def pv_adu(self, ctx: Context) -> bytes | None:
        """$adu: the URI of the credentials."""
        return _parameter(ctx, b"uri") or None

    @pseudo_variable("aa")
    def pv_aa(self, ctx: Context) -> bytes | None:
        """$aa: the algorithm of the credentials."""
        return _parameter(ctx, b"algorithm")

    @pseudo_variable("adn")
    def pv_adn(self, ctx: Context) -> bytes | None:
        """$adn: the nonce of the credentials."""
        return _parameter(ctx, b"nonce")

    @pseudo_variable("adc")
    def pv_adc(self, ctx: Context) -> bytes | None:
        """$adc: the cnonce of the credentials."""
        return _parameter(ctx, b"cnonce")

    @pseudo_variable("adr")
    def pv_adr(self, ctx: Context) -> bytes | None:
        """$adr: the response of the credentials."""
        return _parameter(ctx, b"response")

    @pseudo_variable("ado")
    def pv_ado(self, ctx: Context) -> bytes | None:
        """$ado: the opaque of the credentials."""
        return _parameter(ctx, b"opaque")

    @pseudo_variable("AU")
    def pv_AU(self, ctx: Context) -> bytes | None:
        """$AU: who is to be charged: the user of credentials that were found right, else that of From."""
        user, _ = _authorized(ctx)
        return user or _from(ctx)[0]

    @pseudo_variable("Au")
    def pv_Au(self, ctx: Context) -> bytes | None:
        """$Au: the same as user@realm, else From's user@host."""
        user, realm = _authorized(ctx)
        if user:
            return b"%b@%b" % (user, realm) if realm else user
        user, host = _from(ctx)
        return None if user is None else b"%b@%b" % (user, host or b"")


def _parameter(ctx: Context, name: bytes) -> bytes | None:
    """A parameter of the credentials, quotes taken off, empty where it is absent; None where there are none."""
    message = ctx.message
    if getattr(message, "method", b"") in (b"ACK", b"CANCEL"):
        return None
    value = message.first(b"proxy-authorization")
    if value is None:
        value = message.first(b"authorization")
    credentials = None if value is None else _digest(value)
    return None if credentials is None else credentials.get(name) or b""


@lru_cache(maxsize=256)
def _digest(value: bytes) -> Authentication | None:
    """Digest credentials; None where they are malformed or something else."""
    try:
        credentials = Authentication.parse(value)
    except ParseError:
        return None
    return credentials if credentials.is_digest else None


def _authorized(ctx: Context) -> tuple[bytes | None, bytes | None]:
    return ctx.extra.get(AUTHORIZED) or (None, None)


def _from(ctx: Context) -> tuple[bytes | None, bytes | None]:
    """User and host of From; (None, None) where it is no URI."""
    try:
        address = ctx.message.from_
    except ParseError:
        return None, None
    uri = None if address is None else uris.parse_uri(address.uri)
    return (None, None) if uri is None else (uris.user(uri) or b"", uri.host)
