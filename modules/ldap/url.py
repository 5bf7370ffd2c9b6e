# -*- test-case-name: tests.modules.ldap.test_url -*-
"""url: what to search for: `ldap://session/base?attributes?scope?filter`. RFC 4516 §2; filters RFC 4515."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from sipapp.errors import ScriptError


@contextmanager
def _old_names() -> Iterator[None]:
    """ldaptor calls pyparsing by names that it has given up, and would be told so each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


try:
    with _old_names():
        from ldaptor.ldapfilter import InvalidLDAPFilter, parseFilter
        from ldaptor.protocols import pureldap
except ImportError as why:
    raise ImportError("the package ldaptor is missing: pip install 'sipapp[ldap]'") from why

_SCOPES = {
    "": pureldap.LDAP_SCOPE_baseObject,
    "base": pureldap.LDAP_SCOPE_baseObject,
    "one": pureldap.LDAP_SCOPE_singleLevel,
    "sub": pureldap.LDAP_SCOPE_wholeSubtree,
}
_ESCAPED = {0x2A: b"\\2a", 0x28: b"\\28", 0x29: b"\\29", 0x5C: b"\\5c", 0x3F: b"%3F"}


class Search(NamedTuple):
    """One search; no attributes means all of them."""

    session: str
    base: str
    attributes: tuple[str, ...]
    scope: int
    filter: Any


def parse_url(text: bytes) -> Search:
    """Raises ScriptError: it is no LDAP URL, or its filter is none."""
    scheme, slashes, rest = text.partition(b"://")
    if scheme.lower() != b"ldap" or not slashes:
        raise ScriptError(f"no LDAP URL: {text[:80]!r}", -2)
    session, _, rest = rest.partition(b"/")
    base, attributes, scope, filter_, *_ = (unquote_to_bytes(piece).decode("utf-8", "replace") for piece in (
        *rest.split(b"?"), b"", b"", b"",
    ))  # fmt: skip
    if scope.lower() not in _SCOPES:
        raise ScriptError(f"the scope of an LDAP URL is base, one or sub, not {scope!r}", -2)
    try:
        with _old_names():
            parsed = parseFilter(filter_ or "(objectClass=*)")
    except InvalidLDAPFilter:
        raise ScriptError(f"no LDAP filter: {filter_!r}", -2) from None
    names = tuple(name.strip() for name in attributes.split(",") if name.strip())
    return Search(session.decode("utf-8", "replace"), base, names, _SCOPES[scope.lower()], parsed)


def escaped(text: bytes) -> bytes:
    """What may stand in the filter of an LDAP URL for this text. RFC 4515 §3, RFC 4516 §2.1."""
    return b"".join(_ESCAPED.get(byte, bytes((byte,))) for byte in text)
