# -*- test-case-name: tests.interfaces.test_registrar -*-
"""registrar: where users are, as those see it who send requests there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zope.interface import Interface

if TYPE_CHECKING:
    from sipapp.script.runtime import Context


class IRegistrar(Interface):
    """The registrar module, as others see it."""

    def add_targets(ctx: Context, table: bytes, uri: bytes | None = None) -> Any:
        """Add every contact of an address of record to the further targets of a run (`ctx.draft.targets`), none of
        them to its Request-URI: 1; negative where there is none. May answer a Deferred of that.

        uri: the address; None: the Request-URI.
        """
