# -*- test-case-name: tests.integration.test_ldap -*-
"""client: one session: a connection to the first of its servers that answers, made when needed, shared by all."""

from __future__ import annotations

from typing import Any

from ldaptor.protocols import pureldap
from ldaptor.protocols.ldap.ldapclient import LDAPClient, LDAPClientConnectionLostException
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import wrapClientTLS

from sipapp.backend.names import NamedHost
from sipapp.backend.shared import SharedConnection, quiet
from sipapp.http.tls import Trust
from sipapp.interfaces.http import Profile
from sipapp.log import Logger
from sipapp.modules.ldap.config import Place, Session
from sipapp.modules.ldap.url import Search

log = Logger()

Entry = tuple[bytes, dict[bytes, list[bytes]]]
"""A name, and values by attribute, whose names are in lower case."""

_SUCCESS, _NO_SUCH_OBJECT = 0, 32


class LdapError(Exception):
    """A search could not be made."""


class _Client(LDAPClient):  # type: ignore[misc]
    def unsolicitedNotification(self, msg: Any) -> None:
        """The server says that it hangs up; so it will."""

    def handle(self, msg: Any) -> None:
        if msg.id == 0 or msg.id in self.onwire:  # else what was abandoned
            super().handle(msg)


class LdapSession:
    """Asks the servers of one session."""

    def __init__(self, reactor: Any, lookup: Any, session: Session) -> None:
        self._reactor = reactor
        self._lookup = lookup
        self.session = session
        self._shared: SharedConnection[Any] = SharedConnection(self._connect, lambda client: bool(client.connected))

    async def search(self, search: Search) -> list[Entry]:
        """Raises LdapError: no server can be asked, or none answers in time."""
        for again in (True, False):
            client = await self._shared.get()
            try:
                found: list[Entry] = await self._within(
                    self._search(client, search), self.session.search_timeout, client
                )
                return found
            except LDAPClientConnectionLostException:
                if not again:
                    raise LdapError(f"{self.session.name}: the connection is lost") from None
        raise AssertionError("unreachable")

    def _search(self, client: Any, search: Search) -> Deferred[list[Entry]]:
        entries: list[Entry] = []
        request = pureldap.LDAPSearchRequest(
            baseObject=search.base, scope=search.scope, filter=search.filter, attributes=search.attributes
        )

        def abandon(_: Any) -> None:
            number = next((key for key, one in client.onwire.items() if one[2] is received), None)
            if number is not None and client.connected:
                del client.onwire[number]
                client.send_noResponse(pureldap.LDAPAbandonRequest(id=number))

        done: Deferred[list[Entry]] = Deferred(abandon)

        def received(response: Any) -> bool:
            if isinstance(response, pureldap.LDAPSearchResultEntry):
                values = {name.lower(): list(found) for name, found in response.attributes}
                entries.append((response.objectName, values))
            elif isinstance(response, pureldap.LDAPSearchResultDone):
                if response.resultCode in (_SUCCESS, _NO_SUCH_OBJECT):
                    done.callback(entries)
                else:
                    why = response.errorMessage or b"result %d" % response.resultCode
                    done.errback(LdapError(f"{self.session.name}: {why.decode(errors='replace')}"))
                return True
            return False

        lost = client.send_multiResponse(request, received)
        lost.addErrback(lambda _: None if done.called else done.errback(LDAPClientConnectionLostException()))
        return done

    async def _within(self, waiting: Deferred[Any], seconds: float, client: Any) -> Any:
        late = False

        def too_late() -> None:
            nonlocal late
            late = True
            waiting.cancel()

        alarm = self._reactor.callLater(seconds, too_late)
        try:
            return await waiting
        except CancelledError:
            if not late:
                raise
            client.transport.abortConnection()  # it may be dead for all we know
            raise LdapError(f"{self.session.name}: no answer in {seconds:g} s") from None
        finally:
            if alarm.active():
                alarm.cancel()

    # -- connections

    async def _connect(self) -> Any:
        why: Exception = LdapError("no server")
        for place in self.session.places:
            try:
                client = await self._endpoint(place).connect(quiet(_Client))
            except Exception as error:  # a refusal, a name that nobody knows, a time-out, a certificate
                why = error
                log.info("ldap {name}: {host}: {why}", name=self.session.name, host=place.host, why=str(error))
                continue
            await self._bind(client)
            return client
        raise LdapError(f"{self.session.name}: cannot connect: {why}")

    async def _bind(self, client: Any) -> None:
        session = self.session
        request = pureldap.LDAPBindRequest(
            version=session.version, dn=session.bind_dn.encode(), auth=session.password.encode()
        )
        answer = await self._within(client.send(request), session.bind_timeout, client)
        if answer.resultCode != _SUCCESS:
            client.transport.abortConnection()
            raise LdapError(f"{session.name}: not let in as {session.bind_dn!r}: result {answer.resultCode}")

    def _endpoint(self, place: Place) -> Any:
        endpoint: Any = NamedHost(self._reactor, self._lookup, place.host, place.port, self.session.connect_timeout)
        return wrapClientTLS(Trust(Profile(), place.host), endpoint) if place.tls else endpoint

    def close(self) -> None:
        self._shared.close()
        if self._shared.present is not None:
            self._shared.present.unbind()
