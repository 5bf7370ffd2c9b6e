# -*- test-case-name: tests.core.test_core -*-
"""core: the built-in module: the language's own functions and variables. No loadmodule is needed for it."""

from __future__ import annotations

from zope.interface import implementer

from sipapp.core import moments, received
from sipapp.core.about import About
from sipapp.core.branches import BranchFunctions
from sipapp.core.connections import ConnectionFunctions
from sipapp.core.flags import FlagFunctions
from sipapp.core.forwarding import ForwardFunctions
from sipapp.core.listeners import Listeners
from sipapp.core.methods import Methods
from sipapp.core.moments import Moments
from sipapp.core.names import Names
from sipapp.core.odds import OddFunctions
from sipapp.core.uris import UriFunctions
from sipapp.core.variables import CoreVariables
from sipapp.core.waits import Waits
from sipapp.interfaces.server import IAfterStart, IServer
from sipapp.module import module


@implementer(IAfterStart)
@module("core")
class Core(
    FlagFunctions,
    UriFunctions,
    BranchFunctions,
    ConnectionFunctions,
    ForwardFunctions,
    OddFunctions,
    CoreVariables,
    About,
    Listeners,
    Methods,
    Moments,
    Names,
    Waits,
):
    """Its parts. The functions leave $rc alone, as the core's do in Kamailio; route() is a statement."""

    event_routes = {
        "core:tkv": "async_tkv_emit() has said something; $atkv(type), $atkv(key) and $atkv(val) are what.",
        received.NAME: "Something has come in: $rcv(buf), which may be changed; `drop` throws it away. It cannot wait. "
        "Runs where received_route_mode is 1.",
        **moments.DOCS,
    }

    def start(self, server: IServer) -> None:
        self.server = server
        self.forwarded_requests = server.statistics.counter("core", "fwd_requests")
        self.dropped_requests = server.statistics.counter("core", "drop_requests")
        self.start_clocks()
        received.look_at_all(server)
        self.begin()
