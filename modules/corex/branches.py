# -*- test-case-name: tests.modules.corex.test_branches -*-
"""branches: append_branch() with what the request has so far, and its q value. RFC 3261 §16.5, §20.10."""

from __future__ import annotations

from sipapp.message.draft import Branch
from sipapp.message.request import Request
from sipapp.module import FAILURE, REQUEST, Context, ScriptError, script_function


def thousandths(text: bytes) -> int:
    """A q value, 0 to 1 with up to three decimals, in thousandths. Raises ScriptError."""
    whole, _, decimals = text.strip().partition(b".")
    digits = decimals.ljust(3, b"0")
    if (whole == b"0" or (not whole and decimals)) and digits.isdigit() and len(digits) == 3:
        return int(digits)
    if whole == b"1" and not decimals.strip(b"0"):
        return 1000
    raise ScriptError(f"cannot parse the Q parameter {text.decode(errors='replace')!r}")


class Branches:
    """append_branch()."""

    @script_function(routes=REQUEST | FAILURE)
    def append_branch(self, ctx: Context, uri: bytes = b"", q: bytes = b"") -> int:
        """Add a target: `uri`, or the Request-URI as it is now, with the next hop ($du), path, socket ($fs) and branch
        flags that were set; `q` is its preference, 0 to 1. Without a URI these are reset for the Request-URI."""
        draft, message = ctx.draft, ctx.message
        assert isinstance(message, Request)
        branch = Branch(uri or draft.request_uri or message.uri, draft.next_hop, draft.path)
        if q:
            branch.q = thousandths(q)
        branch.flags = draft.branch_flags
        branch.send_socket = draft.send_socket
        draft.targets.append(branch)
        if not uri:
            draft.next_hop = draft.path = draft.send_socket = None
            draft.branch_flags = 0
        return 1
