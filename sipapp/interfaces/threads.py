# -*- test-case-name: tests.test_threads -*-
"""threads: where code runs that blocks: a driver or a library that cannot do otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zope.interface import Interface

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


class IThreads(Interface):
    """A bounded number of threads beside the reactor's."""

    def run(function: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        """Call the function in a thread, as soon as one is free; fires with what it answers or raises.

        A call that is cancelled before its turn is not made; of one that runs already, the result is dropped.
        """


IThreads.setTaggedValue("core", True)
