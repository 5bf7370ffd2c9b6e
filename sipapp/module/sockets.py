# -*- test-case-name: tests.module.test_sockets -*-
"""sockets: one of our sockets by the text that modparam() and variables name it with: `udp:192.0.2.1:5060`."""

from __future__ import annotations

import re

from sipapp.interfaces.transport import ITransportLayer, Socket

_NAME = re.compile(
    rb"(?:(udp|tcp|tls|sctp|ws|wss):)?(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]+)|([0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))"
    rb"(?::([0-9]{1,5}))?",
    re.IGNORECASE,
).fullmatch


def named_socket(transport: ITransportLayer, text: bytes) -> Socket | None:
    """The socket called `proto:host:port`, proto and port may be left out; None where there is none."""
    found = _NAME(text.strip())
    if found is None:
        return None
    proto, port = found[1], found[5]
    host = found[2] or found[3] or found[4]
    return transport.find_socket(
        proto.lower().decode() if proto else None, host.decode("latin-1"), int(port) if port else None
    )
