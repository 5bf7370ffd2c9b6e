# -*- test-case-name: tests.transaction.test_machine -*-
"""machine: how the four tables are read. A table says (state, event) -> (state, actions); what it does not say is an
error of whoever sends the event."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from sipapp.errors import StateError
from sipapp.transaction.actions import Action
from sipapp.transaction.events import Event

S = TypeVar("S", bound=IntEnum)

Table = Mapping[tuple[S, Event], tuple[S, tuple[Action, ...]]]


def process(table: Table[S], state: S, event: Event) -> tuple[S, tuple[Action, ...]]:
    """The next state and what is to be done. Raises StateError: this state knows no such event."""
    found = table.get((state, event))
    if found is None:
        raise unknown(state, event)
    return found


def unknown(state: IntEnum, event: IntEnum) -> StateError:
    """The error for a pair that the table does not have."""
    machine = type(state).__module__.rpartition(".")[2]
    return StateError(f"{machine}: no {event.name} in state {state.name}")
