"""table: what the scripts that measure print."""

from __future__ import annotations


def table(rows: list[tuple[str, object]]) -> str:
    """Rows of a name and a value, the values below each other."""
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
