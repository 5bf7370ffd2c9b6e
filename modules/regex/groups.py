# -*- test-case-name: tests.modules.regex.test_groups -*-
"""groups: files of expressions: `[0]` begins a group, each line behind it is an alternative.

Lines that begin with white space or # are comments. The groups count from 0, whatever stands in their brackets.
"""

from __future__ import annotations

import re

from sipapp.errors import ConfigError
from sipapp.modules.regex.pcre import compile_pcre

_NOTHING = b"^$"
"""What an empty group is."""


def parse_groups(data: bytes, flags: bytes, most: int, longest: int) -> list[re.Pattern[bytes]]:
    """One pattern for each group. most: how many there may be; longest: bytes that each may have.

    Raises ConfigError: too many, too long, no expression, none at all.
    """
    groups: list[list[bytes]] = []
    for line in data.split(b"\n"):
        if not line or line[:1].isspace() or line.startswith(b"#"):
            continue
        if line.startswith(b"["):
            if len(groups) == most:
                raise ConfigError(f"more than {most} groups (max_groups)")
            groups.append([])
        elif not groups:
            raise ConfigError("the first group must begin with [0], before any expression")
        else:
            groups[-1].append(line)
            if sum(len(one) + 3 for one in groups[-1]) > longest - 4:
                raise ConfigError(f"group {len(groups) - 1} has more than {longest} bytes (group_max_size)")
    if not groups:
        raise ConfigError("no expressions in the file")
    return [compile_pcre(_joined(lines), flags) for lines in groups]


def _joined(lines: list[bytes]) -> bytes:
    return b"(%b)" % b"|".join(b"(%b)" % line for line in lines) if lines else _NOTHING
