# -*- test-case-name: tests.modules.test_path -*-
"""outbound: flow tokens in Record-Route and Path: the way back to a client behind a NAT. RFC 5626 §5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zope.interface import Interface

if TYPE_CHECKING:
    from sipapp.interfaces.transport import Flow
    from sipapp.script.runtime import Context


class IOutbound(Interface):
    """The outbound module, as rr and path see it."""

    def use_outbound(ctx: Context) -> int:
        """0: no flow token for this request; 1: one of its own flow; 2: the one of its top Route entry."""

    def encode_flow_token(flow: Flow) -> bytes:
        """The user part that stands for a flow, signed."""

    def decode_flow_token(token: bytes) -> Flow | None:
        """The flow; None: this is no flow token. Raises PeerError: a broken or forged one."""
