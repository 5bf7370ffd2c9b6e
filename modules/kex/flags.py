# -*- test-case-name: tests.modules.test_kex_flags -*-
"""flags: script flags, which last as long as a run, and flags of branches. They count from 0 to 31."""

from __future__ import annotations

from typing import Any

from sipapp.module import Context, script_function


class Flags:
    """setsflag(), setbflag() and their like; all false for a flag or branch that there cannot be."""

    @script_function()
    def setsflag(self, ctx: Context, flag: int) -> bool:
        """Set a script flag."""
        if not 0 <= flag < 32:
            return False
        ctx.script_flags |= 1 << flag
        return True

    @script_function()
    def resetsflag(self, ctx: Context, flag: int) -> bool:
        """Clear a script flag."""
        if not 0 <= flag < 32:
            return False
        ctx.script_flags &= ~(1 << flag)
        return True

    @script_function()
    def issflagset(self, ctx: Context, flag: int) -> bool:
        """A script flag is set."""
        return 0 <= flag < 32 and bool(ctx.script_flags >> flag & 1)

    @script_function()
    def setbflag(self, ctx: Context, flag: int, branch: int = 0) -> bool:
        """Set a flag of a branch: 0 is the Request-URI's, 1 the first of append_branch()."""
        owner, name = _owner(ctx, branch)
        if owner is None or not 0 <= flag < 32:
            return False
        setattr(owner, name, getattr(owner, name) | 1 << flag)
        return True

    @script_function()
    def resetbflag(self, ctx: Context, flag: int, branch: int = 0) -> bool:
        """Clear a flag of a branch."""
        owner, name = _owner(ctx, branch)
        if owner is None or not 0 <= flag < 32:
            return False
        setattr(owner, name, getattr(owner, name) & ~(1 << flag))
        return True

    @script_function()
    def isbflagset(self, ctx: Context, flag: int, branch: int = 0) -> bool:
        """A flag of a branch is set."""
        owner, name = _owner(ctx, branch)
        return owner is not None and 0 <= flag < 32 and bool(getattr(owner, name) >> flag & 1)


def _owner(ctx: Context, branch: int) -> tuple[Any, str]:
    """Whose flags a branch's are, and under which name; (None, "") where there is no such branch."""
    if branch == 0:
        return ctx.draft, "branch_flags"
    targets = ctx.draft.targets
    return (targets[branch - 1], "flags") if 0 < branch <= len(targets) else (None, "")
