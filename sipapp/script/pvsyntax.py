# -*- test-case-name: tests.script.test_pvsyntax -*-
"""pvsyntax: how a pseudo-variable is written: `$name`, `$name(inner)`, `$(name(inner)[index]{class.name,args}...)`.

Nothing here knows which variables there are. Offsets are into the text that was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from sipapp.errors import ConfigError

_name_end = re.compile(rb"[0-9A-Za-z_.?]*").match
_blanks = re.compile(rb"[ \t]*").match
_white = re.compile(rb"[ \t\n]*").match

_CLOSING = {b"(": b")", b"[": b"]", b"{": b"}"}


class Applied(NamedTuple):
    """A transformation as written: `{s.substr,0,3}` has the name `s.substr` and the arguments `,0,3`."""

    name: str
    arguments: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A variable as written. `$$` has the name `$`."""

    name: str
    inner: bytes | None = None
    index: bytes | None = None
    transformations: tuple[Applied, ...] = ()


def end_of_variable(text: bytes, at: int) -> int:
    """Where the variable ends whose `$` stands at `at`. Raises ConfigError: a parenthesis is left open."""
    if text.startswith(b"$$", at):
        return at + 2
    end = _name_end(text, at + 1).end()  # type: ignore[union-attr]
    if text[end : end + 1] != b"(":
        return end
    return _closed(text, end) + 1


def parse_variable(text: bytes) -> Written:
    """The variable that the text begins with. Raises ConfigError: it begins with none, or with a broken one."""
    if not text.startswith(b"$"):
        raise ConfigError(f"not a variable: {_shown(text)}")
    text = text[: end_of_variable(text, 0)]
    if text in (b"$$", b"$($)"):
        return Written("$")
    wrapped = text.startswith(b"$(")
    start = 2 if wrapped else 1
    at = _name_end(text, start).end()  # type: ignore[union-attr]
    name = text[start:at].decode()
    if not name:
        raise ConfigError(f"a variable without a name: {_shown(text)}")
    inner = index = None
    transformations: tuple[Applied, ...] = ()
    if text[at : at + 1] == b"(":
        inner, at = _between(text, at)
    if wrapped and text[at : at + 1] == b"[":
        index, at = _between(text, at)
    if wrapped and text[at : at + 1] == b"{":
        transformations, at = _transformations(text, at)
    if wrapped and text[at:] != b")":
        raise ConfigError(f"unexpected {_shown(text[at : at + 1])} in the variable {_shown(text)}")
    return Written(name, inner, index, transformations)


def _between(text: bytes, at: int) -> tuple[bytes, int]:
    """What stands between the bracket at `at` and its partner, and the offset behind that."""
    end = _closed(text, at)
    inside = text[at + 1 : end]
    if not inside:
        raise ConfigError(
            f"empty {text[at : at + 1].decode()}{text[end : end + 1].decode()} in the variable {_shown(text)}"
        )
    return inside, end + 1


def _closed(text: bytes, at: int) -> int:
    """Where the bracket that stands at `at` is closed; brackets of its kind inside count, quotes do not."""
    opening = text[at : at + 1]
    closing = _CLOSING[opening]
    depth = 0
    for place in range(at, len(text)):
        char = text[place : place + 1]
        if char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
            if not depth:
                return place
    raise ConfigError(f"the {opening.decode()} is never closed in the variable {_shown(text)}")


def _transformations(text: bytes, at: int) -> tuple[tuple[Applied, ...], int]:
    """All `{...}` from `at` on, white space between them allowed, and the offset behind the last."""
    found = []
    end = at
    while text[at : at + 1] == b"{":
        inside, end = _between(text, at)
        found.append(_applied(inside))
        at = _white(text, end).end()  # type: ignore[union-attr]
    return tuple(found), _blanks(text, end).end()  # type: ignore[union-attr]


def _applied(inside: bytes) -> Applied:
    """`s.substr,0,3` -> Applied("s.substr", b",0,3"). Names may be written in any case, classes may not."""
    kind, dot, rest = inside.partition(b".")
    name, comma, arguments = rest.partition(b",")
    if not dot or not kind:
        raise ConfigError(f"a transformation is written {{class.name}}, got {_shown(b'{%b}' % inside)}")
    return Applied(f"{_text(kind)}.{_text(name.strip()).lower()}", comma + arguments)


def _text(part: bytes) -> str:
    return part.decode("ascii", "replace")


def _shown(text: bytes) -> str:
    return repr(text.decode(errors="replace"))
