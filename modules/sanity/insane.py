# -*- test-case-name: tests.modules.sanity.test_checks -*-
"""insane: what is wrong with a message, and the answer that it is owed."""

from __future__ import annotations


class Insane(Exception):
    """A check has failed. `status` 0: without an answer; `fields`: whole header lines for the answer."""

    def __init__(self, status: int, reason: str, fields: tuple[bytes, ...] = ()) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.fields = fields


def silent(reason: str) -> Insane:
    """What gets no answer: there is nobody to send it to, or no way to build it."""
    return Insane(0, reason)
