# -*- test-case-name: tests.modules.uac.test_uac -*-
"""uac: what a user agent client does: another From or To, answers to challenges, requests of our own, registrations."""

from __future__ import annotations

from sipapp.interfaces.server import IServer
from sipapp.interfaces.tm import ITm
from sipapp.module import module
from sipapp.modules.uac.commands import Commands
from sipapp.modules.uac.credentials import Authenticating
from sipapp.modules.uac.replace import Replacing
from sipapp.modules.uac.requests import Requesting


@module("uac", needs=[ITm])
class Uac(Replacing, Authenticating, Requesting, Commands):
    """Its parts."""

    async def start(self, server: IServer) -> None:
        self.server = server
        self.tm = server.get(ITm)
        self.start_replacing(server)
        self.start_authenticating(server)
        self.start_requesting(server)
        await self.start_registering(server)

    def stop(self) -> None:
        self.stop_registering()
