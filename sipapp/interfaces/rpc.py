# -*- test-case-name: tests.rpc.test_dispatch -*-
"""rpc: who runs the commands that the loaded modules offer to operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from sipapp.interfaces.module import IRpcCommand


class IRpc(Interface):
    """The one dispatcher behind every transport: a socket, HTTP, a script."""

    commands: Mapping[str, IRpcCommand] = Attribute("every command by its full name")

    def call(method: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Deferred[Any]:
        """What a command answers: plain values that JSON can hold. Never raises.

        Parameters go by position, or by name. A text where a number is wanted is read as one, and the other way round.
        Cancelling the Deferred cancels what the command waits for. Fails with RpcFault: no such command, wrong
        parameters, or what the command has against them.
        """


IRpc.setTaggedValue("core", True)
