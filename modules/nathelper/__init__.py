# -*- test-case-name: tests.modules.nathelper.test_nathelper -*-
"""nathelper: clients behind NATs: telling them, writing their public addresses into messages, keeping the way open."""

from __future__ import annotations

from zope.interface import implementer

from sipapp.interfaces.server import IAfterStart
from sipapp.module import IServer, module
from sipapp.modules.nathelper import selects  # noqa: F401  (offers @nathelper)
from sipapp.modules.nathelper.alias import Alias
from sipapp.modules.nathelper.checks import Checks
from sipapp.modules.nathelper.ping import Ping
from sipapp.modules.nathelper.rewriting import Rewriting
from sipapp.modules.nathelper.sdp import Sdp


@implementer(IAfterStart)
@module("nathelper")
class Nathelper(Checks, Rewriting, Alias, Sdp, Ping):
    """Its parts."""

    def start(self, server: IServer) -> None:
        """Raises ConfigError: a parameter is wrong."""
        self.server = server
        self.start_checks()
        self.start_rewriting(server)
        self.start_alias()
        self.start_ping()

    def started(self) -> None:
        """Raises ConfigError: what pinging needs is not there."""
        self.started_ping()

    def stop(self) -> None:
        self.stop_ping()
