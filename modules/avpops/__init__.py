# -*- test-case-name: tests.modules.avpops.test_avpops -*-
"""avpops: AVPs copied, compared, computed with, and kept in a database."""

from __future__ import annotations

from sipapp.module import IServer, module
from sipapp.modules.avpops.changes import Changes
from sipapp.modules.avpops.checks import Checks
from sipapp.modules.avpops.pushing import Pushing
from sipapp.modules.avpops.queries import Queries


@module("avpops")
class Avpops(Checks, Changes, Pushing, Queries):
    """Its parts."""

    def start(self, server: IServer) -> None:
        self.start_database(server)
