# -*- test-case-name: tests.transport.test_wayback -*-
"""wayback: where a response goes, by the Via that it has on top. RFC 3261 §18.2.2, RFC 3581 §4."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sipapp.errors import ParseError, TransportError
from sipapp.interfaces.transport import Flow
from sipapp.transport.addresses import is_multicast, numeric
from sipapp.transport.resolve import Hop, default_port

if TYPE_CHECKING:
    from sipapp.message.request import Request
    from sipapp.message.response import Response
    from sipapp.message.via import Via


def of_request(request: Request) -> tuple[str, int]:
    """(address, port) for a response of ours, by datagram or where the request's stream is gone.

    The source address; its port too where the top Via asks for that with `rport` or the script forced it, else the
    port of the Via. A top Via that cannot be read leaves the source.
    """
    flow: Flow = request.flow
    try:
        via = request.via
        if via is None:
            return flow.host, flow.port
        if via.may_have(b"maddr"):
            group = _multicast(via)
            if group is not None:
                return group, via.port or default_port(flow.socket.proto)
        # Over a stream the source port is one that nobody listens on.
        if not flow.socket.reliable and (
            request.force_rport or (via.may_have(b"rport") and b"rport" in via.parameters)
        ):
            return flow.host, flow.port
    except ParseError:
        return flow.host, flow.port
    return flow.host, via.port or default_port(flow.socket.proto)


class Way(NamedTuple):
    """Where to forward a response: a hop, and the number of the stream that our own Via names, if it does."""

    hop: Hop
    connection_id: int | None


def of_response(response: Response) -> Way:
    """Where to forward a response that is not ours. Raises TransportError: it has no second Via that can be read."""
    try:
        vias = response.vias
        if len(vias) < 2:
            raise TransportError("the response has no second Via")
        return Way(hop_of_via(vias[1]), _connection_id(vias[0]))
    except ParseError as error:
        raise TransportError(f"the response's Via cannot be read: {error.reason}") from error


def hop_of_via(via: Via) -> Hop:
    """A Via that another element has put there: `received` and `rport` where they are, else the sent-by."""
    proto = via.transport.decode("ascii", "replace").lower()
    group = _multicast(via)
    if group is not None:
        return Hop(group, via.port or default_port(proto), proto)
    received = via.received
    if received is not None:
        # An address is not looked up, and there is no SRV record for one.
        return Hop(received.decode("ascii", "replace"), via.rport or via.port or default_port(proto), proto)
    return Hop(via.host_address.decode("ascii", "replace"), via.rport or via.port, proto)


def sent_by(via: Via) -> Hop:
    """What reply_to_via goes by: the sent-by alone."""
    return Hop(via.host_address.decode("ascii", "replace"), via.port, via.transport.decode("ascii", "replace").lower())


def _multicast(via: Via) -> str | None:
    # Differs: RFC 3261 §18.2.2 would send to any maddr, and so let anybody aim our responses at anybody. Only who
    # sends to a multicast group has to write one (§18.1.1).
    value = via.parameters.get(b"maddr")
    if value is None:
        return None
    address = numeric(value.decode("ascii", "replace"))
    return address if address is not None and is_multicast(address) else None


def _connection_id(via: Via) -> int | None:
    """The `i` parameter: hexadecimal digits, the lowest first, as Kamailio writes it."""
    value = via.parameters.get(b"i")
    if not value or len(value) > 16:
        return None
    try:
        return int(value[::-1], 16)
    except ValueError:
        return None
