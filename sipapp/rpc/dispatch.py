# -*- test-case-name: tests.rpc.test_dispatch -*-
"""dispatch: finds an RPC command, gives it its parameters in the types that it wants, and makes faults of errors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from twisted.internet.defer import CancelledError, Deferred, ensureDeferred, fail, succeed
from twisted.python.failure import Failure
from zope.interface import implementer

from sipapp.errors import PeerError, RpcFault, SipAppError
from sipapp.interfaces.module import IRpcCommand
from sipapp.interfaces.rpc import IRpc
from sipapp.log import Logger
from sipapp.nearest import nearest

log = Logger()

NO_METHOD = -32601
WRONG_PARAMETERS = -32602
BROKEN = -32603
"""JSON-RPC 2.0's codes, §5.1. What a command itself complains about has 500, or what it says."""


@implementer(IRpc)
class Dispatcher:
    """IRpc over the commands of the registry."""

    def __init__(self, commands: Mapping[str, IRpcCommand]) -> None:
        self.commands = commands
        self._hints: dict[str, dict[str, Any]] = {}

    def call(self, method: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Deferred[Any]:
        try:
            command = self.commands.get(method)
            if command is None:
                raise RpcFault(f"no such command: {method}{nearest(method, self.commands)}", NO_METHOD)
            answer = command.call(*self._arguments(command, parameters))
        except Exception:
            return fail(Failure()).addErrback(_to_fault, method)
        if inspect.iscoroutine(answer):
            answer = ensureDeferred(answer)
        waiting: Deferred[Any] = answer if isinstance(answer, Deferred) else succeed(answer)
        return waiting.addCallbacks(plain, _to_fault, errbackArgs=(method,))

    def _arguments(self, command: IRpcCommand, given: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
        """Values by position, each of the type that is wanted. Raises RpcFault."""
        wanted = inspect.signature(command.call).parameters
        if isinstance(given, Mapping):
            given = _positions(command, wanted, given)
        try:
            inspect.signature(command.call).bind(*given)
        except TypeError:
            usage = ", ".join(_usage(parameter) for parameter in wanted.values()) or "no parameters"
            raise RpcFault(f"{command.name} takes {usage}", WRONG_PARAMETERS) from None
        hints = self._hints.get(command.name)
        if hints is None:
            hints = self._hints[command.name] = get_type_hints(command.call)
        names = list(wanted)
        last = len(names) - 1
        return [
            _converted(command.name, names[min(n, last)], hints.get(names[min(n, last)]), v)
            for n, v in enumerate(given)
        ]


def _positions(command: IRpcCommand, wanted: Mapping[str, inspect.Parameter], given: Mapping[str, Any]) -> list[Any]:
    """Named parameters in their order; those under names that mean nothing to us count as they come, as in Kamailio."""
    if not all(name in wanted for name in given):
        return list(given.values())
    values = []
    for name, parameter in wanted.items():
        if name in given:
            values.append(given[name])
        elif parameter.default is not inspect.Parameter.empty:
            values.append(parameter.default)
        elif parameter.kind is not inspect.Parameter.VAR_POSITIONAL:
            raise RpcFault(f"{command.name}: {name} is missing", WRONG_PARAMETERS)
    return values


def _usage(parameter: inspect.Parameter) -> str:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"{parameter.name}..."
    return parameter.name if parameter.default is inspect.Parameter.empty else f"[{parameter.name}]"


def _converted(command: str, name: str, hint: Any, value: Any) -> Any:
    """The value in a type that the parameter takes. Raises RpcFault: there is none."""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    types = [get_origin(kind) or kind for kind in kinds]
    if hint is None or Any in types or type(value) in types or (value is None and NoneType in types):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if float in types:
            return float(value)
        if str in types:
            return str(value)
    if isinstance(value, str):
        for kind in (int, float):
            if kind in types:
                try:
                    return kind(value)
                except ValueError:
                    continue
        if bytes in types:
            return value.encode("utf-8", "surrogateescape")
    if isinstance(value, bool) and int in types:
        return int(value)
    raise RpcFault(f"{command}: {name} cannot be {value!r}", WRONG_PARAMETERS)


def _to_fault(failure: Failure, method: str) -> Any:
    error = failure.value
    if isinstance(error, (RpcFault, CancelledError)):
        return failure
    if isinstance(error, PeerError):
        return Failure(RpcFault(str(error), 400))
    if isinstance(error, (SipAppError, OSError, ValueError)):
        return Failure(RpcFault(str(error)))
    log.failure("RPC command {method} failed", failure, method=method)
    return Failure(RpcFault(f"{method} failed; the log says why", BROKEN))


def plain(value: Any) -> Any:
    """The same of texts, numbers, lists and dicts alone: bytes become texts."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(plain(key)): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value]
