# -*- test-case-name: tests.modules.rr.test_rr -*-
"""record_route: what rr offers to modules that follow dialogs. RFC 3261 §16.6 step 4, §16.12."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sipapp.script.runtime import Context


class IRecordRoute(Interface):
    """rr, as other modules see it."""

    append_fromtag: int = Attribute("Record-Route tells whose the From tag was: without it there is no direction")

    def record_route(ctx: Context, parameters: bytes = b"") -> int:
        """What record_route() does, and its return code."""

    def add_parameter(ctx: Context, parameter: bytes) -> int:
        """What add_rr_param() does; `;name=value`, with its semicolon."""

    def route_parameter(ctx: Context, name: bytes) -> bytes | None:
        """A parameter of the Route entry of ours that brought the request here; b"" where it has no value, None where
        there is no such entry or parameter."""

    def is_upstream(ctx: Context) -> bool:
        """The request goes from the callee's side to the caller's, by the ftag parameter."""

    def on_loose_route(callback: Callable[[Context, bytes], None]) -> None:
        """Call `callback(ctx, parameters)` whenever loose_route() has found a Route entry of ours with parameters."""
