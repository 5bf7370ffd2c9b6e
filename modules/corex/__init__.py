# -*- test-case-name: tests.modules.corex.test_corex -*-
"""corex: what the core left out: sockets, flags, branches, Via, files, names, and a look at everything that passes."""

from __future__ import annotations

from zope.interface import implementer

from sipapp.interfaces.reply import IReplyWatcher
from sipapp.module import IServer, module
from sipapp.modules.corex.addresses import Addresses
from sipapp.modules.corex.branches import Branches
from sipapp.modules.corex.files import Files
from sipapp.modules.corex.flags import Flags
from sipapp.modules.corex.intercept import Intercept
from sipapp.modules.corex.names import Names
from sipapp.modules.corex.position import Position
from sipapp.modules.corex.rpc import Rpc
from sipapp.modules.corex.sending import Sending
from sipapp.modules.corex.sockets import Sockets
from sipapp.modules.corex.via import ViaAdditions


@implementer(IReplyWatcher)
@module("corex")
class Corex(Addresses, Branches, Files, Flags, Intercept, Names, Position, Rpc, Sending, Sockets, ViaAdditions):
    """Its parts."""

    event_routes = {
        "corex:reply-out": "A response has been sent, relayed or our own; it is the message of this route.",
        "network:msg": "A message comes in or goes out, before anything else looks at it; `nio_intercept` asks for it.",
    }

    def start(self, server: IServer) -> None:
        self.server = server
        self.start_names(server)
        self.start_intercept(server)
