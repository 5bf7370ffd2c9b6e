# -*- test-case-name: tests.test_routing -*-
"""foreign: what comes in on a SIP port and is no SIP, and the HTTP requests among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zope.interface import Interface

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow
    from sipapp.script.runtime import Context


class IForeignMessages(Interface):
    """A module that takes messages of another protocol."""

    def foreign_received(data: bytes, flow: Flow) -> bool:
        """Whether this one, whole bytes, is its affair; then nobody else looks at it."""


class IHttpReplies(Interface):
    """Who answers the HTTP request that an event route is about."""

    def is_http(ctx: Context) -> bool:
        """The message of this run is an HTTP request."""

    def reply(ctx: Context, status: int, reason: bytes, content_type: bytes, body: bytes) -> bool:
        """Answer it; False: it has been answered, or is none."""
