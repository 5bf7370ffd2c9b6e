# -*- test-case-name: tests.sockets.test_rpc_unix -*-
"""client: asks a running server over its UNIX socket, and waits for the answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any

from sipapp.errors import RpcFault


def ask(path: str, method: str, parameters: Sequence[Any] = (), timeout: float = 90.0) -> Any:
    """The result of a command. Raises RpcFault: what the server has against it. Raises OSError: nobody answers."""
    request = {"jsonrpc": "2.0", "method": method, "params": list(parameters), "id": 1}
    with socket.socket(socket.AF_UNIX) as stream:
        stream.settimeout(timeout)
        stream.connect(path)
        stream.sendall(json.dumps(request).encode("ascii") + b"\n")
        with stream.makefile("rb") as lines:
            line = lines.readline()
    if not line:
        raise ConnectionResetError(f"{path}: the server has closed the connection")
    response = json.loads(line)
    error = response.get("error")
    if error is not None:
        raise RpcFault(error["message"], error["code"])
    return response["result"]
