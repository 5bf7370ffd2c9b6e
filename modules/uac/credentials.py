# -*- test-case-name: tests.modules.uac.test_credentials -*-
"""credentials: names and passwords for the realms that ask for them, and uac_auth() that answers with them."""

from __future__ import annotations

import re
from typing import Any

from sipapp.errors import ConfigError, ParseError
from sipapp.interfaces.server import IServer
from sipapp.interfaces.tm import ITm
from sipapp.log import Logger
from sipapp.message.auth import Challenge
from sipapp.message.response import Response
from sipapp.module import EVENT, FAILURE, Context, ScriptError, modparam, script_function
from sipapp.module.bind import bind_variable
from sipapp.modules.uac.digest import Asked, Credential, authorization, can_answer
from sipapp.script.values import text

log = Logger()

HASHED = 1
"""The bit of a mode: the password is a hash already."""

CHALLENGES = {401: b"www-authenticate", 407: b"proxy-authenticate"}

_credential = re.compile(r"\s*([^:\s]+)\s*:\s*([^:\s]+)\s*:\s*(\S+)\s*").fullmatch


def parse_credential(given: str) -> Credential:
    """`user:realm:password`. Raises ConfigError."""
    found = _credential(given)
    if found is None:
        raise ConfigError("not user:realm:password")
    return Credential(found[2].encode(), found[1].encode(), found[3].encode())


def challenges(response: Response, status: int) -> list[Challenge]:
    """Those that can be answered, in order. Raises ScriptError: there is none."""
    key = CHALLENGES.get(status)
    if key is None:
        raise ScriptError(f"a {status} asks for no credentials")
    found = []
    for value in response.values(key):
        try:
            found.append(Challenge.parse(value))
        except ParseError as why:
            log.warn("uac: {why}", why=str(why))
    answerable = [challenge for challenge in found if can_answer(challenge) and challenge.realm and challenge.nonce]
    if not answerable:
        raise ScriptError(f"no challenge in this {status} can be answered")
    return answerable


class Authenticating:
    """uac_auth() and uac_auth_mode()."""

    credential: list[Credential] = modparam(default=(), parse=parse_credential, doc='"user:realm:password"')
    auth_username_avp: bytes = modparam(default=b"", doc="a variable that holds a user name, before any `credential`")
    auth_realm_avp: bytes = modparam(default=b"", doc="a variable that holds its realm; empty: any")
    auth_password_avp: bytes = modparam(default=b"", doc="a variable that holds its password")

    tm: ITm

    def start_authenticating(self, server: IServer) -> None:
        """Raises ConfigError: some of the three variables are missing."""
        given = {name: getattr(self, name) for name in ("auth_realm_avp", "auth_username_avp", "auth_password_avp")}
        if any(given.values()) and not all(given.values()):
            raise ConfigError('modparam("uac"): auth_username_avp, auth_realm_avp and auth_password_avp go together')
        self.held = [bind_variable(server, f'modparam("uac", "{n}")', source) for n, source in given.items() if source]

    @script_function(routes=FAILURE | EVENT)
    def uac_auth(self, ctx: Context, mode: int = 0) -> int:
        """Answer the 401 or 407 that led here: the request gets the credentials, and goes where it went before.

        They come from the `auth_..._avp` variables or a `credential`. mode 1: the password is
        MD5(user:realm:password) in hexadecimal. t_relay() sends the request. False where there are none.
        """
        transaction = self.tm.transaction(ctx)
        if transaction is None or transaction.picked < 0:
            raise ScriptError("no response has been picked")
        branch = transaction.branches[transaction.picked]
        if not isinstance(branch.reply, Response):
            raise ScriptError("the response that was picked is one of our own")
        challenge, found = self._answerable(ctx, challenges(branch.reply, branch.last))
        if mode & HASHED:
            found = found._replace(hashed=True)
        asked = Asked(transaction.request.method, branch.uri, transaction.request.body)
        line = authorization(branch.last, challenge, found, asked)
        ctx.draft.request_uri = bytes(bytearray(branch.uri))  # an object of its own: it is a target again
        ctx.draft.append_field(ctx.message, line)
        return 1

    @script_function(routes=FAILURE | EVENT)
    def uac_auth_mode(self, ctx: Context, vmode: int) -> int:
        """uac_auth() with a mode."""
        return self.uac_auth(ctx, vmode)

    def _answerable(self, ctx: Context, offered: list[Challenge]) -> tuple[Challenge, Credential]:
        for challenge in offered:
            found = self._credential(ctx, challenge.realm or b"")
            if found is not None:
                return challenge, found
        raise ScriptError(f"no credential for realm {offered[0].realm!r}")

    def _credential(self, ctx: Context, realm: bytes) -> Credential | None:
        if self.held:
            wanted, user, password = (text(variable.get(ctx)) for variable in self.held)
            if wanted in (b"", realm) and user and password:
                return Credential(realm, user, password)
        return next((c for c in reversed(self.credential) if c.realm == realm), None)

    server: Any
