# -*- test-case-name: tests.rpc.test_jsonrpc -*-
"""jsonrpc: JSON-RPC 2.0 requests as bytes, in; responses as bytes, out. No I/O.

As Kamailio's `jsonrpcs`, a command that answers nothing has the result `{}`.
"""

from __future__ import annotations

import json
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, gatherResults, succeed
from twisted.python.failure import Failure

from sipapp.errors import RpcFault
from sipapp.interfaces.rpc import IRpc

NO_JSON = -32700
NO_REQUEST = -32600
"""The codes of JSON-RPC 2.0 §5.1 for what does not reach a command."""

MOST = 100
"""Requests in one batch."""


def answer(rpc: IRpc, data: bytes) -> Deferred[bytes]:
    """The response to one request, or to a batch of them; b"" where none is wanted. Never fails but by cancelling."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as why:
        return succeed(_encoded(_error(None, NO_JSON, f"no JSON: {why}")))
    if not isinstance(found, list):
        return _one(rpc, found).addCallback(lambda response: b"" if response is None else _encoded(response))
    if not found or len(found) > MOST:
        return succeed(_encoded(_error(None, NO_REQUEST, f"a batch is 1 to {MOST} requests")))
    return gatherResults([_one(rpc, request) for request in found], consumeErrors=True).addCallback(_batch)


def _batch(responses: list[Any]) -> bytes:
    wanted = [response for response in responses if response is not None]
    return _encoded(wanted) if wanted else b""


def _one(rpc: IRpc, request: Any) -> Deferred[Any]:
    """The response as a dict; None for a notification, which gets none."""
    wrong = _mistake(request)
    if wrong:
        number = request.get("id") if isinstance(request, dict) else None
        return succeed(_error(number if _is_id(number) else None, NO_REQUEST, wrong))
    running = rpc.call(request["method"], request.get("params", ()))
    if "id" not in request:
        return running.addErrback(_unless_cancelled).addCallback(lambda _: None)
    number = request["id"]

    def done(result: Any) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "result": {} if result is None else result, "id": number}

    def failed(failure: Failure) -> dict[str, Any]:
        fault = failure.value
        if not isinstance(fault, RpcFault):
            failure.raiseException()
        assert isinstance(fault, RpcFault)
        return _error(number, fault.code, fault.reason)

    return running.addCallbacks(done, failed)


def _unless_cancelled(failure: Failure) -> None:
    if failure.check(CancelledError):
        failure.raiseException()


def _mistake(request: Any) -> str:
    """What makes this no request; "" for one."""
    if not isinstance(request, dict):
        return "a request is an object"
    if request.get("jsonrpc") != "2.0":
        return '"jsonrpc": "2.0" is missing'
    if not isinstance(request.get("method"), str):
        return '"method" must be a text'
    if not isinstance(request.get("params", []), (list, dict)):
        return '"params" must be a list or an object'
    return "" if _is_id(request.get("id")) else '"id" must be a text or a number'


def _is_id(number: Any) -> bool:
    return number is None or (isinstance(number, (str, int, float)) and not isinstance(number, bool))


def _error(number: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": number}


def _encoded(response: Any) -> bytes:
    """ASCII on one line, whatever is in it."""
    return json.dumps(response, separators=(",", ":")).encode("ascii", "backslashreplace")
