# -*- test-case-name: tests.modules.registrar.test_address -*-
"""address: the address of record of a URI, as location tables know users by. RFC 3261 §10.3 step 5."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from sipapp.errors import ParseError
from sipapp.message.uri import Uri
from sipapp.modules.registrar.reasons import BAD_ADDRESS, LONG_ADDRESS, Refused

_LONGEST, _LONGEST_USER, _LONGEST_DOMAIN = 256, 64, 128  # what Kamailio's tables in databases take


class AddressRules:
    """How URIs become addresses of record."""

    __slots__ = ("case_sensitive", "realm_prefix", "use_domain")

    def __init__(self, use_domain: bool, case_sensitive: bool, realm_prefix: bytes) -> None:
        self.use_domain = use_domain
        self.case_sensitive = case_sensitive
        self.realm_prefix = realm_prefix

    def parse(self, uri: bytes) -> bytes:
        """The address of record of a URI's text. Raises Refused."""
        try:
            return self.of(Uri.parse(uri))
        except ParseError:
            raise Refused(BAD_ADDRESS) from None

    def of(self, uri: Uri) -> bytes:
        """`bob`; with `use_domain` `bob@example.com`, or a domain alone. Raises Refused."""
        user, host = uri.user or b"", uri.host or b""
        if len(user) > _LONGEST_USER or len(host) > _LONGEST_DOMAIN or len(user) + len(host) >= _LONGEST:
            raise Refused(LONG_ADDRESS)
        if b"%" in user:
            user = unquote_to_bytes(user)
        if not self.case_sensitive:
            user = user.lower()
        if not self.use_domain:
            return user
        prefix = self.realm_prefix
        if prefix and host.startswith(prefix) and len(host) > len(prefix):
            host = host[len(prefix) :]
        return b"%b@%b" % (user, host.lower()) if user else host.lower()
