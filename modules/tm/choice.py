# -*- test-case-name: tests.modules.tm.test_choice -*-
"""choice: the best of the final responses that the branches have: which one goes to the caller. RFC 3261 §16.7 step 6.

As Kamailio chooses: 6xx, then 3xx, then 4xx, then 5xx; of one class the lowest, but of 4xx first 401, 407, 415, 420
and 484: those that tell the caller what to do better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sipapp.modules.tm.branch import Branch

OPEN = -2
"""No choice yet: some branch waits for its final response."""

NONE = -1
"""No branch has a final response to choose."""

MADE_UP: Any = "made up"
"""In place of a response: nobody sent one, it is ours (a time-out, a failed send)."""

_CLASSES = (32000, 11000, 0, 3000, 4000, 5000, 1000)
_HELPFUL = (1, 7, 15, 20, 84)


def priority(status: int, made_up: int = 0) -> int:
    """The lower, the better; `made_up` is added for a response of our own (modparam faked_reply_prio)."""
    kind, rest = divmod(status, 100)
    if kind >= len(_CLASSES):
        return 10000 + status + made_up
    if kind == 4 and rest not in _HELPFUL:
        rest += 100
    return _CLASSES[kind] + rest + made_up


def pick(
    branches: Sequence[Branch], incoming: int, status: int, made_up: int, open_too: bool = False
) -> tuple[int, int]:
    """The index of the best branch and its status; `incoming` is the branch whose `status` has just come, -1 for none.

    The index is OPEN or NONE where there is no best one. open_too: branches that wait do not matter.
    """
    best = NONE
    best_status = 0
    lowest = _CLASSES[0]
    for index, branch in enumerate(branches):
        code = branch.last
        if index == incoming:
            code = status
        elif code < 200:
            if open_too:
                continue
            return OPEN, 0
        elif branch.reply is None:
            continue
        rank = priority(code, made_up if branch.reply is MADE_UP else 0)
        if rank < lowest:
            best, best_status, lowest = index, code, rank
    return best, best_status
