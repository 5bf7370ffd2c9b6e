# -*- test-case-name: tests.transaction.test_transaction -*-
"""transaction: what the four kinds of transaction share: a state, two timers, and how a table becomes methods."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import IntEnum
from math import floor
from typing import TYPE_CHECKING, Any

from sipapp.message.owncode import own_code
from sipapp.transaction.actions import Action
from sipapp.transaction.events import Event
from sipapp.transaction.machine import Table, unknown
from sipapp.transaction.timers import NEVER
from sipapp.transaction.wheel import SLOTS, UP

if TYPE_CHECKING:
    from sipapp.transaction.layer import TransactionLayer

_UNSET = Event.TIMER_B
_SLOTS = float(SLOTS)

Act = Callable[[Any, Any], None]

Arrows = dict[int, tuple[IntEnum, Act | None, "Arrows"]]
"""What leads out of a state, by event: the next state, what is done, and what leads out of that one."""


class Transaction:
    """What the four kinds share: the state, and two timers of which one retransmits and the other ends a state.

    Both are one entry of the wheel: `due` is the earlier one.
    """

    __slots__ = (
        "_arrows",
        "_end",
        "_end_at",
        "_interval",
        "_layer",
        "_resend_at",
        "due",
        "key",
        "slot",
        "state",
        "user",
    )
    _steps: list[Arrows]  # by state
    _resend: Event = Event.TIMER_A

    def __init__(self, layer: TransactionLayer, state: IntEnum) -> None:
        """Of one of its kind; the layer makes all others after it."""
        self._layer = layer
        self.key: Hashable = None
        self.state = state
        self._arrows = self._steps[state]  # kept here, for what is behind a class and an enumeration is far to look up
        self.user: Any = None
        self._resend_at = NEVER
        self._interval = 0.0
        self._end_at = NEVER
        self._end: Event = _UNSET  # what is due at `_end_at`
        self.due = NEVER
        self.slot = 0

    def step(self, event: Event, message: Any = None) -> None:
        """One transition. Raises StateError."""
        try:
            self.state, act, self._arrows = self._arrows[event]
        except KeyError:
            raise unknown(self.state, event) from None
        if act is not None:
            act(self, message)

    def expired(self) -> None:
        """The wheel: one of the timers is due."""
        if self._resend_at <= self._end_at:
            self.step(self._resend)
        else:
            event = self._end
            self._end_at = NEVER
            self.due = self._resend_at
            self.step(event)

    @property
    def terminated(self) -> bool:
        return self.state.name == "TERMINATED"

    # -- timers

    def _start_resending(self, interval: float) -> None:
        self._interval = interval
        self._resend_at = at = self._layer.seconds() + interval
        if at < self.due:
            self.due = at
            self._layer.start(self)

    def _resend_after(self, interval: float) -> None:
        """The next retransmission: counted from when this one was due, unless we are far behind."""
        self._interval = interval
        at = self._resend_at + interval
        now = self._layer.seconds()
        self._resend_at = at = at if at > now else now + interval
        self.due = at if at < self._end_at else self._end_at

    def _stop_retransmission(self, _: Any = None) -> None:
        self._resend_at = NEVER
        self.due = self._end_at

    def _start_end(self, event: Event, seconds: float) -> None:
        self._end = event
        self._end_at = at = self._layer.seconds() + seconds
        self.due = due = at if at < self._resend_at else self._resend_at
        if due == at:
            self._layer.start(self)

    def _start_both(self, event: Event, seconds: float, interval: float) -> None:
        """Retransmit after `interval` (s), or no more where that is NEVER, and end after `seconds`."""
        clock = self._layer.seconds
        now = clock()
        self._end = event
        self._end_at = due = now + seconds
        if interval == NEVER:
            self._resend_at = NEVER
        else:
            self._interval = interval
            self._resend_at = at = now + interval
            if at < due:
                due = at
        self.due = due
        slot = self.slot
        if not slot or slot > due * _SLOTS:  # else it is entered early enough: `Wheel.start`, as code of our own
            self.slot = number = floor(due * _SLOTS + UP) or 1  # `int()` costs three times as much
            enter = self._layer.enter
            enter(number, self)

    def _stop_timeout(self, _: Any) -> None:
        self._end_at = NEVER
        self.due = self._resend_at

    def _forget(self) -> Any:
        """Stop, and cut the link to the user, whom it answers."""
        self.due = self._resend_at = self._end_at = NEVER
        user, self.user = self.user, None
        return user


def together(*actions: Action) -> Callable[[Act], Act]:
    """The method does what these actions do one after the other: those of every call are worth one of their own."""

    def mark(method: Act) -> Act:
        joint: list[tuple[Action, ...]] = method.__dict__.setdefault("joint", [])
        joint.append(actions)
        return method

    return mark


def read_table(kind: type[Transaction], states: type[IntEnum], table: Table[Any]) -> None:
    """Give a kind its machine's table in the form that costs least: one method for all actions of an arrow."""
    own_code(kind)
    joint = {actions: method for method in vars(kind).values() for actions in getattr(method, "joint", ())}
    steps: list[Arrows] = [{} for _ in states]
    for (state, event), (there, actions) in table.items():
        act = joint.get(actions) or in_turn([method_of(kind, one) for one in actions])
        steps[state][event] = (there, act, steps[there])
    kind._steps = steps


def in_turn(methods: list[Act]) -> Act | None:
    """All of them as one; None where there is none."""
    if len(methods) < 2:
        return methods[0] if methods else None

    def act(transaction: Transaction, message: Any) -> None:
        for method in methods:
            method(transaction, message)

    return act


def method_of(kind: type[Transaction], action: Action) -> Act:
    """SEND_ACK -> kind._send_ack."""
    method: Act = getattr(kind, f"_{action.name.lower()}")
    return method
