# -*- test-case-name: tests.transaction.test_draw -*-
"""draw: the four tables as text. `python -m sipapp.transaction.draw > docs/transactions.md`; a test compares."""

from __future__ import annotations

import sys
from enum import IntEnum
from types import ModuleType
from typing import Any

from sipapp.transaction import invite_client, invite_server, non_invite_client, non_invite_server

MACHINES = (invite_client, non_invite_client, invite_server, non_invite_server)

_HEAD = """# Transactions

What the four machines of `sipapp/transaction/` do, printed from their tables by `python -m sipapp.transaction.draw`. An
event that a state does not list is an error of whoever sends it. R_1XX, R_2XX and R_300_699 are responses: received by
a client, sent by the transaction user of a server.
"""


def draw() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(draw_machine(machine) for machine in MACHINES)])


def draw_machine(machine: Any) -> str:
    """One machine: its title, then its transitions in the order of the states."""
    rows = [("state", "event", "next state", "actions")]
    for state in machine.State:
        for (here, event), (there, actions) in machine.TABLE.items():
            if here is state:
                rows.append((here.name, event.name, _next(here, there), ", ".join(a.name for a in actions)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    rule = tuple("-" * width for width in widths)
    lines = [_line(row, widths) for row in (rows[0], rule, *rows[1:])]
    return f"## {_title(machine)}\n\n" + "\n".join(lines) + "\n"


def _next(here: IntEnum, there: IntEnum) -> str:
    return "" if here is there else there.name


def _title(machine: ModuleType) -> str:
    """The first line of the module's docstring."""
    return (machine.__doc__ or "").splitlines()[0].rstrip(".")


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"


if __name__ == "__main__":
    sys.stdout.write(draw())
