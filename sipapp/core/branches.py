# -*- test-case-name: tests.core.test_branches -*-
"""branches: remove_branch() and clear_branches(): the targets that append_branch() added. RFC 3261 §16.5."""

from __future__ import annotations

from sipapp.module import Context, script_function


class BranchFunctions:
    """The Request-URI itself is none of these."""

    @script_function()
    def remove_branch(self, ctx: Context, index: int = 0) -> bool:
        """Take away one target, the first where no number is given; false where there is none of that number."""
        targets = ctx.draft.targets
        if not 0 <= index < len(targets):
            return False
        del targets[index]
        return True

    @script_function()
    def clear_branches(self, ctx: Context) -> int:
        """Take away all targets: what t_relay() gets is what append_branch() adds from now on."""
        ctx.draft.targets.clear()
        ctx.draft.consume_uri()
        return 1
