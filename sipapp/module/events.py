# -*- test-case-name: tests.module.test_events -*-
"""events: the names of the event routes that modules run, `event_routes` of a module."""

from __future__ import annotations


def fits(declared: str, name: str) -> bool:
    """Whether `event_route[name]` is what a module declares: `tm:local-request`; `htable:expired:<table>` and
    `tm:branch-failure:id` end in whatever the script says."""
    fixed = declared.partition("<")[0].removesuffix("id")
    return name == declared if fixed == declared else name.startswith(fixed) and name != fixed
