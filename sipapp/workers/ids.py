# -*- test-case-name: tests.workers.test_ids -*-
"""ids: identifiers that tell which worker has made them."""

from __future__ import annotations

import secrets
from itertools import count

from zope.interface import implementer

from sipapp.ids import IIdSource, RandomIds
from sipapp.workers.ownership import Ownership


@implementer(IIdSource)
class WorkerIds(RandomIds):
    """Branches have the worker's number in them; a Call-ID of ours is one whose messages are this worker's."""

    def __init__(self, ownership: Ownership) -> None:
        super().__init__()
        self._ownership = ownership
        self._branches = count(secrets.randbits(24)).__next__
        # Another one each time that the worker starts: nobody takes what it made before for its own.
        self._own = ownership.prefix + secrets.token_hex(4).encode()

    def branch(self) -> bytes:
        return b"%b.%x" % (self._own, self._branches())

    def call_id(self) -> bytes:
        while True:
            call_id = super().call_id()
            if self._ownership.is_mine(call_id):
                return call_id
