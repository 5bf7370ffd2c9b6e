# -*- test-case-name: tests.script.test_selects -*-
"""configured: parameters as a running script sees them: by `@cfg_get.group.name` and `$ccp(group.name)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sipapp.script.runtime import Context

INSTANCES = "cfg.instances"
"""`ctx.extra[INSTANCES]`: group -> the instance that cfg_select() chose for this run."""


def configured(ctx: Context, group: str, instance: int | None, name: str) -> int | bytes | None:
    """A parameter of the script's own, of the core, or of the module that the group is called after; of an instance
    of the group if it has one. None: there is no such parameter."""
    config = ctx.server.config
    found: Any = config.instances.get((group, instance, name), config.value(group, name))
    if found is None:
        module = ctx.server.modules.get(group)
        found = getattr(module, name, None) if module is not None and name in module.parameters else None
    if isinstance(found, str):
        return found.encode("utf-8", "surrogateescape")
    return found if isinstance(found, int | bytes) else None
