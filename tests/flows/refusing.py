"""refusing: a script module whose functions wait for somebody who does not do what he is asked."""

from __future__ import annotations

from twisted.internet.defer import Deferred, fail

from sipapp.module import ANY, ScriptError, module, script_function


@module("refusing")
class Refusing:
    """For tests of calls that fail."""

    @script_function(routes=ANY)
    def refused(self) -> Deferred[int]:
        """False at once."""
        return fail(ScriptError("connection refused"))

    @script_function(routes=ANY)
    def unreachable(self) -> Deferred[int]:
        """-10 at once, without a Deferred that could be waited for."""
        raise ScriptError("no such host", -10)

    @script_function(routes=ANY)
    def silent(self) -> Deferred[int]:
        """Never answers."""
        return Deferred()
