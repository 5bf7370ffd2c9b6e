# -*- test-case-name: tests.core.test_moments -*-
"""moments: what runs when a message has been read, or could not be, before anything else looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zope.interface import Interface

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow
    from sipapp.script.runtime import Context


class IMoments(Interface):
    """Who has event routes for these moments; nobody where the script has none of them."""

    def pre_routing(ctx: Context) -> bool:
        """A request or response is about to meet its route. False: it is dropped."""

    def parse_failed(data: bytes, flow: Flow) -> None:
        """These bytes are no message, and nobody else's affair."""
