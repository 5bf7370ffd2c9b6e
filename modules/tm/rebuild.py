# -*- test-case-name: tests.modules.tm.test_rebuild -*-
"""rebuild: the changes to a message made, so that they can be read back."""

from __future__ import annotations

from sipapp.message.parse import parse
from sipapp.script.runtime import Context


def apply_changes(ctx: Context) -> None:
    """The run goes on with the message as it would go out now; its draft starts anew. Raises ParseError."""
    old = ctx.message
    message = parse(ctx.draft.render(old))
    message.flow, message.received_at, message.number = old.flow, old.received_at, old.number
    message.force_rport = old.force_rport
    draft = ctx.draft.fork()
    draft.edits = []
    draft.request_uri = None
    draft.boundary = None
    ctx.message, ctx.draft = message, draft
