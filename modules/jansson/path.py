# -*- test-case-name: tests.modules.jansson.test_path -*-
"""path: places in JSON documents: `name.other[0][1].last`."""

from __future__ import annotations

import re
from typing import NamedTuple

from sipapp.module import ScriptError
from sipapp.modules.jansson.document import Json

_number = re.compile(r"[ \t\n]*([+-]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*|)").fullmatch


class Step(NamedTuple):
    """A name in an object, or an index in an array."""

    key: str | int
    before_dot: bool = False  # a name that a dot follows: an object that is not there yet can be made


def steps(path: str) -> tuple[list[Step], bool]:
    """The steps of a path, and whether it ends in a `.` or `[` behind them. Raises ScriptError: malformed."""
    found: list[Step] = []
    at = 0
    in_brackets = path.startswith("[")
    if in_brackets:
        at = 1
    while at < len(path):
        if in_brackets:
            end = path.find("]", at)
            if end < 0:
                raise ScriptError(f"missing ']' in JSON path {path!r}")
            found.append(Step(_index(path[at:end])))
            at = end + 1
            if at == len(path):
                return found, False
            if path[at] not in ".[":
                raise ScriptError(f"unexpected trailing chars in JSON path {path!r}")
        else:
            end = min((n for n in (path.find(".", at), path.find("[", at)) if n >= 0), default=-1)
            if end < 0:
                found.append(Step(path[at:]))
                return found, False
            found.append(Step(path[at:end], path[end] == "."))
            at = end
        in_brackets = path[at] == "["
        at += 1
    return found, bool(path)


def _index(text: str) -> int:
    """As strtol(text, 0): `0x1f`, `010`; nothing is 0. A negative one is beyond every array. Raises ScriptError."""
    found = _number(text)
    if found is None:
        raise ScriptError(f"invalid array index {text!r}")
    digits = found[2].lower()
    base = 16 if digits.startswith("0x") else 8 if digits.startswith("0") else 10
    number = int(digits or "0", base)
    return -number if found[1] == "-" else number


def get(document: Json, path: str) -> Json:
    """What is there. Raises ScriptError: nothing is, or the path is malformed."""
    cursor = document
    for step in steps(path)[0]:
        cursor = _child(cursor, step.key)
    return cursor


def _child(parent: Json, key: str | int) -> Json:
    if isinstance(key, str):
        if isinstance(parent, dict) and key in parent:
            return parent[key]
    elif isinstance(parent, list) and 0 <= key < len(parent):
        return parent[key]
    raise ScriptError(f"failed to find {key!r} in json")


def put(document: Json, path: str, value: Json) -> None:
    """Have a value there; objects on the way are made where a dot follows their name. Raises ScriptError."""
    parent, key = _last(document, path)
    if key is None:
        raise ScriptError(f"invalid JSON path {path!r}")
    _put(parent, key, value)


def append(document: Json, path: str, value: Json) -> None:
    """Add to the array, or to the object, that is there; an element of an array is replaced. Raises ScriptError."""
    parent, key = _last(document, path)
    if isinstance(key, int) and not path.endswith((".", "[")):
        _put(parent, key, value)
        return
    target = parent if key is None else parent.get(key) if isinstance(key, str) and isinstance(parent, dict) else None
    if isinstance(key, int):
        target = _child(parent, key)
    if isinstance(target, list):
        target.append(value)
    elif isinstance(target, dict) and isinstance(value, dict):
        target.update(value)
    else:
        raise ScriptError(f"JSON array or object expected at {path!r}")


def _put(parent: Json, key: str | int, value: Json) -> None:
    if isinstance(key, str):
        if not isinstance(parent, dict):
            raise ScriptError("JSON object expected")
    else:
        _child(parent, key)
    parent[key] = value


def _last(document: Json, path: str) -> tuple[Json, str | int | None]:
    """The place that the last step is about: what it is in, and its key; (the last place, None) where a name ought to
    follow."""
    found, open_ended = steps(path)
    parent, cursor, key = None, document, None
    for number, step in enumerate(found):
        parent, key = cursor, step.key
        if number == len(found) - 1 and isinstance(key, str) and not open_ended:
            return parent, key
        if key == "":
            raise ScriptError(f"empty token in JSON path {path!r}")
        if isinstance(key, str) and isinstance(parent, dict) and key not in parent and step.before_dot:
            parent[key] = {}
        cursor = _child(parent, key)
    if isinstance(key, int):
        return parent, key
    return cursor, None
