# -*- test-case-name: tests.integration.test_ldap -*-
"""ldap: searches in directories; the script waits, nothing else does. Needs the package ldaptor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sipapp.interfaces.script import IBinder
from sipapp.log import Logger
from sipapp.module import (
    BRANCH,
    FAILURE,
    ONREPLY,
    REQUEST,
    ConfigError,
    Context,
    IServer,
    PvRef,
    ScriptError,
    Subst,
    Value,
    modparam,
    module,
    script_function,
    writable,
)
from sipapp.modules.ldap.client import Entry, LdapError, LdapSession
from sipapp.modules.ldap.config import read_sessions
from sipapp.modules.ldap.url import escaped, parse_url
from sipapp.nearest import nearest
from sipapp.script.avp import avp_key
from sipapp.script.pvsyntax import parse_variable

log = Logger()

_ROUTES = REQUEST | FAILURE | BRANCH | ONREPLY
FOUND = "ldap.found"
"""`ctx.extra[FOUND]`: what the last search of this run has found, from the present entry on."""

ABSENT, ERROR = -1, -2


def _store(text: bytes) -> tuple[bytes, Any, bool]:
    """`attribute/$avp(x)[/int]`: attribute, key of the AVP, whether its values are numbers. Raises ConfigError."""
    name, _, rest = text.partition(b"/")
    variable, _, kind = rest.partition(b"/")
    try:
        found = parse_variable(variable.strip())
    except ConfigError:
        found = None
    if not name.strip() or found is None or found.name != "avp" or kind.strip() not in (b"", b"str", b"int"):
        raise ConfigError(f"not ATTRIBUTE/$avp(NAME)[/int]: {text.decode(errors='replace')}")
    return name.strip().lower(), avp_key(found.inner or b""), kind.strip() == b"int"


@module("ldap")
class Ldap:
    """Kamailio's module of this name, and OpenSIPS'."""

    config_file: str = modparam(
        default="/usr/local/etc/kamailio/ldap.cfg", doc="path of the file with the sessions; see `ldap_search()`"
    )

    def start(self, server: IServer) -> None:
        """Raises ConfigError: the file is wrong."""
        lookup = server.transport.lookup
        sessions = read_sessions(self.config_file)
        self.sessions = {name: LdapSession(server.reactor, lookup, one) for name, one in sessions.items()}

    def stop(self) -> None:
        for session in self.sessions.values():
            session.close()

    @script_function(routes=_ROUTES, timeout_code=ERROR)
    async def ldap_search(self, ctx: Context, ldap_url: bytes) -> int:
        """Search: `ldap://session/ou=sip,dc=example,dc=com?attributes?one?(cn=$rU)`. The session is a section of
        `config_file`, the scope base, one or sub.

        Returns how many entries there are; -1: none; -2: the servers cannot be asked, or the URL is none.
        """
        ctx.extra.pop(FOUND, None)
        search = parse_url(ldap_url)
        session = self.sessions.get(search.session)
        if session is None:
            raise ScriptError(f"no LDAP session {search.session!r}{nearest(search.session, self.sessions)}", ERROR)
        try:
            entries = await session.search(search)
        except LdapError as why:
            raise ScriptError(f"ldap {why}", ERROR) from None
        if not entries:
            return ABSENT
        ctx.extra[FOUND] = entries
        return len(entries)

    def _entry(self, ctx: Context) -> Entry:
        """Raises ScriptError: there is none."""
        entries: list[Entry] = ctx.extra.get(FOUND) or []
        if not entries:
            raise ScriptError("there is no result of ldap_search()", ERROR)
        return entries[0]

    @script_function(routes=_ROUTES, parse={"ldap_attr": _store})
    def ldap_result(self, ctx: Context, ldap_attr: tuple[bytes, Any, bool], regex_subst: Subst | None = None) -> int:
        """Store the values of an attribute of the present entry: `ldap_result("telephoneNumber/$avp(tel)")`, with
        `/int` behind it as numbers. With a substitution, what it makes of those that it matches.

        Returns how many there are; -1: none; -2: there is no result.
        """
        name, key, as_number = ldap_attr
        stored = 0
        for value in self._entry(ctx)[1].get(name, ()):
            made = _made(ctx, value, regex_subst)
            if made is None or (as_number and not made.lstrip(b"-").isdigit()):
                continue
            ctx.avps.setdefault(key, []).append(int(made) if as_number else made)
            stored += 1
        return stored or ABSENT

    def _wanted(self, text: bytes, binder: IBinder) -> tuple[bytes, Callable[[Context], Value]]:
        name, slash, rest = text.partition(b"/")
        if not slash or not name.strip():
            raise ConfigError(f"not ATTRIBUTE/TEXT: {text.decode(errors='replace')}")
        return name.strip().lower(), binder.text(rest)

    @script_function(routes=_ROUTES, parse={"ldap_attr": "_wanted"})
    def ldap_result_check(
        self, ctx: Context, ldap_attr: tuple[bytes, Callable[[Context], Value]], regex_subst: Subst | None = None
    ) -> int:
        """Whether an attribute of the present entry has this value: `ldap_result_check("sn/$rU")`. A substitution is
        made in its values before. Returns 1; -1: it has not; -2: there is no result."""
        name, wanted = ldap_attr
        values = self._entry(ctx)[1].get(name, ())
        made = [_made(ctx, value, regex_subst) for value in values]
        return 1 if wanted(ctx) in made else ABSENT

    @script_function(routes=_ROUTES)
    def ldap_result_next(self, ctx: Context) -> int:
        """Go on to the next entry. Returns 1; -1: there is none; -2: there is no result."""
        self._entry(ctx)
        if len(ctx.extra[FOUND]) < 2:
            return ABSENT
        ctx.extra[FOUND] = ctx.extra[FOUND][1:]
        return 1

    @script_function(routes=_ROUTES, parse={"avp": writable})
    def ldap_filter_url_encode(self, ctx: Context, string: bytes, avp: PvRef) -> int:
        """Write a text so that it can stand in a filter of ldap_search(): `*`, `(`, `)`, `\\` and `?` are escaped."""
        assert avp.set is not None
        avp.set(ctx, escaped(string))
        return 1


def _made(ctx: Context, value: bytes, substitution: Subst | None) -> bytes | None:
    """What a substitution makes of a value; None: it does not match."""
    if substitution is None:
        return value
    text, count = substitution.apply(ctx, value)
    return text if count > 0 else None
