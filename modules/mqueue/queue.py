# -*- test-case-name: tests.modules.mqueue.test_queue -*-
"""queue: what a queue is, and one in this process."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from sipapp.module import ConfigError
from sipapp.module.definitions import number, pairs

Message = tuple[bytes, bytes]

KEEP_OLDEST, KEEP_NEWEST = 1, 2


@dataclass(frozen=True, slots=True)
class Definition:
    """A queue as the script defines it."""

    name: bytes
    size: int = 0
    addmode: int = 0
    dbmode: int = 0

    @classmethod
    def parse(cls, text: str) -> Definition:
        """`name=x;size=8;addmode=1;dbmode=0`. Raises ConfigError."""
        facts: dict[str, int] = {}
        name = ""
        for key, value in pairs(text):
            key = key.lower()
            if key == "name":
                name = value
            elif key in ("size", "addmode", "dbmode"):
                facts[key] = number(key, value, signed=True)
            else:
                raise ConfigError(f"unknown param: {key}")
        if not name:
            raise ConfigError(f"mqueue name not defined: {text!r}")
        return cls(name.encode("utf-8", "surrogateescape"), **facts)


class Queue:
    """Messages in order, the oldest first."""

    __slots__ = ("_messages", "definition")

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._messages: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._messages))

    def add(self, key: bytes, value: bytes) -> None:
        """Put a message in; the oldest is dropped where there are too many."""
        mode = self.definition.addmode
        if mode in (KEEP_OLDEST, KEEP_NEWEST):
            for message in self._messages:
                if message[0] == key:
                    if mode == KEEP_OLDEST:
                        return
                    self._messages.remove(message)
                    break
        self._messages.append((key, value))
        if 0 < self.definition.size < len(self._messages):
            self._messages.popleft()

    def take(self) -> Message | None:
        """Take the oldest message out."""
        return self._messages.popleft() if self._messages else None
