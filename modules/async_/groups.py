# -*- test-case-name: tests.modules.async_.test_groups -*-
"""groups: the worker groups that scripts name.

Kamailio runs each group in processes of its own. Here one reactor serves them all, nothing waits for a free worker,
and a group is a name: tasks carry it as $async(gname).
"""

from __future__ import annotations

from collections.abc import Iterable

from sipapp.log import Logger

log = Logger()

DEFAULT = b"default"


def group_names(definitions: Iterable[str]) -> set[bytes]:
    """The names that `async_workers_group` lines define, and the default group, which always is.

    A line without a name or without workers defines nothing, as in Kamailio, and is logged.
    """
    names = {DEFAULT}
    for definition in definitions:
        keys = _keys(definition)
        name = keys.get("name", "").strip()
        workers = keys.get("workers", "").strip()
        if not name or not workers.isdigit() or int(workers) < 1:
            log.error('async_workers_group="{line}": wants name=... and workers=1 or more', line=definition)
            continue
        names.add(name.encode())
    return names


def _keys(definition: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in definition.split(";"))
    return {key.strip().lower(): value for key, equals, value in pairs if equals}
