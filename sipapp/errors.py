# -*- test-case-name: tests.test_errors -*-
"""errors: every exception class, by whose fault it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

_T = TypeVar("_T")


class Position(NamedTuple):
    """A place in a script file; line and column count from 1."""

    file: str
    line: int
    column: int
    chain: tuple[Position, ...] = ()  # where each including file included the next, outermost first

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class SipAppError(Exception):
    """Anything sipapp raises on purpose."""


class PeerError(SipAppError):
    """Their bytes are wrong; `status` is the answer that they are owed, 0 for none."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class ParseError(PeerError):
    """The bytes are no SIP message; `offset` (bytes) is where that became plain."""

    def __init__(self, reason: str, offset: int = 0, status: int = 400) -> None:
        super().__init__(reason, status)
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.reason} at byte {self.offset}"


class ValidationError(PeerError):
    """A message that parses but may not be handled further. RFC 3261 §8.2, §16.3.

    `fields` are whole header lines that the answer needs (Unsupported).
    """

    def __init__(self, reason: str, status: int = 400, fields: list[bytes] | None = None) -> None:
        super().__init__(reason, status)
        self.fields = fields or []


class LocalError(SipAppError):
    """A mistake of ours."""


class RpcFault(LocalError):
    """An RPC command cannot do what it is asked for; `code` is what its caller gets, with the reason."""

    def __init__(self, reason: str, code: int = 500) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class StateError(LocalError):
    """An event that a transaction machine's state does not know."""


class TransportError(SipAppError):
    """Bytes could not be sent; `flow` says where to, when it got that far."""

    def __init__(self, reason: str, flow: object = None) -> None:
        super().__init__(reason)
        self.flow = flow


class ScriptError(SipAppError):
    """A script function failed: false to the script, one log line with the script's position."""

    def __init__(self, reason: str, code: int = -1) -> None:
        super().__init__(reason)
        self.code = code


class SqlError(SipAppError):
    """A database did not do what it was asked for."""


class SqlUnavailable(SqlError):
    """A database could not be asked: no connection to it, or too many wait for one."""


class RedisError(SipAppError):
    """A Redis server could not be asked, or was asked nonsense."""


class RedisTimeout(RedisError):
    """A Redis server has not answered in time."""


class BackendError(SipAppError):
    """A backend, `name`, was not asked, or has not answered."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"backend {name}: {reason}")
        self.name = name
        self.reason = reason


class CircuitOpen(BackendError):
    """Too many calls to the backend have failed: for a while it is asked nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "its circuit is open")


class BackendBusy(BackendError):
    """The backend has all the calls that it may have, and its queue is full."""


class BackendTimeout(BackendError):
    """The backend has not answered in time; `queued`: it was not even asked yet."""

    def __init__(self, name: str, queued: bool = False) -> None:
        super().__init__(name, "no turn in time" if queued else "no answer in time")
        self.queued = queued


class HttpError(SipAppError):
    """No answer to an HTTP request, or none that can be used. `code` is curl's number for why.

    connecting: there was no connection yet.
    """

    def __init__(self, code: int, reason: str, connecting: bool = False) -> None:
        super().__init__(f"{reason} ({code})")
        self.code = code
        self.reason = reason
        self.connecting = connecting


class TooManySuspended(SipAppError):
    """A script wanted to wait, but too many do already, or the server goes down: it ends, its request is owed 503."""

    status = 503

    def __init__(self, waiting: int, reason: str = "too many scripts are suspended") -> None:
        super().__init__(f"{reason} ({waiting})")
        self.waiting = waiting


class SuspendedTooLong(SipAppError):
    """suspend_timeout was over before the script went on, and nobody kept its request."""

    status = 408

    def __init__(self, site: str) -> None:
        super().__init__(f"{site} waited too long")
        self.site = site


class ConfigError(SipAppError):
    """One mistake in a script or its parameters, known before anything is started."""

    def __init__(self, reason: str, at: Position | None = None, missing: str = "", offset: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.missing = missing  # the module that would have to be loaded: all that it offers is wrong without it
        self.offset = offset  # bytes into the text that `at` is the place of

    @property
    def order(self) -> list[tuple[int, int]]:
        """Sorts by place in the including file: an included file's mistakes come where it was included."""
        return [(at.line, at.column) for at in (*self.at.chain, self.at)] if self.at else []

    def __str__(self) -> str:
        return f"{self.at}: {self.reason}" if self.at else self.reason


class ConfigErrors(ConfigError):
    """Every mistake of one run, and the warnings beside them, in the order of the script."""

    def __init__(self, errors: list[ConfigError], warnings: list[ConfigError] | None = None) -> None:
        super().__init__(errors[0].reason, errors[0].at)
        self.errors = errors
        self.warnings = warnings or []

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class Gathering:
    """The mistakes of several steps, each of which is tried whatever became of those before it."""

    def __init__(self) -> None:
        self.errors: list[ConfigError] = []

    def attempt(self, make: Callable[..., _T], *arguments: Any) -> _T | None:
        """What a step makes; None where it raises a ConfigError, which is kept."""
        try:
            return make(*arguments)
        except ConfigErrors as found:
            self.errors += found.errors
        except ConfigError as error:
            self.errors.append(error)
        return None

    def check(self) -> None:
        """Raises ConfigErrors: what has been gathered, if anything. A single one is raised as it is."""
        if self.errors:
            raise self.errors[0] if len(self.errors) == 1 else ConfigErrors(self.errors)


def each(error: ConfigError, at: Position | None, prefix: str = "") -> Iterator[ConfigError]:
    """One mistake or several, each with its place, `at` where it has none, and a prefix that says what it is about."""
    for one in error.errors if isinstance(error, ConfigErrors) else (error,):
        # a name that is not there is not the fault of whoever was given it
        yield ConfigError(one.reason if one.missing else prefix + one.reason, one.at or at, one.missing, one.offset)


class SyntaxErrors(ConfigErrors):
    """The mistakes of a script that could not be read whole; `partial` is what could."""

    def __init__(self, errors: list[ConfigError], partial: object) -> None:
        super().__init__(errors)
        self.partial = partial
