# -*- test-case-name: tests.script.test_show -*-
"""show: a mistake of a script with its line and a caret under the place."""

from __future__ import annotations

from functools import lru_cache

from sipapp.errors import ConfigError, Position

_WIDEST = 110  # characters of a line that are shown


def show(error: ConfigError, text: str | None = None, kind: str = "") -> str:
    """The error, the line that it is about and a caret, then the files that include the one it is in:

        app.cfg:4:16: quota_wait(): 'seconds' must be int, got 'x'
            quota_wait("x");
                       ^

    `text` is what the file holds, for one that cannot be read from the disk. kind: what stands before the message.
    """
    lines = [f"{error.at}: {kind}{error.reason}" if error.at else f"{kind}{error.reason}"]
    if error.at is not None and (line := source_line(error.at, text)):
        lines += _pointed(line, error.at.column)
    lines += [f"  included from {at}" for at in reversed(error.at.chain if error.at else ())]
    return "\n".join(lines)


def source_line(at: Position, text: str | None = None) -> str:
    """The line of the script, without what is white at its end; empty where it cannot be read."""
    if text is None:
        try:
            text = _text(at.file)
        except OSError:
            return ""
    lines = text.split("\n")
    return lines[at.line - 1].rstrip() if at.line <= len(lines) else ""


def inside_text(at: Position, offset: int) -> Position:
    """The place of a variable in the quoted text that stands at `at`, `offset` bytes from its beginning; `at` itself
    where the line does not tell, for escapes, defines or other lines that the text goes on in."""
    line = source_line(at)[at.column - 1 :].encode()
    if line[:1] not in (b'"', b"'") or line[offset + 1 : offset + 2] != b"$" or b"\\" in line[: offset + 1]:
        return at
    return at._replace(column=at.column + 1 + len(line[1 : offset + 1].decode(errors="replace")))


@lru_cache(maxsize=16)
def _text(file: str) -> str:
    with open(file, encoding="utf-8", errors="replace", newline="\n") as opened:
        return opened.read()


def _pointed(line: str, column: int) -> list[str]:
    """The line without its indentation, cut around the column where it is long, and the caret."""
    indent = len(line) - len(line.lstrip())
    start = min(indent, column - 1)
    if column - start > _WIDEST:
        start = column - _WIDEST // 2
    shown = line[start : start + _WIDEST]
    blank = "".join("\t" if char == "\t" else " " for char in shown[: column - 1 - start])
    return [f"    {shown}", f"    {blank}^"]
